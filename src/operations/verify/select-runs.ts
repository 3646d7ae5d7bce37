/** Which runs somebody means by words: a run each, or a folder of runs; without any, all runs of the project. */
import type { RecordPlace } from "../../store/runs/run-record.js";
import { type FindRunPorts, findRun } from "../records/find-run.js";
import { noRecordThere } from "../records/load/record-faults.js";

export interface SelectPorts extends FindRunPorts {
  /** Absolute paths of the runs in the project, or of those in another folder, also by month. */
  readonly folders: (folder?: string) => readonly string[];
  readonly inRepository: (folder: string) => boolean;
}

/** Absolute folders, each once, in the order named. @throws UsageError, LifecycleError when a word names no run. */
export function selectRuns(words: readonly string[], ports: SelectPorts): readonly string[] {
  if (words.length === 0) return ports.folders();
  return [...new Set(words.flatMap((word) => foldersOf(word, ports)))];
}

function foldersOf(word: string, ports: SelectPorts): readonly string[] {
  const path = findRun(word, ports);
  const { state, folder } = ports.findRecord(path);
  const inside = state === "no-run" ? ports.folders(folder) : [];
  return inside.length > 0 ? inside : [folderOfRun(path, ports)];
}

/**
 * `path`, absolute, of a folder or a `run_manifest.json`. A part of a run is verified too: what is missing of it is what there is to say.
 *
 * @throws LifecycleError when there is no run.
 */
export function folderOfRun(
  path: string,
  { findRecord, inRepository }: Pick<SelectPorts, "findRecord" | "inRepository">,
): string {
  const place: RecordPlace = findRecord(path);
  const { state, folder } = place;
  if (state === "record" || state === "half" || state === "leftovers") return folder;
  throw noRecordThere(place, path, inRepository(folder));
}
