/** Lists recorded runs, newest first. One that cannot be loaded stands among the others with the reason. */
import { ColophonError, LifecycleError } from "../../../errors.js";
import { isExperimentId } from "../../../manifest/ids.js";
import { shellWord } from "../../../manifest/shell-word.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { RunLink } from "../../../store/runs/run-record.js";
import { type LoadPorts, loadListed, nameOf } from "../load/load-run.js";
import type { LoadedRecord } from "../load/loaded-run.js";
import { notesPath, parseNotes, tagsOf } from "../notes/notes.js";

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

export interface ListRequest {
  /** The most that are listed; `null` for all. */
  readonly limit: number | null;
  /** Only runs that have this tag now. */
  readonly tag: string | null;
}

export interface Listing {
  readonly runs: readonly ListedRun[];
  /** How many there are, listed or not. */
  readonly total: number;
}

/** Loads no more than it lists: ids begin with their time, so the newest are known by name. */
export function listNewest(
  folders: readonly string[],
  links: readonly RunLink[],
  { limit, tag }: ListRequest,
  ports: LoadPorts,
): Listing {
  const wanted = tag === null ? folders : folders.filter((folder) => tagsIn(folder, ports).includes(tag));
  const candidates = limit === null ? wanted : newestByName(wanted, limit);
  const besides = tag === null ? links : [];
  const runs = listRuns(candidates, besides, (folder) => loadListed(folder, ports));
  return { runs: limit === null ? runs : runs.slice(0, limit), total: wanted.length + besides.length };
}

function explainLink({ folder, target }: RunLink): ListedRun<never> {
  const error = new LifecycleError("RUN_IS_LINK", `${folder} is a link to ${target}; lists follow none`, {
    hint: `To load it, name it: colophon show ${shellWord(folder)}`,
  });
  return { folder, run: null, error };
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

/** The newest ones and all others of the same second; all there are, where a name says no time. */
function newestByName(folders: readonly string[], limit: number): readonly string[] {
  if (!folders.every((folder) => isExperimentId(nameOf(folder)))) return folders;
  const sorted = folders.toSorted((a, b) => (timeInName(a) < timeInName(b) ? 1 : -1));
  const last = sorted[limit - 1];
  if (last === undefined) return sorted;
  const end = sorted.findIndex((folder, index) => index >= limit && timeInName(folder) !== timeInName(last));
  return end < 0 ? sorted : sorted.slice(0, end);
}

function tagsIn(folder: string, { readFile }: LoadPorts): string[] {
  return tagsOf(parseNotes(readFile(folder, notesPath, mostNotes)).notes);
}

const mostNotes = 8 * 1024 * 1024;
