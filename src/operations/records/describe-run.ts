/** Everything `colophon show` says of a run, in the words that go into `--json` as they are. */
import type { Finding } from "../../errors.js";
import type {
  Drift,
  ObservedFiles,
  RefusedFigures,
  SnapshotFacts,
  UsageFacts,
} from "../../generated/types.js";
import type { DataProvenance, ExperimentManifest } from "../../kinds/experiment.js";
import { kinds } from "../../kinds/table.js";
import { isObject } from "../../manifest/validate.js";
import type { RunMetrics } from "../metrics/metrics-of.js";
import { type RunSummary, summarizeRun } from "./list/summarize-run.js";
import { capabilityOf } from "./load/extension.js";
import type { LoadedArtifact, LoadedRun, Note } from "./load/loaded-run.js";

export interface RunDescription extends RunSummary {
  /** As on disk. */
  readonly version: number;
  readonly defaulted: readonly string[];
  readonly env: ExperimentManifest["env"] | null;
  /** As recorded: how edits that were not committed were kept, and what became of the code until the end. */
  readonly snapshot: SnapshotFacts | null;
  readonly drift: Drift | null;
  /** What the commands used, as far as it was sampled. */
  readonly usage: UsageFacts | null;
  readonly parameters: LoadedRun["parameters"];
  readonly inputs: readonly DescribedInput[];
  readonly command: LoadedRun["command"];
  /** `null` where the run was not observed, or nothing valid is on record. */
  readonly observation: DescribedObservation | null;
  readonly artifacts: readonly LoadedArtifact[];
  /** What a stage was to leave and did not. */
  readonly not_kept: readonly { readonly name: string; readonly reason: string }[];
  /** Figures that its command asked for and that were not recorded. */
  readonly figures_refused: RefusedFigures["refused"];
  readonly logs: readonly DescribedLog[];
  /** `false` when they hold what was written when nobody looked for secrets any more. */
  readonly logs_scanned: boolean;
  /** How many values each rule for secrets removed, from the record and from the logs. */
  readonly redactions: Readonly<Record<string, number>>;
  readonly notes: readonly Note[];
  /** What its program said of it; `parameters` has the parameters too. */
  readonly reported: LoadedRun["reported"];
  readonly metrics: RunMetrics | null;
  readonly findings: readonly Finding[];
}

/** `observed.json` without its lists of every file. */
export type DescribedObservation = Pick<
  ObservedFiles,
  | "asked"
  | "how"
  | "fault"
  | "complete"
  | "lost"
  | "capped"
  | "blind_spots"
  | "read_not_declared_omitted"
  | "written_not_declared_omitted"
> & {
  /** How many it has, those beyond its list included. */
  readonly files: number;
  readonly read_not_declared: readonly string[];
  readonly written_not_declared: readonly string[];
};

export interface DescribedInput {
  /** `null` for the only input of a run of another tool. */
  readonly name: string | null;
  readonly sha256: string;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly path: string | null;
}

export interface DescribedLog {
  readonly stream: "stdout" | "stderr";
  readonly kept: boolean;
  readonly reason: string | null;
  readonly bytes: number;
  readonly dropped_bytes: number;
}

/** `namespace`: of the run's project. `logsScanned`: whether all that its logs hold was searched for secrets. */
export function describeRun(
  loaded: LoadedRun,
  {
    namespace,
    now,
    logsScanned,
    metrics,
  }: {
    readonly namespace: string;
    readonly now: number;
    readonly logsScanned: boolean;
    readonly metrics: RunMetrics | null;
  },
): RunDescription {
  const { version, defaulted, manifest, parameters, command, artifacts, notes, reported, findings } = loaded;
  const summary = summarizeRun(loaded, now);
  const recorded = membersOf(loaded.run[namespace]);
  const logs = membersOf(membersOf(recorded.result).logs);
  return {
    ...summary,
    data: summary.data ?? seedIn(loaded.inputs),
    version,
    defaulted,
    env: manifest?.env ?? null,
    snapshot: capabilityOf(manifest, kinds.experiment, "snapshot") as SnapshotFacts | null,
    drift: capabilityOf(loaded.run, kinds.run, "drift") as Drift | null,
    usage: capabilityOf(loaded.run, kinds.run, "usage") as UsageFacts | null,
    parameters: withReported(manifest?.params ?? parameters, reported),
    inputs: inputsOf(loaded),
    command,
    observation: loaded.observation === null ? null : describeObservation(loaded.observation),
    artifacts,
    not_kept: listOf(membersOf(recorded.artifacts).missing) as RunDescription["not_kept"],
    figures_refused: listOf(membersOf(recorded.figures).refused) as RefusedFigures["refused"],
    logs: streamsOf(logs),
    logs_scanned: logsScanned,
    redactions: together([
      command?.redactions,
      membersOf(logs.stdout).redactions,
      membersOf(logs.stderr).redactions,
    ]),
    notes,
    reported,
    metrics,
    findings,
  };
}

/** What the run began with wins; what was said against it stands under `reported`. */
function withReported(
  recorded: LoadedRun["parameters"],
  { params }: LoadedRun["reported"],
): LoadedRun["parameters"] {
  return recorded === null && Object.keys(params).length === 0 ? null : { ...params, ...recorded };
}

export function describeObservation(observation: ObservedFiles): DescribedObservation {
  const { asked, how, fault, complete, lost, capped, blind_spots, files, files_omitted } = observation;
  return {
    asked,
    how,
    fault,
    complete,
    lost,
    capped,
    blind_spots,
    files: files.length + files_omitted,
    read_not_declared: observation.read_not_declared.map(({ path }) => path),
    read_not_declared_omitted: observation.read_not_declared_omitted,
    written_not_declared: observation.written_not_declared.map(({ path }) => path),
    written_not_declared_omitted: observation.written_not_declared_omitted,
  };
}

/** A record of the seed may be there without the experiment manifest. */
function seedIn(inputs: LoadedRun["inputs"]): DataProvenance | null {
  const { kind, seed } = membersOf(inputs);
  return kind === "synthetic" && typeof seed === "number" ? { kind, seed } : null;
}

/** Of the experiment's digests, with what is known of each file; a run without that manifest has its own record of one. */
function inputsOf({ manifest, inputs }: LoadedRun): DescribedInput[] {
  const several = membersOf(inputs?.inputs);
  const alone = inputs === null || Object.hasOwn(inputs, "inputs") ? {} : inputs;
  const describe = (name: string | null, sha256: unknown): DescribedInput[] => {
    if (typeof sha256 !== "string") return [];
    const record = membersOf(name !== null && Object.hasOwn(several, name) ? several[name] : alone);
    return [
      {
        name,
        sha256,
        bytes: numberOf(record.size_bytes),
        rows: numberOf(record.row_count),
        path: typeof record.authored_path === "string" ? record.authored_path : null,
      },
    ];
  };
  if (manifest === null) return describe(null, alone.sha256);
  const provenance = manifest.data_provenance;
  return provenance.kind === "external"
    ? Object.entries(provenance.hashes).flatMap(([name, sha256]) => describe(name, sha256))
    : [];
}

function streamsOf(logs: Readonly<Record<string, unknown>>): DescribedLog[] {
  const names = logs.merged === true ? (["stdout"] as const) : (["stdout", "stderr"] as const);
  return names.flatMap((stream) => {
    const log = logs[stream];
    if (!isObject(log)) return [];
    const { kept, reason, bytes, dropped_bytes } = log as unknown as DescribedLog;
    return [{ stream, kept, reason, bytes, dropped_bytes }];
  });
}

function together(all: readonly unknown[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) {
    for (const [rule, count] of Object.entries(membersOf(counts)))
      if (typeof count === "number") sums[rule] = (sums[rule] ?? 0) + count;
  }
  return sums;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
