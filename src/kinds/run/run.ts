/** A run manifest of version 3: its type, and the values it takes while a run goes on. */
import type { Pipeline, RunManifest as RunSchema } from "../../generated/types.js";
import { promotedArtifacts } from "./staged-artifacts.js";

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
  /** Values of the pipeline's `version_fields`; `null` where one is not known. */
  readonly versions?: Readonly<Record<string, string | null>>;
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
    ...facts.versions,
    artifacts: promotedArtifacts(facts.pipeline, [facts.firstStage]),
    stages: [facts.firstStage],
    [facts.namespace]: { pipeline: facts.pipeline, ...facts.extensions },
  };
}

/** The same run with another stage behind the ones it has, and its promoted artifacts. */
export function withStage(run: RunManifest, stage: Stage, pipeline: Pipeline): RunManifest {
  const stages = [...run.stages.filter(({ name }) => name !== stage.name), stage];
  return { ...run, stages, artifacts: promotedArtifacts(pipeline, stages) };
}

/** The same run with more artifacts at its last stage that was not skipped. */
export function withArtifacts(
  run: RunManifest,
  paths: Readonly<Record<string, string>>,
  pipeline: Pipeline,
): RunManifest {
  const last = run.stages.findLastIndex(({ status }) => status !== "skipped");
  const stages = run.stages.map((stage, index) =>
    index === last ? { ...stage, artifacts: { ...stage.artifacts, ...paths } } : stage,
  );
  return { ...run, stages, artifacts: promotedArtifacts(pipeline, stages) };
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
