/** What time it was when the looking began, by the clock that files get their times from. */
import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CatalogPlace } from "./refresh.js";
import type { Stamp } from "./stamps.js";
import { uniqueName } from "./state.js";

export interface Clock {
  /** In milliseconds since 1970, by this machine. */
  readonly begun: number;
  /**
   * Whether all changes that a stamp tells of lie before the beginning, so that one that came later would make another stamp. As with
   * Git's index, what changed at the very moment of the looking may change again and look the same.
   */
  readonly isSettled: (stamp: Stamp) => boolean;
}

export function createClock(place: Pick<CatalogPlace, "folder" | "records" | "prepare">): Clock {
  const begun = Date.now();
  let late: number | undefined;
  return {
    begun,
    isSettled({ settledAt }) {
      if (settledAt >= begun) return false;
      late ??= lateness(place);
      return settledAt < begun - late;
    },
  };
}

/** Files on two systems may get their times from two machines, of which only one can be asked. */
const longestLateness = 600_000;

/** How far the file system's clock lies behind ours, in milliseconds. */
function lateness({
  folder,
  records,
  prepare,
}: Pick<CatalogPlace, "folder" | "records" | "prepare">): number {
  const probe = join(folder, `${uniqueName()}.tmp`);
  try {
    prepare();
    mkdirSync(probe, { recursive: true });
    const now = Date.now();
    const { mtimeMs, dev } = statSync(probe);
    rmdirSync(probe);
    return dev === statSync(records).dev ? Math.max(0, now - mtimeMs) : longestLateness;
  } catch {
    // Where nothing can be written, nothing is kept.
    return 0;
  }
}
