/** A copy of the index with what the work tree really holds put into it. The user's own is read once and never written. */
import { closeSync, fstatSync, linkSync, openSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedPath } from "../../byte-path.js";
import { outputOf } from "../../failures.js";
import type { GitOutcome } from "../../run-git.js";
import { bytesOf, endedByNul } from "../paths.js";
import { inScratch, type Place, runInPlace } from "./place.js";

/** A path as it shall stand in the index; `null` for not at all. */
export interface IndexEdit {
  readonly name: NamedPath;
  readonly entry: { readonly mode: string; readonly oid: string } | null;
}

export interface IndexPlan {
  /** Set as they stand, before anything is taken from the copies. */
  readonly edits: readonly IndexEdit[];
  /** To be taken from the copies; what has no copy is removed. */
  readonly names: readonly NamedPath[];
  /** The copies. */
  readonly workTree: string;
}

/** The user's index as it is now; `seconds` is the time of its last change. */
export interface StartIndex {
  readonly path: string;
  readonly seconds: number;
}

/**
 * Git trusts the index about a file that is older than the index itself, and looks into any other. A copy with a later time would
 * hide the edit of that very moment, so the copy keeps the time, and keeps it after every change too.
 */
export function copyIndex(place: Place): StartIndex | undefined {
  const path = inScratch(place, "index.start");
  let file: number;
  try {
    file = openSync(join(place.captured.gitDirectory, "index"), "r");
  } catch (error) {
    // No index is an empty one.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { mtimeNs } = fstatSync(file, { bigint: true });
    writeFileSync(path, readFileSync(file), { flag: "wx", mode: 0o600 });
    // To the microsecond below: earlier makes Git look once too often, later would make it trust too much.
    const seconds = Number(mtimeNs / 1000n - 1n) / 1e6;
    return { path, seconds };
  } finally {
    closeSync(file);
  }
}

export interface BuiltIndex {
  readonly path: string;
  readonly filtersFailed: readonly string[];
}

/** `path` must not exist yet. */
export async function buildIndex(
  path: string,
  start: StartIndex | undefined,
  plan: IndexPlan,
  place: Place,
): Promise<BuiltIndex> {
  // Git replaces the file as a whole, so a second name for the copy leaves the copy as it is.
  if (start !== undefined) linkSync(start.path, path);
  if (plan.edits.length > 0) {
    const input = formatEdits(plan.edits, place);
    const words = ["update-index", "-z", "--index-info"];
    outputOf(await runInPlace(words, place, { index: path, input }), place.env);
  }
  const filtersFailed = plan.names.length > 0 ? await addCopies(path, plan, place) : [];
  if (start !== undefined) utimesSync(path, start.seconds, start.seconds);
  return { path, filtersFailed };
}

/** `100644 <id>` TAB path NUL; mode 0 removes whatever stands there, every side of a conflict too. */
function formatEdits(edits: readonly IndexEdit[], { captured }: Place): Buffer {
  const nothing = "0".repeat(captured.git.sha.length);
  return endedByNul(
    edits.flatMap(({ name, entry }) => {
      const path = bytesOf(name);
      const removal = Buffer.concat([Buffer.from(`0 ${nothing}\t`), path]);
      if (entry === null) return [removal];
      return [removal, Buffer.concat([Buffer.from(`${entry.mode} ${entry.oid}\t`), path])];
    }),
  );
}

/**
 * With content filters, as `git add` has it; the programs are those that the configuration of this machine or of this very `.git`
 * names, as for `git status`. A required one that does not work is passed over: its files are then stored as they are.
 */
async function addCopies(index: string, { names, workTree }: IndexPlan, place: Place): Promise<string[]> {
  const words = ["update-index", "--add", "--remove", "-z", "--stdin"];
  const input = endedByNul(names.map(bytesOf));
  const failed: string[] = [];
  for (;;) {
    const settings = failed.flatMap((name) => [
      `filter.${name}.required=false`,
      `filter.${name}.clean=`,
      `filter.${name}.process=`,
    ]);
    const outcome = await runInPlace(words, place, { index, input, workTree, settings });
    const filter = outcome.status === 0 ? undefined : failedFilter(outcome);
    if (filter === undefined || failed.includes(filter)) {
      outputOf(outcome, place.env);
      return failed;
    }
    failed.push(filter);
  }
}

function failedFilter({ stderr }: GitOutcome): string | undefined {
  return /clean filter '(.*)' failed/.exec(stderr)?.[1];
}
