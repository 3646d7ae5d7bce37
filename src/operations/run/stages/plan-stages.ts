/** Which stages a run will have: the one command of `colophon run -- …`, or those a pipeline in `colophon.json` declares. */
import { UsageError } from "../../../errors.js";
import type { Pipeline } from "../../../generated/types.js";
import { commandPipeline } from "../../../kinds/pipelines/command.js";
import { declaredPipeline } from "../../../kinds/pipelines/declared.js";
import type { Project } from "../../../store/project.js";

export interface PlannedStage {
  readonly name: string;
  readonly argv: readonly string[];
  /** Why it is skipped; `null` when it is not. */
  readonly skip: string | null;
  /** Paths by artifact name, relative to the project's root. */
  readonly artifacts: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly pipeline: Pipeline;
  /** Between our own first and last stage, in order. */
  readonly stages: readonly PlannedStage[];
  /** Top-level members beside `colophon_version`, by the pipeline's own choice. */
  readonly versions: Readonly<Record<string, string | null>>;
}

export interface PlanRequest {
  readonly argv: readonly string[];
  readonly pipeline: string | undefined;
  /** Of the run that is run again, when it was a pipeline's. */
  readonly repeated: Plan | undefined;
  /** `--skip`, as typed: `NAME` or `NAME=REASON`. */
  readonly skips: readonly string[];
}

export function planStages({ argv, pipeline, repeated, skips }: PlanRequest, project: Project): Plan {
  if (pipeline !== undefined) return skipStages(planDeclared(pipeline, project), skips);
  return skipStages(repeated ?? planCommand(argv), skips);
}

export function planDeclared(name: string, { config: { pipelines = {} } }: Project): Plan {
  const declaration = Object.hasOwn(pipelines, name) ? pipelines[name] : undefined;
  if (declaration === undefined) throw noSuchPipeline(name, Object.keys(pipelines));
  const stages = declaration.stages.map(({ name, command = [], skip = null, artifacts = {} }) => ({
    name,
    argv: command,
    skip,
    artifacts,
  }));
  return { pipeline: declaredPipeline(name, declaration), stages, versions: declaration.versions ?? {} };
}

function skipStages(plan: Plan, skips: readonly string[]): Plan {
  const wanted = new Map(skips.map(parseSkip));
  const { stages, required_to_complete } = plan.pipeline;
  for (const name of wanted.keys()) {
    const planned = plan.stages.find((stage) => stage.name === name);
    if (planned === undefined) throw noSuchStage(name, plan.stages);
    const needed = Object.keys(planned.artifacts).find((artifact) => required_to_complete.includes(artifact));
    if (!stages.some((stage) => stage.name === name && stage.skippable))
      throw notSkippable(name, "may not be skipped");
    if (needed !== undefined) throw notSkippable(name, `leaves ${needed}, which the pipeline requires`);
  }
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({ ...stage, skip: wanted.get(stage.name) ?? stage.skip })),
  };
}

function planCommand(argv: readonly string[]): Plan {
  const stages = [{ name: "20_execute", argv, skip: null, artifacts: {} }];
  return { pipeline: commandPipeline, stages, versions: {} };
}

function parseSkip(text: string): [string, string] {
  const at = text.indexOf("=");
  const reason = text.slice(at + 1);
  if (at < 0) return [text, "skipped with --skip"];
  if (reason.trim() !== "") return [text.slice(0, at), reason];
  throw new UsageError("BAD_FLAG_VALUE", `--skip takes STAGE or STAGE=REASON; found "${text}"`, {
    hint: `Type: --skip "${text.slice(0, at)}=why it is skipped"`,
  });
}

function noSuchPipeline(name: string, known: readonly string[]): UsageError {
  if (name === "command" || name === "meridian" || name === "live") {
    return new UsageError(
      "NO_SUCH_PIPELINE",
      `the pipeline ${name} is built in, and has no commands to run`,
      {
        hint:
          name === "command"
            ? "Type: colophon run -- COMMAND"
            : `Record it from a program: startRun({${name === "live" ? "" : ` pipeline: "${name}", versions: {…} `}})`,
      },
    );
  }
  const found =
    known.length === 0 ? "colophon.json declares none" : `colophon.json declares ${known.join(", ")}`;
  return new UsageError("NO_SUCH_PIPELINE", `there is no pipeline "${name}"; ${found}`, {
    hint:
      known.length === 0
        ? 'Declare it: {"pipelines": {"NAME": {"stages": [{"name": "10_prepare", "command": ["python", "prepare.py"]}]}}}'
        : `Type: colophon run --pipeline ${known[0]}`,
  });
}

function noSuchStage(name: string, stages: readonly PlannedStage[]): UsageError {
  return new UsageError("NO_SUCH_STAGE", `--skip names a stage that the pipeline does not have: "${name}"`, {
    hint: `Name one of ${stages.map(({ name }) => name).join(", ")}.`,
  });
}

function notSkippable(name: string, why: string): UsageError {
  return new UsageError("NOT_SKIPPABLE", `the stage ${name} ${why}`, {
    hint: `Leave out --skip ${name}, or change what colophon.json says of it.`,
  });
}
