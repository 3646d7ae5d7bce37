/** A log of a recorded run, searched again for secrets: what was written after its tracker died, nobody has searched. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { FileError } from "../../errors.js";
import { resolveInside } from "../../files/contain.js";
import { removeQuietly } from "../../files/remove-quietly.js";
import { writeFault } from "../../files/write-faults.js";

export interface LogRedactor {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
  readonly redactions: Readonly<Record<string, number>>;
}

/**
 * Gives how many values each rule finds. With `replace`, and only when there are some, a file without them takes the log's place in
 * one step, with mode 0600. @throws FileError when the log grows meanwhile.
 */
export function scanLog(
  folder: string,
  path: string,
  createRedactor: () => LogRedactor,
  replace: boolean,
): Readonly<Record<string, number>> {
  const target = resolveInside(folder, path);
  const descriptor = openLog(target);
  try {
    const { size } = fstatSync(descriptor);
    const redactor = createRedactor();
    for (const _piece of redacted(descriptor, redactor)) {
      // Only the count is wanted.
    }
    const { redactions } = redactor;
    if (replace && Object.keys(redactions).length > 0)
      replaceBy(target, redacted(descriptor, createRedactor()), () => assertSize(descriptor, size, target));
    return redactions;
  } finally {
    closeSync(descriptor);
  }
}

function openLog(target: string): number {
  try {
    return openSync(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw new FileError(
      "FILE_UNREADABLE",
      `${target} cannot be searched for secrets: ${(cause as Error).message}`,
      { hint: "Check its permissions.", cause },
    );
  }
}

const chunkSize = 1024 * 1024;

/** Logs may be larger than memory. */
function* redacted(descriptor: number, redactor: LogRedactor): Iterable<Uint8Array> {
  const chunk = Buffer.allocUnsafe(chunkSize);
  for (let at = 0; ; ) {
    const length = readSync(descriptor, chunk, 0, chunk.length, at);
    if (length === 0) break;
    at += length;
    yield redactor.push(chunk.subarray(0, length));
  }
  yield redactor.end();
}

function assertSize(descriptor: number, size: number, target: string): void {
  if (fstatSync(descriptor).size === size) return;
  throw new FileError("LOG_STILL_WRITTEN", `${target} grew while it was searched for secrets`, {
    hint: "Wait until its command has ended, then type it again: colophon doctor --reconcile",
  });
}

function replaceBy(target: string, pieces: Iterable<Uint8Array>, assertUnchanged: () => void): void {
  const temporary = `${target}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      for (const piece of pieces) writeWhole(descriptor, piece);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    assertUnchanged();
    renameSync(temporary, target);
    syncFolder(dirname(target));
  } catch (cause) {
    removeQuietly(temporary);
    throw cause instanceof FileError ? cause : writeFault(target, cause);
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/** Some network and FUSE file systems have no such call for folders. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    closeSync(descriptor);
  }
}
