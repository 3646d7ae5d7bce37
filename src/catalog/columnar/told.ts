/** What commands say of runs that they change: a line each, which no reader misses, as the file only grows. */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Told, toldName } from "./state.js";

/**
 * Said before a change, so that one that is broken off is not missed, and again when it is made. Best effort: the folder is only there
 * when somebody has listed runs.
 */
export function tellOfChange(folder: string, ids: readonly string[]): void {
  try {
    appendFileSync(join(folder, toldName), ids.map((id) => `${id}\n`).join(""), { flag: "a" });
  } catch {}
}

export interface ReadTold {
  readonly told: Told;
  readonly ids: readonly string[];
  /** Whether lines were lost, as when the file was deleted. */
  readonly isLost: boolean;
}

export function readTold(folder: string, before: Told): ReadTold {
  const none = { told: { inode: 0, read: 0 }, ids: [], isLost: before.inode !== 0 };
  try {
    const descriptor = openSync(join(folder, toldName), "r");
    try {
      const { ino, size } = fstatSync(descriptor);
      const isSame = ino === before.inode && size >= before.read;
      const from = isSame ? before.read : 0;
      const bytes = Buffer.alloc(size - from);
      const text = bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, from));
      // A line that is being written is read the next time.
      const lines = text.slice(0, text.lastIndexOf("\n") + 1);
      return {
        told: { inode: ino, read: from + lines.length },
        ids: lines.split("\n").filter((line) => line !== ""),
        isLost: before.inode !== 0 && !isSame,
      };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return none;
  }
}

const longest = 1024 * 1024;

/** When every run was just looked at, nothing in it is news. */
export function shortenTold(folder: string, told: Told): Told {
  if (told.read < longest) return told;
  try {
    rmSync(join(folder, toldName), { force: true });
    return { inode: 0, read: 0 };
  } catch {
    return told;
  }
}
