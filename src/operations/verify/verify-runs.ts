/** Holds recorded runs against what is there now: their own files, their data, their code. Changes nothing. */

import type { RecordedTree } from "../../store/runs/recorded-files.js";
import { type CodeKnowledge, type CodePorts, codeKnowledge, extensionOf } from "./ask-code.js";
import { type ArtifactSumsPorts, checkArtifactSums } from "./check-artifact-sums.js";
import { type ArtifactPorts, checkArtifacts } from "./check-artifacts.js";
import { checkCommit, checkSnapshot } from "./check-code.js";
import { checkInputs } from "./check-inputs.js";
import { checkObserved } from "./check-observed.js";
import { checkSums } from "./check-sums.js";
import type { Places } from "./find-data.js";
import { type ReadRecord, type RecordPorts, readRecord } from "./record.js";
import { type CheckResult, resultsOf, type VerifiedRun, verdictOf } from "./result.js";
import { folderOfRun } from "./select-runs.js";

export interface VerifyPorts extends RecordPorts, ArtifactSumsPorts, ArtifactPorts, CodePorts {
  /** For the words of an error. */
  readonly inRepository: (folder: string) => boolean;
  /** Of the project around a run. */
  readonly projectOf: (folder: string) => string;
  /** Whether the run was made in this folder, and not cloned or brought there. */
  readonly isMadeHere: (folder: string) => boolean;
  /** `null` when there is none; what is wrong, when it cannot be searched. */
  readonly openTree: (folder: string) => RecordedTree | string | null;
  /** The same without remembering it: what was seen may be thousands of files. */
  readonly digestSeen: VerifyPorts["digestData"];
  /** Keeps what was learnt of files, now and then. */
  readonly remember: (options: { readonly atLast: boolean }) => void;
}

/** Records of so many runs are held at once; Git is asked about all of them together. */
const batchSize = 200;

/** In the order of `folders`, absolute, one by one as they are done. Only what is wrong with the project itself is thrown. */
export async function* verifyRuns(
  folders: readonly string[],
  ports: VerifyPorts,
): AsyncGenerator<VerifiedRun> {
  const code = codeKnowledge(ports);
  try {
    for (let from = 0; from < folders.length; from += batchSize) {
      const records = folders.slice(from, from + batchSize).map((folder) => readOrTell(folder, ports));
      // Git works while files are read.
      const learning = code.learn(records.filter((record): record is ReadRecord => !("verdict" in record)));
      for (const record of records) {
        yield "verdict" in record ? record : await verifyRecord(record, code, learning, ports);
        ports.remember({ atLast: false });
      }
    }
  } finally {
    ports.remember({ atLast: true });
  }
}

/** `path`, absolute, of a run's folder or its `run_manifest.json`. @throws LifecycleError when there is no run. */
export async function verifyRun(path: string, ports: VerifyPorts): Promise<VerifiedRun> {
  const verified: VerifiedRun[] = [];
  for await (const run of verifyRuns([folderOfRun(path, ports)], ports)) verified.push(run);
  return verified[0] as VerifiedRun;
}

/** A folder that holds no record, or not all of one, is told as such. */
function readOrTell(folder: string, ports: VerifyPorts): ReadRecord | VerifiedRun {
  const { state, reason } = ports.findRecord(folder);
  if (state === "record" || state === "half") return readRecord(folder, ports);
  const { unknown, unreadable } = resultsOf("schema");
  const check =
    state === "leftovers"
      ? unknown("run_manifest.json", {
          reason: "only what Git leaves out is here; the record is on another branch",
        })
      : unreadable("run_manifest.json", { reason: reason ?? "there is no run" });
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  return { id, folder, verdict: verdictOf([check]), checks: [check] };
}

async function verifyRecord(
  record: ReadRecord,
  code: CodeKnowledge,
  learning: Promise<void>,
  ports: VerifyPorts,
): Promise<VerifiedRun> {
  const places = placesOf(record, ports);
  const opened = ports.openTree(record.folder);
  const tree = typeof opened === "string" ? null : opened;
  const sums = await checkSums(record, ports);
  const kept = await checkArtifactSums(record, tree, ports);
  const inputs = await checkInputs(record, places, ports);
  const observed = await checkObserved(record, places, ports.repositoryOf(record.folder), {
    resolve: ports.resolve,
    digestData: ports.digestSeen,
  });
  const artifacts = await checkArtifacts(record, { tree, digests: kept.digests }, places, ports);
  await learning;
  const answer = code.of(record);
  const checks: CheckResult[] = [
    ...record.checks,
    ...sums,
    ...(typeof opened === "string" ? [unsearchable(opened)] : kept.results),
    ...inputs,
    ...observed,
    ...artifacts,
    ...checkCommit(record, answer),
    ...checkSnapshot(record, answer, places.isHome),
  ];
  return { id: record.id, folder: record.folder, verdict: verdictOf(checks), checks };
}

function unsearchable(reason: string): CheckResult {
  return resultsOf("sums").unreadable("artifacts", { reason: `the folder cannot be searched: ${reason}` });
}

/** Relative paths are meant from where the command ran; those of `colophon.json` from the project. */
export function placesOf(
  record: ReadRecord,
  ports: Pick<VerifyPorts, "repositoryOf" | "projectOf" | "resolve" | "isMadeHere">,
): Places {
  const { folder } = record;
  const repository = ports.repositoryOf(folder);
  const { cwd } = extensionOf(record, "source") ?? record.command ?? {};
  const ran = repository !== null && typeof cwd === "string" ? [ports.resolve(repository, cwd)] : [];
  return {
    bases: [...ran, ports.projectOf(folder)],
    isHome: ports.isMadeHere(folder),
  };
}
