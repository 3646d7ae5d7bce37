/** The reproduction as a run of its own: recorded in the user's project, executed in the recorded tree, naming its source. */
import type { ReproductionFacts } from "../../generated/types.js";
import { kinds } from "../../kinds/table.js";
import type { CommandEnd } from "../../process/command.js";
import { type MetricPattern, parseMetricPattern } from "../console/metric-pattern.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { repeatRun } from "../run/repeat-run.js";
import type { RunRequest } from "../run/run-request.js";
import type { Places } from "./compare/places.js";
import type { TreePlaces } from "./prepare-tree.js";
import { commandFacts, type RecordedSource } from "./read-source.js";
import type { RecordedCommand } from "./result.js";

export interface RecordPorts {
  /** Of the source's `run_manifest.json`. */
  readonly digestOfRecord: (source: LoadedRun) => string;
  /** The run folder, relative to its project. */
  readonly shown: (source: LoadedRun) => string;
  readonly readText: (source: LoadedRun, path: string) => string;
  /** Rejects only before the first command starts. */
  readonly record: (request: RunRequest, tree: RecordedIn) => Promise<RecordedRun>;
}

export interface RecordedIn {
  readonly places: TreePlaces;
  readonly inputs: ReadonlyMap<string, string>;
}

export interface RecordedRun {
  readonly run: LoadedRun;
  readonly end: CommandEnd | null;
}

export interface Recorded {
  readonly run: LoadedRun;
  readonly places: Places;
}

export interface AgainRequest {
  readonly source: LoadedRun;
  readonly namespace: string;
  readonly recorded: RecordedSource;
  readonly commands: readonly RecordedCommand[];
  readonly places: TreePlaces;
  readonly inputs: ReadonlyMap<string, string>;
  readonly tree: string;
  readonly given: readonly string[];
  readonly attempt: number;
  readonly attempts: number;
}

export async function recordAgain(asked: AgainRequest, ports: RecordPorts): Promise<Recorded> {
  const { places, inputs } = asked;
  const { run } = await ports.record(requestOf(asked, ports), { places, inputs });
  return { run, places: { root: places.root, folder: run.folder, id: run.id } };
}

function requestOf(asked: AgainRequest, ports: RecordPorts): RunRequest {
  const { source, namespace, recorded, places } = asked;
  const artifacts = recorded.artifacts.map(({ name, path }) => ({ name, path: fromCwd(path, places) }));
  const loaded = withCommands(asked);
  return repeatRun(
    {
      ...bare,
      observe: howObserved(source),
      metricPatterns: patternsOf(source),
      directory: places.cwd,
      artifacts,
      reproduction: factsOf(asked, ports),
    },
    {
      loaded,
      namespace,
      shown: ports.shown(source),
      directory: places.cwd,
      // As typed, also where it has yet to be linked.
      exists: () => true,
      readText: (path) => ports.readText(source, path),
    },
  );
}

/** Programs name what they leave by whole paths; in the recorded tree it lies elsewhere. */
function fromCwd(path: string, { root, cwd, userRoot }: TreePlaces): string {
  if (!path.startsWith(`${userRoot}/`)) return path;
  const deep = cwd === root ? 0 : cwd.slice(root.length + 1).split("/").length;
  return "../".repeat(deep) + path.slice(userRoot.length + 1);
}

/** As the recorded run was, whatever `colophon.json` says today. */
function howObserved({ observation }: LoadedRun): RunRequest["observe"] {
  if (observation === null) return false;
  return observation.asked === "strace" ? "strace" : true;
}

function patternsOf(source: LoadedRun): MetricPattern[] {
  const { id } = source;
  return (commandFacts(source).metric_patterns ?? []).map((text) =>
    parseMetricPattern(text, `the record of ${id}`),
  );
}

function factsOf(
  { source, tree, given, attempt, attempts }: AgainRequest,
  ports: RecordPorts,
): ReproductionFacts {
  return {
    reproduction_version: 1,
    of: source.id,
    of_sha256: ports.digestOfRecord(source),
    tree,
    arguments_given: [...given],
    attempt,
    attempts,
  };
}

/** The words that were given again stand in their places. */
function withCommands({ source, commands }: AgainRequest): LoadedRun {
  const facts = commandFacts(source);
  const [only] = commands;
  const given = Object.fromEntries(commands.map(({ stage, argv }) => [stage, argv]));
  const words = only?.stage === null ? { argv: only.argv } : { stages: { ...facts.stages, ...given } };
  return { ...source, command: { ...facts, ...words } };
}

/** What `colophon run` is when nothing is asked for. */
const bare: Omit<RunRequest, "directory" | "artifacts" | "observe"> = {
  argv: [],
  pipeline: undefined,
  from: undefined,
  skips: [],
  name: undefined,
  values: {},
  params: [],
  config: undefined,
  provenance: { syntheticSeed: undefined, data: [], dataHash: [], dataSums: [] },
  artifactMode: "copy",
  artifactMaximumBytes: 1e9,
  dirty: "snapshot",
  include: [],
  exclude: [],
  capture: undefined,
  forward: "auto",
  killAfterSeconds: null,
};

/** How a run ended, in words that two runs share when they ended alike. */
export function endOf({ run, observed }: LoadedRun): string {
  const result = capabilityOf(run, kinds.run, "result");
  const stage = run.stages.find(({ status }) => status === "failed")?.name;
  const where = stage === undefined || stage === "20_execute" ? "" : ` in ${stage}`;
  if (result === null) return `${observed.state}${where}`;
  const { exit_code, signal, cause } = result;
  return `${exit_code === null ? String(signal ?? cause) : `exit ${exit_code}`}${where}`;
}
