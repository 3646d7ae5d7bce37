/** `--from RUN`: the request that runs again what a recorded run ran. The source is read, and never touched. */
import { LifecycleError } from "../../errors.js";
import type { CommandFacts } from "../../generated/types.js";
import { pipelineOf } from "../../kinds/pipelines/pipeline-of.js";
import { isObject } from "../../manifest/validate.js";
import { parseMetricPattern } from "../console/metric-pattern.js";
import type { ProvenanceFlags } from "../inputs/request-provenance.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { RunRequest } from "./run-request.js";
import type { Plan } from "./stages/plan-stages.js";

/** A run that was read back, and what lies around it. */
export interface RepeatSource {
  readonly loaded: LoadedRun;
  readonly namespace: string;
  /** Of the run folder, relative to the project's root, POSIX. */
  readonly shown: string;
  /** Where its command ran, absolute. */
  readonly directory: string;
  readonly exists: (path: string) => boolean;
  /** The content of a file of the run folder. */
  readonly readText: (path: string) => string;
}

/** What was typed beside `--from` wins over what the source had. */
export function repeatRun(request: RunRequest, source: RepeatSource): RunRequest {
  const { loaded, shown, directory } = source;
  const { argv: _, ...values } = loaded.parameters ?? {};
  const isNamed = "kind" in request.provenance || hasFlags(request.provenance);
  const from = {
    id: loaded.id,
    configPath: `${shown}/${loaded.run.artifacts.config_source}`,
    config: archivedConfig(source),
    plan: request.argv.length > 0 ? undefined : planOf(source),
  };
  const repeated = {
    ...request,
    from,
    name: request.name ?? loaded.run.run_name,
    values,
    provenance: isNamed ? request.provenance : provenanceOf(source),
    metricPatterns: request.metricPatterns ?? patternsOf(loaded),
  };
  if (request.argv.length > 0 || from.plan !== undefined) return repeated;
  // Its paths are relative to where it ran.
  return { ...repeated, argv: wordsOf(loaded), directory };
}

/** The very commands, skips and artifacts of the source, whatever `colophon.json` says today; `undefined` for one command. */
function planOf({ loaded, namespace }: RepeatSource): Plan | undefined {
  const { id, run, command } = loaded;
  const pipeline = pipelineOf(run, namespace);
  if (pipeline === undefined || pipeline.name === "command") return undefined;
  const { stages: commands, stage_artifacts: artifacts } = (command ?? {}) as Partial<CommandFacts>;
  if (commands === undefined) {
    throw new LifecycleError(
      "NOTHING_TO_REPEAT",
      `${id} was recorded by a program itself, and not by a command of ours`,
      { hint: `Type the command: colophon run --from ${id} -- COMMAND` },
    );
  }
  const stages = pipeline.stages.slice(1, -1).map(({ name }) => {
    const argv = commands[name] ?? [];
    refuseRedacted(argv, id);
    const recorded = run.stages.find((stage) => stage.name === name);
    const skip = recorded?.status === "skipped" ? recorded.message : null;
    return { name, argv, skip, artifacts: artifacts?.[name] ?? {} };
  });
  const fields = (pipeline.version_fields ?? []).map(({ name }) => [name, run[name] ?? null] as const);
  return { pipeline, stages, versions: Object.fromEntries(fields) as Plan["versions"] };
}

function wordsOf({ id, command, run }: LoadedRun): readonly string[] {
  const argv = Array.isArray(command?.argv) ? (command.argv as readonly string[]) : [];
  if (argv.length === 0) {
    throw new LifecycleError("NOTHING_TO_REPEAT", `${id} (${run.run_name}) has no command on record`, {
      hint: `Type it: colophon run --from ${id} -- COMMAND`,
    });
  }
  refuseRedacted(argv, id);
  return argv;
}

/** What the source read its metrics with; of one that held a secret, not all is on record. */
function patternsOf({ command }: LoadedRun): RunRequest["metricPatterns"] {
  const recorded = (command as Partial<CommandFacts> | null)?.metric_patterns;
  return recorded?.filter((text) => !text.includes("«redacted:")).map((text) => parseMetricPattern(text));
}

/** A word with a marker in the place of a secret is not the word that was run. */
function refuseRedacted(argv: readonly string[], id: string): void {
  if (argv.some((word) => word.includes("«redacted:"))) {
    throw new LifecycleError(
      "COMMAND_REDACTED",
      `a secret was left out of the command of ${id}, so it cannot be run as it stands`,
      {
        hint: `Type the command: colophon run --from ${id} -- COMMAND`,
      },
    );
  }
}

function archivedConfig({ loaded, readText }: RepeatSource): { name: string; text: string } | undefined {
  const path = loaded.run.artifacts.config_source;
  const name = path?.slice(path.lastIndexOf("/") + 1);
  return path === undefined || name === undefined || !name.startsWith("config.source.")
    ? undefined
    : { name, text: readText(path) };
}

function hasFlags({ syntheticSeed, data, dataHash, dataSums }: ProvenanceFlags): boolean {
  return syntheticSeed !== undefined || data.length + dataHash.length + dataSums.length > 0;
}

/** The same seed, or the same paths, whose content is read anew; what was only declared is declared again. */
function provenanceOf({ loaded, exists }: RepeatSource): ProvenanceFlags {
  const { inputs, manifest } = loaded;
  const none: ProvenanceFlags = { syntheticSeed: undefined, data: [], dataHash: [], dataSums: [] };
  if (inputs === null) return none;
  if (inputs.kind === "synthetic") return { ...none, syntheticSeed: String(inputs.seed) };
  const named = isObject(inputs.inputs) ? inputs.inputs : { [onlyName(manifest)]: inputs };
  const records = Object.entries(named as Record<string, Record<string, unknown>>);
  return {
    ...none,
    data: records.flatMap(([name, { authored_path, resolved_path }]) =>
      // As it was written, wherever that still leads to something; it may have been meant from another folder.
      authored_path === null
        ? []
        : [`${name}=${exists(String(authored_path)) ? authored_path : resolved_path}`],
    ),
    dataHash: records.flatMap(([name, { authored_path, sha256 }]) =>
      authored_path === null ? [`${name}=${sha256}`] : [],
    ),
  };
}

function onlyName(manifest: LoadedRun["manifest"]): string {
  const provenance = manifest?.data_provenance;
  return (provenance?.kind === "external" ? Object.keys(provenance.hashes)[0] : undefined) ?? "data";
}
