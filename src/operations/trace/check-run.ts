/** What of a run a trace shows, held against what is there now as `verify` does: its record, its code, its data, an artifact of it. */
import { kinds, recogniseKind } from "../../kinds/table.js";
import { parseJson } from "../../manifest/parse.js";
import { type CodeKnowledge, type CodePorts, codeKnowledge } from "../verify/ask-code.js";
import { type ArtifactPorts, checkArtifacts } from "../verify/check-artifacts.js";
import { checkCommit, checkSnapshot } from "../verify/check-code.js";
import { checkInputs } from "../verify/check-inputs.js";
import { checkObserved } from "../verify/check-observed.js";
import { checkSums } from "../verify/check-sums.js";
import { type ReadRecord, type RecordPorts, readRecord } from "../verify/record.js";
import { asDigest, type CheckResult, resultsOf } from "../verify/result.js";
import { placesOf } from "../verify/verify-runs.js";
import type { KnownArtifact, KnownRun } from "./index-runs.js";
import { membersOf } from "./index-runs.js";

export interface CheckRunPorts extends RecordPorts, ArtifactPorts, CodePorts {
  readonly projectOf: (folder: string) => string;
  readonly isMadeHere: (folder: string) => boolean;
}

export interface CheckedRun {
  readonly record: ReadRecord;
  /** The record itself: its manifests, its tracked files. */
  readonly own: readonly CheckResult[];
  readonly commit: readonly CheckResult[];
  readonly snapshot: readonly CheckResult[];
  /** By name in `subject`. */
  readonly inputs: readonly CheckResult[];
  /** What was seen to be read though nobody had declared it, by path in `subject`. */
  readonly observed: readonly CheckResult[];
}

export interface RunChecker {
  /** Git is asked about all of them together. */
  readonly check: (runs: readonly KnownRun[]) => Promise<readonly CheckedRun[]>;
  readonly checkArtifact: (record: ReadRecord, name: string) => Promise<CheckResult | null>;
  /** Artifacts that say what is true of generated data, by what stands in them. */
  readonly truthsOf: (run: KnownRun) => readonly KnownArtifact[];
}

export function runChecker(ports: CheckRunPorts): RunChecker {
  const code = codeKnowledge(ports);
  return {
    check: async (runs) => {
      const records = runs.map(({ folder }) => readRecord(folder, ports));
      await code.learn(records);
      const checked: CheckedRun[] = [];
      for (const record of records) checked.push(await checkRecord(record, code, ports));
      return checked;
    },
    checkArtifact: (record, name) => checkArtifact(record, name, ports),
    truthsOf: ({ folder, artifacts }) => artifacts.filter(({ path }) => isTruth(folder, path, ports)),
  };
}

function isTruth(folder: string, path: string, { readFile }: CheckRunPorts): boolean {
  if (!path.endsWith(".json") || path.startsWith("00_run_metadata/")) return false;
  const { maximumBytes } = kinds["ground-truth"];
  const bytes = readFile(folder, path, maximumBytes);
  const parsed = bytes === null || "code" in bytes ? undefined : parseJson(bytes, maximumBytes);
  const kind = parsed?.ok ? recogniseKind(parsed.value) : undefined;
  return kind !== undefined && "containsGroundTruth" in kind && kind.containsGroundTruth === true;
}

async function checkRecord(
  record: ReadRecord,
  code: CodeKnowledge,
  ports: CheckRunPorts,
): Promise<CheckedRun> {
  const places = placesOf(record, ports);
  const answer = code.of(record);
  return {
    record,
    own: [...record.checks, ...(await checkSums(record, ports))],
    commit: checkCommit(record, answer),
    snapshot: checkSnapshot(record, answer, places.isHome),
    inputs: await checkInputs(record, places, ports),
    observed: await checkObserved(record, places, ports.repositoryOf(record.folder), ports),
  };
}

/** Of that artifact alone: others may be large, and are no part of the trace. */
async function checkArtifact(
  record: ReadRecord,
  name: string,
  ports: CheckRunPorts,
): Promise<CheckResult | null> {
  const extension = membersOf(record.run?.[record.namespace]);
  const artifacts = membersOf(extension.artifacts);
  const entries = membersOf(artifacts.entries);
  if (!Object.hasOwn(entries, name)) return checkListed(record, name, ports);
  const alone = { ...artifacts, entries: { [name]: entries[name] } };
  const narrowed = {
    ...record,
    run: { ...record.run, [record.namespace]: { ...extension, artifacts: alone } },
  };
  const nothing = { tree: null, digests: async () => new Map() };
  const results = await checkArtifacts(narrowed, nothing, placesOf(record, ports), ports);
  return results.find(({ subject }) => subject === name) ?? null;
}

/** A file that only a list names; what it was found by is the list's own digest. */
async function checkListed(
  { folder }: ReadRecord,
  path: string,
  ports: CheckRunPorts,
): Promise<CheckResult | null> {
  if (!path.includes("/") && !path.endsWith(".json")) return null;
  const { ok, missing, unreadable } = resultsOf("artifacts");
  const answer = await ports.digestFile(folder, path);
  if (answer.state === "read") return ok(path, { found: asDigest(answer.sha256) });
  if (answer.state === "absent") return missing(path, { reason: `${path} is gone` });
  return unreadable(path, { reason: answer.state === "other" ? `${path} is ${answer.what}` : answer.reason });
}

/** Of what a run read, by the name it has there. What nobody declared breaks nothing. */
export function inputState(
  { inputs, observed }: CheckedRun,
  name: string,
): Pick<CheckResult, "state" | "reason"> {
  const declared = inputs.filter(({ subject }) => subject === name);
  const seen = declared.length > 0 ? undefined : observed.find(({ subject }) => subject === name);
  if (seen === undefined) return togetherOf(declared);
  if (seen.state === "ok") return { state: "ok", reason: "read, but not declared" };
  return {
    state: seen.state === "not-here" ? "not-here" : "unknown",
    reason: `read, but not declared; ${seen.reason ?? "not known"}`,
  };
}

/** One word for several checks: the worst that weighs, and why. */
export function togetherOf(checks: readonly CheckResult[]): Pick<CheckResult, "state" | "reason"> {
  const weighing = checks.filter(({ severity }) => severity === "error");
  const order = ["differs", "missing", "unreadable", "unknown", "not-here"] as const;
  for (const state of order) {
    const found = weighing.find((check) => check.state === state);
    if (found !== undefined) return { state, reason: reasonOf(found) };
  }
  return { state: weighing.length === 0 ? "unknown" : "ok", reason: null };
}

function reasonOf({ subject, reason }: CheckResult): string | null {
  if (reason === null) return null;
  return reason.includes(subject) ? reason : `${subject} ${reason}`;
}
