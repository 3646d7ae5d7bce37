import { closeSync, openSync, writeSync } from "node:fs";

export interface LogFile {
  /** Gives how many of the bytes it took; never throws. */
  append(bytes: Uint8Array): number;
  close(): void;
}

/** Gives the reason when there can be no log. */
export function createLog(path: string): LogFile | string {
  try {
    const descriptor = openSync(path, "ax", 0o600);
    return { append: (bytes) => append(descriptor, bytes), close: () => closeSync(descriptor) };
  } catch (error) {
    return `its log could not be made: ${(error as Error).message}`;
  }
}

/** A full disk takes part of the bytes or none; the next ones may find room again. */
function append(descriptor: number, bytes: Uint8Array): number {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done);
  } catch {
    // Counted by the caller: what a log suffers is no reason to disturb the command.
  }
  return done;
}
