/** Reads one of the small files of /proc, of which somebody may read hundreds a second. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const room = Buffer.allocUnsafe(16 * 1024);

/** `null` when there is no such file, or it may not be read. */
export function readProc(path: string): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const length = readSync(descriptor, room, 0, room.length, 0);
    return length < room.length ? room.toString("latin1", 0, length) : readFileSync(path, "latin1");
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
