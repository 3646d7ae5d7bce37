/**
 * Bytes that have been read and do not stand in the log yet, where the keeper finds them: in a pipe, so in memory and in no file.
 *
 * A frame says at which size of the log its bytes are due. Writing the log and clearing the park cannot be one step; but the write
 * changes the log's size, so that at any instant exactly the frames of the actual size are missing in it.
 */
import { readSync, writeSync } from "node:fs";

export interface Park {
  /** Call it with the size the log is about to have *before* writing the log. */
  add(size: number, bytes: Uint8Array): void;
  /** Forgets the frames of all sizes but the last one named. */
  settle(): void;
}

/** A pipe takes 64 KiB in pages that may be half empty. What does not fit is not parked. */
const room = 48 * 1024;

export function openPark(descriptor: number): Park {
  let size = 0;
  let current = 0;
  let stale = 0;
  const forget = (count: number) => {
    let rest = count;
    while (rest > 0) rest -= readSync(descriptor, scratch, 0, Math.min(rest, scratch.length), null);
  };
  return {
    add: (at, bytes) => {
      if (at !== size) {
        stale += current;
        current = 0;
        size = at;
      }
      const header = `${at} ${bytes.length}\n`;
      const length = header.length + bytes.length;
      if (bytes.length === 0 || stale + current + length > room) return;
      scratch.write(header, "latin1");
      scratch.set(bytes, header.length);
      const written = tryWrite(descriptor, scratch.subarray(0, length));
      if (written === length) {
        current += length;
        return;
      }
      // Half a frame would be read as another: better none.
      forget(stale + current + written);
      stale = 0;
      current = 0;
    },
    settle: () => {
      forget(stale);
      stale = 0;
    },
  };
}

const scratch = Buffer.allocUnsafe(room);

function tryWrite(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch {
    return 0; // The pipe is full: systems may give a pipe a single page.
  }
}
