/** Adds lines to a file of a run that several people and processes may add to at once. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "../../errors.js";
import { resolveInside } from "../../files/contain.js";

/** One write at the end; on disk when this returns. A new file gets the mode of its folder, without the right to execute. */
export function appendLine(folder: string, path: string, line: string): void {
  let target = join(folder, path);
  try {
    target = resolveInside(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    const descriptor = openNew(target) ?? openSync(target, appending);
    try {
      write(descriptor, target, line);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw notAdded(target, (cause as Error).message, cause);
  }
}

const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
const appending = O_RDWR | O_APPEND | O_NOFOLLOW;

/** `undefined` when the file is there. */
function openNew(target: string): number | undefined {
  try {
    const descriptor = openSync(target, appending | O_CREAT | O_EXCL, 0o600);
    fchmodSync(descriptor, statSync(dirname(target)).mode & 0o666);
    return descriptor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

function write(descriptor: number, target: string, line: string): void {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
  // A line that somebody left without its end stays apart from ours.
  const bytes = Buffer.from(size > 0 && last[0] !== 0x0a ? `\n${line}` : line);
  if (writeSync(descriptor, bytes) !== bytes.length) throw notAdded(target, "only a part was written");
  fsyncSync(descriptor);
}

function notAdded(target: string, reason: string, cause?: unknown): FileError {
  return new FileError("NOTE_NOT_ADDED", `${target} cannot be added to: ${reason}`, {
    hint: "Look whether the disk is full, and whether you may write there.",
    cause,
  });
}
