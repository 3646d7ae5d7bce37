/** The run kind, version 3: what happened, stage by stage. */

import type { Pipeline, RunManifest as RunSchema } from "../generated/types.js";
import * as validators from "../generated/validators.js";
import type { Check, Kind, Rules } from "../manifest/kind.js";
import { defaultMaximumBytes } from "../manifest/parse.js";
import { runChecks } from "./run-checks.js";

export const manifestVersion = 3;

export type Stage = RunSchema["stages"][number];
export type RunManifest = RunSchema & { readonly [namespace: string]: unknown };

export interface RunFacts {
  readonly name: string;
  readonly configPath: string;
  readonly outputDir: string;
  readonly startedAt: string;
  readonly colophonVersion: string;
  readonly pipeline: Pipeline;
  readonly namespace: string;
  readonly extensions: Readonly<Record<string, object>>;
  readonly firstStage: Stage;
}

/** A run whose first stage is done and whose second begins now. */
export function startRunManifest(facts: RunFacts): RunManifest {
  return {
    manifest_version: manifestVersion,
    run_name: facts.name,
    config_path: facts.configPath,
    output_dir: facts.outputDir,
    started_at: facts.startedAt,
    status: "running",
    finished_at: null,
    colophon_version: facts.colophonVersion,
    artifacts: promoted(facts.pipeline, [facts.firstStage]),
    stages: [facts.firstStage],
    [facts.namespace]: { pipeline: facts.pipeline, ...facts.extensions },
  };
}

/** The same run with another stage behind the ones it has, and its promoted artifacts. */
export function withStage(run: RunManifest, stage: Stage, pipeline: Pipeline): RunManifest {
  const stages = [...run.stages.filter(({ name }) => name !== stage.name), stage];
  return { ...run, stages, artifacts: promoted(pipeline, stages) };
}

export interface RunEnd {
  readonly status: "completed" | "failed";
  readonly finishedAt: string;
  readonly namespace: string;
  readonly extensions: Readonly<Record<string, object>>;
}

export function endRunManifest(
  run: RunManifest,
  { status, finishedAt, namespace, extensions }: RunEnd,
): RunManifest {
  return {
    ...run,
    status,
    finished_at: finishedAt,
    [namespace]: { ...(run[namespace] as object), ...extensions },
  };
}

function promoted({ promoted: names }: Pipeline, stages: readonly Stage[]): Record<string, string> {
  const all = Object.assign({}, ...stages.map(({ artifacts }) => artifacts)) as Record<string, string>;
  return Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

/** A document without the version key of a pipeline's tool is no run at all. */
const missingToolVersion: Check = {
  code: "NO_TOOL_VERSION",
  severity: "error",
  hint: 'Add "colophon_version", or "meridian_tools_version" for a run of that pipeline.',
  reads: [],
  *find(document: Readonly<Record<string, unknown>>, _rules: Rules) {
    if (!Object.hasOwn(document, "colophon_version") && !Object.hasOwn(document, "meridian_tools_version")) {
      yield {
        pointer: "",
        message: "has neither colophon_version nor meridian_tools_version, so no pipeline judges it",
      };
    }
  },
};

const fields = [
  "manifest_version",
  "run_name",
  "config_path",
  "output_dir",
  "started_at",
  "status",
  "finished_at",
  "colophon_version",
  "artifacts",
  "stages",
];

export const run: Kind = {
  name: "run",
  fileName: "run_manifest.json",
  maximumBytes: defaultMaximumBytes,
  version: { field: "manifest_version", supported: [manifestVersion] },
  schema: validators.run,
  fields,
  leading: [],
  volatile: [
    "/started_at",
    "/finished_at",
    "/output_dir",
    "/config_path",
    "/stages/*/started_at",
    "/stages/*/finished_at",
    "/stages/*/elapsed_seconds",
    "/*/process",
    "/*/result/elapsed_seconds",
  ],
  checks: [missingToolVersion, ...runChecks],
  recognise: (document) =>
    Object.hasOwn(document, "manifest_version") &&
    ["run_name", "stages", "output_dir", "started_at", "colophon_version", "meridian_tools_version"].some(
      (field) => Object.hasOwn(document, field),
    ),
  summarize: (document) => {
    const { run_name, status, stages } = document as unknown as RunManifest;
    return `${run_name}  ${status}  ${stages.map(({ name, status }) => `${name} ${status}`).join(", ")}`;
  },
};
