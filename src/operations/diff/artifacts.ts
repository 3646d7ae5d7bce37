/** Artifacts by name and digest. The facts of the record itself are compared where they belong, and are none. */
import { kinds } from "../../kinds/table.js";
import { isObject } from "../../manifest/validate.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedArtifact, LoadedRun } from "../records/load/loaded-run.js";
import { type Comparison, compare, namesOf, type Section, unknown, verdictOf } from "./comparison.js";
import { isDefaulted, isUnrecorded, notRecordedThen } from "./stages.js";

export interface DiffedArtifact {
  readonly path: string;
  readonly sha256: string | null;
  readonly size_bytes: number | null;
}

export interface ArtifactsDiff extends Section {
  readonly artifacts: readonly Comparison<DiffedArtifact>[];
}

export interface ArtifactPorts {
  /** SHA-256 of a file that is there, 64 hexadecimal digits; `null` where it is a folder, too large, or unreadable. */
  readonly digestOf: (run: LoadedRun, artifact: LoadedArtifact) => string | null;
}

export function diffArtifacts(a: LoadedRun, b: LoadedRun, ports: ArtifactPorts): ArtifactsDiff {
  const [ofA, ofB] = [artifactsOf(a), artifactsOf(b)];
  const artifacts = namesOf(ofA, ofB).map((name) =>
    compareArtifact(name, [a, ofA.get(name)], [b, ofB.get(name)], ports),
  );
  return { outcome: verdictOf(artifacts), reason: null, artifacts };
}

type Side = readonly [run: LoadedRun, artifact: LoadedArtifact | undefined];

/** Where an artifact lies is no difference. */
function compareArtifact(
  name: string,
  [a, inA]: Side,
  [b, inB]: Side,
  ports: ArtifactPorts,
): Comparison<DiffedArtifact> {
  const [before, after] = [
    inA && { path: inA.path, sha256: digestOfArtifact(a, inA, ports), size_bytes: inA.bytes },
    inB && { path: inB.path, sha256: digestOfArtifact(b, inB, ports), size_bytes: inB.bytes },
  ];
  const silence =
    (inA === undefined && inB !== undefined && silenceOf(a, inB)) ||
    (inB === undefined && inA !== undefined && silenceOf(b, inA)) ||
    (before !== undefined && after !== undefined && silenceBetween(a, b, before, after));
  return silence
    ? unknown(name, before, after, silence)
    : compare(name, before, after, (a, b) => a.sha256 === b.sha256);
}

/** Why a run that does not have the other one's artifact does not say by that what came out of it; `null` when it does. */
function silenceOf(run: LoadedRun, { stage, path }: LoadedArtifact): string | null {
  const own = run.run.stages.find(({ name }) => name === stage);
  if (own === undefined) return isUnrecorded(run, stage, "completed") ? notRecordedThen : null;
  if (isDefaulted(run, stage, "artifacts")) return notRecordedThen;
  if (!isLog(path) || own.status === "skipped") return null;
  return isMerged(run) ? oneLog : "its output was not kept";
}

/** Why two artifacts of one name are not comparable; `null` when they are. */
function silenceBetween(a: LoadedRun, b: LoadedRun, inA: DiffedArtifact, inB: DiffedArtifact): string | null {
  if (inA.sha256 === null || inB.sha256 === null) return "no digest is recorded";
  const isMixed = isLog(inA.path) && isLog(inB.path) && isMerged(a) !== isMerged(b);
  return isMixed && inA.sha256 !== inB.sha256 ? oneLog : null;
}

const oneLog = "where both streams are one file, one log holds them";

function isLog(path: string): boolean {
  return path.startsWith("logs/");
}

function isMerged({ run }: LoadedRun): boolean {
  const logs = capabilityOf(run, kinds.run, "result")?.logs;
  return isObject(logs) && logs.merged === true;
}

function artifactsOf({ artifacts }: LoadedRun): Map<string, LoadedArtifact> {
  const counted = artifacts.filter(({ path }) => !path.startsWith(facts));
  return new Map(counted.map((artifact) => [artifact.name, artifact]));
}

const facts = "00_run_metadata/";

/** As recorded; of a run that records none, that of the file that is there. */
export function digestOfArtifact(
  run: LoadedRun,
  artifact: LoadedArtifact,
  { digestOf }: ArtifactPorts,
): string | null {
  return artifact.sha256 ?? (artifact.availability === "here" ? digestOf(run, artifact) : null);
}
