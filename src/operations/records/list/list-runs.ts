/** Lists recorded runs, newest first. One that cannot be loaded stands among the others with the reason. */
import { ColophonError } from "../../../errors.js";
import { isExperimentId } from "../../../manifest/ids.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { RunLink } from "../../../store/runs/run-record.js";
import { nameOf } from "../load/load-run.js";
import type { LoadedRecord } from "../load/loaded-run.js";
import { linkError } from "./link-error.js";

export interface ListedRun<R extends LoadedRecord = LoadedRecord> {
  /** Absolute. */
  readonly folder: string;
  /** `null` when it cannot be loaded; `error` says why. */
  readonly run: R | null;
  readonly error: ColophonError | null;
}

/** All of them, newest `started_at` first, then by the folder's name. Links are listed, and not followed. */
export function listRuns<R extends LoadedRecord>(
  folders: readonly string[],
  links: readonly RunLink[],
  load: (folder: string) => R,
): ListedRun<R>[] {
  const all = [...folders.map((folder) => loadOrExplain(folder, load)), ...links.map(explainLink)];
  return all
    .map((listed) => ({ listed, start: startOf(listed), name: nameOf(listed.folder) }))
    .sort((a, b) => b.start - a.start || (a.name < b.name ? -1 : 1))
    .map(({ listed }) => listed);
}

function explainLink(link: RunLink): ListedRun<never> {
  return { folder: link.folder, run: null, error: linkError(link) };
}

function loadOrExplain<R extends LoadedRecord>(folder: string, load: (folder: string) => R): ListedRun<R> {
  try {
    return { folder, run: load(folder), error: null };
  } catch (error) {
    if (!(error instanceof ColophonError)) throw error;
    return { folder, run: null, error };
  }
}

/** A run that cannot be loaded still has a time in its name; one that has none either stands last. */
function startOf({ run, folder }: ListedRun): number {
  return (run === null ? parseUtc(timeInName(folder)) : parseUtc(run.run.started_at)) ?? 0;
}

/** `20261120T104207Z_…` → `2026-11-20T10:42:07Z` */
function timeInName(folder: string): string {
  const name = nameOf(folder);
  if (!isExperimentId(name)) return "";
  return name.replace(/^(....)(..)(..)T(..)(..)(..)Z_.*$/, "$1-$2-$3T$4:$5:$6Z");
}
