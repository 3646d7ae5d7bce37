/** Which stage a program may open next. In the pipeline `live` the stages are those it opens, in the order of their numbers. */
import { LifecycleError, UsageError } from "../../errors.js";
import type { Pipeline } from "../../generated/types.js";
import { meridianPipeline } from "../../kinds/pipelines/meridian.js";
import type { RunManifest } from "../../kinds/run/run.js";
import type { Project } from "../../store/project.js";
import { type Plan, planDeclared } from "../run/stages/plan-stages.js";

const livePipeline: Pipeline = {
  pipeline_version: 1,
  name: "live",
  stages: [
    { name: "00_run_metadata", skippable: false },
    { name: "99_collect", skippable: false },
  ],
  promoted: ["config_source", "config_resolved", "input_data_provenance"],
  required_to_load: ["config_source", "config_resolved", "input_data_provenance"],
  required_to_complete: ["config_source", "config_resolved", "environment", "input_data_provenance"],
};

/** The rules of a run whose stages a program opens itself; nothing is started by us. */
export function planLive(
  name: string | undefined,
  versions: Readonly<Record<string, string | null>>,
  project: Project,
): Plan {
  if (name === undefined) return { pipeline: livePipeline, stages: [], versions };
  if (name === "meridian") return { pipeline: meridianPipeline, stages: [], versions };
  const declared = planDeclared(name, project);
  return { ...declared, stages: [], versions: { ...declared.versions, ...versions } };
}

/** The pipeline with the stage in it. @throws UsageError when it is not that stage's turn. */
export function openStage(pipeline: Pipeline, run: RunManifest, name: string): Pipeline {
  return pipeline.name === "live" ? addStage(pipeline, name) : expectStage(pipeline, run, name);
}

function addStage(pipeline: Pipeline, name: string): Pipeline {
  const last = pipeline.stages.at(-2)?.name ?? "00";
  if (!/^[0-9]{2}_[a-z0-9_]+$/.test(name) || name.startsWith("99")) {
    throw new UsageError("BAD_STAGE_NAME", `a stage is named NN_name, from 01 to 98; found "${name}"`, {
      hint: 'Name it such as "20_model_fit".',
    });
  }
  if (name.slice(0, 2) <= last.slice(0, 2)) {
    throw new UsageError(
      "STAGE_OUT_OF_ORDER",
      `the stage ${name} comes after ${last}, but its number is not above`,
      {
        hint: "Number the stages in the order in which they are opened; gaps are allowed.",
      },
    );
  }
  const stages = pipeline.stages.toSpliced(-1, 0, { name, skippable: true });
  return { ...pipeline, stages: stages as Pipeline["stages"] };
}

function expectStage(pipeline: Pipeline, run: RunManifest, name: string): Pipeline {
  const expected = pipeline.stages[run.stages.length];
  if (expected?.name === name) return pipeline;
  const next = expected === undefined ? "no stage is left" : `${expected.name} is next`;
  throw new UsageError(
    "STAGE_OUT_OF_ORDER",
    `the pipeline ${pipeline.name} does not expect ${name} now: ${next}`,
    {
      hint: expected?.skippable
        ? `Skip it: run.stage("${expected.name}", (stage) => stage.skip("why"))`
        : "Open the stages in the pipeline's order.",
    },
  );
}

/** @throws LifecycleError when a run of the pipeline cannot be completed as it stands; what we add at the end is not asked for. */
export function refuseIncomplete({ name, stages, required_to_complete }: Pipeline, run: RunManifest): void {
  const artifacts = new Set(run.stages.flatMap((stage) => Object.keys(stage.artifacts)));
  const opened = new Set(run.stages.map((stage) => stage.name));
  const missing = [
    ...stages
      .filter((stage) => !opened.has(stage.name) && stage.name !== "99_collect")
      .map((stage) => stage.name),
    ...required_to_complete.filter((artifact) => !artifacts.has(artifact) && artifact !== "environment"),
  ];
  if (missing.length === 0) return;
  throw new LifecycleError(
    "RUN_INCOMPLETE",
    `a run of the pipeline ${name} is not complete without ${missing.join(", ")}`,
    {
      hint: "Record what is missing, or end the run with fail().",
    },
  );
}
