/**
 * Adds lines to a journal, one `write(2)` each. A line that was added survives the death of this process; one that is asked to be
 * durable survives a power cut too. Other processes may add to the same file at the same time.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { errnoOf, writeFault } from "../../files/write-faults.js";

export interface JournalWriter {
  /** `line` with its line feed. @throws FileError when it was not kept, or, for one that is durable, perhaps not. */
  append(line: string, durable?: boolean): void;
  close(): void;
}

const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The file is made with its first line. */
export function openJournal(path: string): JournalWriter {
  let descriptor: number | undefined;
  let isNew = false;
  /** Whether the file may end in a line that is none; then the next one begins on a line of its own. */
  let isTorn = false;

  const open = (): number => {
    const opened = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
    const status = fstatSync(opened);
    if (!status.isFile()) {
      closeSync(opened);
      throw Object.assign(new Error("no file"), { code: "it is no regular file" });
    }
    isNew = status.size === 0;
    isTorn = !endsInLineFeed(opened, status.size);
    descriptor = opened;
    return opened;
  };

  return {
    append(line, durable = false) {
      try {
        const to = descriptor ?? open();
        const isWhole = writeLine(to, isTorn ? `\n${line}` : line);
        // Of a part, others may have added their lines behind it by now: it stays, torn, and the whole line follows.
        isTorn = !isWhole;
        if (!isWhole && !writeLine(to, `\n${line}`))
          throw Object.assign(new Error("no room"), { code: "ENOSPC" });
        isTorn = false;
        if (durable) sync(to, path, isNew);
        if (durable) isNew = false;
      } catch (cause) {
        throw writeFault(path, cause);
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Filled with one line after another: a text would be measured and copied once more. */
const room = new Uint8Array(16 * 1024);
const encoder = new TextEncoder();

/** `false` when only a part was written, as on a disk that is nearly full. */
function writeLine(descriptor: number, text: string): boolean {
  // A UTF-16 unit is at most three bytes.
  const isShort = text.length * 3 <= room.length;
  const bytes = isShort ? room : encoder.encode(text);
  const length = isShort ? encoder.encodeInto(text, room).written : bytes.length;
  return writeSync(descriptor, bytes, 0, length) === length;
}

function endsInLineFeed(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}

/** A new file is found after a power cut only when its folder knows of it. */
function sync(descriptor: number, path: string, isNew: boolean): void {
  fdatasyncSync(descriptor);
  if (!isNew) return;
  const folder = openSync(dirname(path), constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } catch (error) {
    // Some network and FUSE file systems have no such call for folders.
    if (!["EINVAL", "ENOTSUP"].includes(errnoOf(error) ?? "")) throw error;
  } finally {
    closeSync(folder);
  }
}
