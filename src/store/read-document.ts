/** Reads one document, of a bounded size, from a file or standard input; says in a finding why it cannot. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding } from "../errors.js";
import { defaultMaximumBytes, tooLarge } from "../manifest/parse.js";

/** At most `maximumBytes` are read, whatever the file claims to be; a FIFO or device is not opened for reading. */
export function readDocument(
  directory: string,
  path: string,
  maximumBytes = defaultMaximumBytes,
): Uint8Array | Finding {
  try {
    const descriptor = openSync(resolve(directory, path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile())
        return unreadable("NOT_A_FILE", "is not a regular file", "Name a file, or a folder to search.");
      if (status.size > maximumBytes) return tooLarge(status.size, maximumBytes);
      return readUpTo(descriptor, maximumBytes, status.size);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      return unreadable("FILE_NOT_FOUND", "does not exist", "Check the path.");
    return unreadable("FILE_UNREADABLE", `cannot be read: ${message}`, "Check its permissions.");
  }
}

export function readStandardInput(maximumBytes = defaultMaximumBytes): Uint8Array | Finding {
  return readUpTo(0, maximumBytes);
}

/** One byte more than is expected is asked for: where it does not come, that was all, in one call. */
function readUpTo(descriptor: number, maximumBytes: number, expected = 65_536): Uint8Array | Finding {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(expected + 1);
    const length = readPatiently(descriptor, chunk);
    if (length > 0) chunks.push(chunk.subarray(0, length));
    total += length;
    if (total > maximumBytes) return tooLarge(total, maximumBytes);
    const isAll = length === 0 || (descriptor !== 0 && total === expected);
    if (isAll) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, total);
  }
}

/** Standard input may be a terminal or a pipe in non-blocking mode, which says "nothing yet" as an error. */
function readPatiently(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

export function unreadable(code: string, message: string, hint: string): Finding {
  return { code, severity: "error", pointer: "", message, hint, line: null, column: null };
}
