/** Whether the files of a run are those that it recorded: asked before they are sent, and before they are put in place. */

import type { RecordedTree } from "../../store/runs/recorded-files.js";
import { type ArtifactSumsPorts, checkArtifactSums } from "../verify/check-artifact-sums.js";
import { type ArtifactPorts, checkArtifacts } from "../verify/check-artifacts.js";
import { checkSums } from "../verify/check-sums.js";
import { type RecordPorts, readRecord } from "../verify/record.js";
import type { CheckResult } from "../verify/result.js";

export interface FaultPorts extends RecordPorts, ArtifactSumsPorts, ArtifactPorts {
  readonly openTree: (folder: string) => RecordedTree | string | null;
}

/** In words, one for each file. What a run names outside of its folder is not looked at, and what was left out is no fault. */
export async function findFaults(folder: string, ports: FaultPorts): Promise<string[]> {
  const record = readRecord(folder, ports);
  const opened = ports.openTree(folder);
  if (typeof opened === "string") return [`artifacts: the folder cannot be searched: ${opened}`];
  const sums = await checkSums(record, ports);
  const kept = await checkArtifactSums(record, opened, ports);
  const inside: FaultPorts = {
    ...ports,
    digestData: async (path, bytes) =>
      path.startsWith(`${folder}/`) ? ports.digestData(path, bytes) : { state: "absent" },
  };
  const places = { bases: [], isHome: false };
  const artifacts = await checkArtifacts(record, { tree: opened, digests: kept.digests }, places, inside);
  return [...record.checks, ...sums, ...kept.results, ...artifacts]
    .filter((check) => isFault(check, ports))
    .map(({ subject, state, reason }) => `${subject} ${state}${reason === null ? "" : `: ${reason}`}`);
}

function isFault({ state, severity, subject, check }: CheckResult, { isUntracked }: FaultPorts): boolean {
  if (severity !== "error") return false;
  if (state === "differs" || state === "unreadable") return true;
  return state === "missing" && check !== "artifacts" && !isUntracked(subject);
}
