/** What of a run's folder a list of runs is read from: as long as none of it changes, neither does what is listed. */

import { summaryPath } from "../../metrics/read-summary.js";
import { reportsPath } from "../../metrics/reports.js";
import type { LoadedRecord } from "../load/loaded-run.js";
import type { ArtifactPorts } from "../load/locate-artifacts.js";
import { notesPath } from "../notes/notes.js";
import { reconciledPath } from "../state/reconciliations.js";

/** Files that are read where they are there. */
const readFiles = ["manifest.json", notesPath, reconciledPath, reportsPath, summaryPath];

/**
 * Paths in the folder, POSIX, "" for itself. A file whose content is read is named; of every other it only matters whether it is there,
 * which its folder tells. `null` for a run that has no end, or that leads out through links: it may change without a trace.
 */
export function restsOn(
  { folder, run, artifacts }: LoadedRecord,
  { probeAll }: Pick<ArtifactPorts, "probeAll">,
): string[] | null {
  if (run.status === "running") return null;
  if (artifacts.some(({ path, absolute }) => absolute !== `${folder}/${path}`)) return null;
  const gone = artifacts.flatMap(({ availability, path }) => (availability === "here" ? [] : [path]));
  const folders = artifacts.flatMap(({ path }) => foldersAbove(path));
  const may = [...new Set([...readFiles, ...folders, ...gone])];
  // What is not there is told of by the nearest folder above that is.
  const states = probeAll(folder, may);
  const present = may.filter((_, index) => states[index]?.state !== "absent");
  return [...new Set(["", "run_manifest.json", "00_run_metadata", ...present])];
}

/** `a/b/c` → `a`, `a/b` */
function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
