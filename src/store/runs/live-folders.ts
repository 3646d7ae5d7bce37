/** What trackers keep in `.colophon/live/` while they run, one folder each, and what those that were killed left there. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateFolderOf } from "../state-folder.js";

export interface LiveFolder {
  /** Absolute. */
  readonly path: string;
  /** When something was last made or removed in it, milliseconds since 1970. */
  readonly changedAt: number;
}

/** By name. Links are not followed. */
export function listLiveFolders(root: string): LiveFolder[] {
  const live = join(stateFolderOf(root), "live");
  return foldersIn(live)
    .map((name) => join(live, name))
    .flatMap((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path, changedAt: stats.mtimeMs }];
    });
}

export function removeLeftover(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[0-9a-f]{16}$/.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
