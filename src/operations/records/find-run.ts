/** The folder of a run that somebody named: by its id, the beginning or end of one, or a path, also outside the project. */
import { UsageError } from "../../errors.js";
import { isExperimentId, suffixOf } from "../../manifest/ids.js";
import { shellWord } from "../../manifest/shell-word.js";
import type { RecordPlace } from "../../store/runs/run-record.js";
import type { LoadedRun } from "./load/loaded-run.js";
import { resolveRun } from "./resolve-run.js";

export interface FindRunPorts {
  /** Of the runs in the project. */
  readonly ids: () => readonly string[];
  /** Absolute. */
  readonly folderOf: (id: string) => string;
  /** Absolute, from the current folder. */
  readonly resolvePath: (path: string) => string;
  readonly findRecord: (path: string) => RecordPlace;
}

/** Gives an absolute path: of a folder, or of what was named instead of one. @throws UsageError when it names nothing. */
export function findRun(word: string, { ids, folderOf, resolvePath, findRecord }: FindRunPorts): string {
  const path = resolvePath(word);
  const isThere = () => findRecord(path).state !== "nothing";
  if (isPath(word) && isThere()) return path;
  try {
    return folderOf(resolveRun(word, ids()));
  } catch (error) {
    // A folder beside the current one may be meant by its bare name.
    if (error instanceof UsageError && error.code === "NO_SUCH_RUN" && word !== "" && isThere()) return path;
    throw error;
  }
}

/** What to type for a run from here: the end of its id where the project has it, else what was typed for it, as a shell takes it. */
export function wordFor(
  { id, folder }: Pick<LoadedRun, "id" | "folder">,
  typed: string,
  { folderOf }: Pick<FindRunPorts, "folderOf">,
): string {
  return isExperimentId(id) && folderOf(id) === folder ? suffixOf(id) : shellWord(typed);
}

function isPath(word: string): boolean {
  return word.includes("/") || word === "." || word === "..";
}
