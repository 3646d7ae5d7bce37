/** The output of a run as it is kept in `logs/` of its folder. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join, sep } from "node:path";
import { probeInside } from "./run-record.js";

/** Relative to the run folder, POSIX, sorted, so that stages stand in their order. Links are left alone. */
export function listLogs(folder: string): string[] {
  const logs = probeInside(folder, "logs");
  if (logs.state !== "here") return [];
  return readdirSync(logs.absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".log"))
    .map((entry) => join(entry.parentPath, entry.name).slice(logs.absolute.length + 1))
    .map((path) => `logs/${path.split(sep).join("/")}`)
    .sort();
}

const mostAtOnce = 1024 * 1024;

/** What stands behind an offset, at most 1 MiB; empty at the end. */
export function readLog(folder: string, path: string, offset: number): Uint8Array {
  const descriptor = openSync(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const length = Math.min(mostAtOnce, Math.max(0, fstatSync(descriptor).size - offset));
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}
