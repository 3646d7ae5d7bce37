/**
 * Where the command's output lies until it stands in the log: a file without a name, in memory where there is room. Others append to
 * it; reading it takes nothing out of it, so that we may be killed at any instant, and the keeper finds what the log lacks.
 *
 * In front stand three lines. Writing the log and noting it cannot be one step, but the write changes the log's size: the first two
 * lines say which size of the log goes with which place here, before and after. The third makes one step of shortening the file.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

export interface Spool {
  /** For reading anywhere and writing anywhere: ours. */
  readonly descriptor: number;
  /** For appending. */
  readonly tail: number;
  /** For reading from the beginning on. */
  readonly copy: number;
}

export const headerLength = 96;

/** What shared memory must have left: containers give programs little of it, and those that need it fail without. */
const room = 256 * 1024 * 1024;

/** Throws where there is neither memory nor disk. `live` is a private folder. */
export function createSpool(live: string): Spool {
  const name = randomBytes(12).toString("hex");
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize >= room) return createIn("/dev/shm", name);
  } catch {
    // There is none, or it is not for us.
  }
  return createIn(live, name);
}

function createIn(folder: string, name: string): Spool {
  const path = join(folder, name);
  const descriptor = openSync(path, "wx+", 0o600);
  try {
    writeHeader(descriptor, [0, headerLength], [0, headerLength]);
    return {
      descriptor,
      tail: openSync(path, constants.O_WRONLY | constants.O_APPEND),
      copy: openSync(path, constants.O_RDONLY),
    };
  } finally {
    unlinkSync(path);
  }
}

export interface SpoolReader {
  /** What has been appended since, or a piece of it; empty when nothing has. Stays as it is until the next call. */
  read(): Uint8Array;
  /** Call it *before* the log grows from one size to another. `held`: how many of the bytes read are still to be logged. */
  mark(size: number, next: number, held: number): void;
  /** Forgets what is in the log, which has this size. Everything has been read, and nobody appends. */
  shorten(size: number, held: Uint8Array): void;
  close(): void;
}

const pieceLength = 64 * 1024;

export function readSpool({ descriptor }: Spool): SpoolReader {
  const piece = Buffer.allocUnsafeSlow(pieceLength);
  let end = headerLength;
  let due = headerLength;
  return {
    read: () => {
      const count = readSync(descriptor, piece, 0, pieceLength, end);
      end += count;
      return piece.subarray(0, count);
    },
    mark: (size, next, held) => {
      if (next === size && end - held === due) return;
      const last: Pair = [size, due];
      due = end - held;
      writeHeader(descriptor, last, [next, due]);
    },
    shorten: (size, held) => {
      const short = headerLength + held.length;
      if (short > due) return;
      writeSync(descriptor, held, 0, held.length, headerLength);
      writeHeader(descriptor, [size, due], [size, due], short);
      ftruncateSync(descriptor, short);
      end = short;
      due = headerLength;
      writeHeader(descriptor, [size, due], [size, due]);
    },
    close: () => closeSync(descriptor),
  };
}

type Pair = readonly [size: number, place: number];

function writeHeader(descriptor: number, before: Pair, after: Pair, short = 0): void {
  const lines = [before, after, [short]].map((line) => `${line.join(" ").padEnd(headerLength / 3 - 1)}\n`);
  writeSync(descriptor, lines.join(""), 0, "latin1");
}
