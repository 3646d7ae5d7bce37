/** Stages of a run: those of its pipeline in order, each explaining itself, all of them agreeing with the run's status. */
import type { Pipeline, Result } from "../../../generated/types.js";
import { isObject } from "../../../manifest/validate.js";
import { check, judgedBy, type Run } from "./check.js";

const stagesFollowThePipeline = check(
  "STAGES_DISAGREE",
  "Record the stages of the pipeline in order.",
  ["stages", "status", "extension"],
  function* (run, rules, recorded) {
    const pipeline = judgedBy(run, rules, recorded);
    if (pipeline === undefined) return;
    const expected = expectedStages(run, pipeline, recorded.manifest_version);
    for (const [index, { name, status }] of run.stages.entries()) {
      const place = `stages.${index}`;
      if (expected[index]?.name !== name) {
        const what = misplacement(name, expected[index]?.name, run, pipeline);
        yield { pointer: `/stages/${index}/name`, message: `${place}.name: ${what}` };
      } else if (status === "skipped" && !expected[index]?.skippable) {
        yield {
          pointer: `/stages/${index}/status`,
          message: `${place}.status: ${name} may not be skipped`,
        };
      }
    }
    if (run.status !== "completed") return;
    for (const { name } of expected.slice(run.stages.length)) {
      yield { pointer: "/stages", message: `stages: the run is completed, but stage ${name} is missing` };
    }
  },
);

type ExpectedStage = Pipeline["stages"][number];

/**
 * The stages as far as this run can have come. Behind a failure comes none, unless all that is left is the stage in which Colophon
 * collects. Before version 2 a stage had no status, so one that was skipped is simply not there.
 */
function expectedStages(run: Run, pipeline: Pipeline, version: unknown): readonly ExpectedStage[] {
  const recorded = new Set(run.stages.map(({ name }) => name));
  const mayLack = version === 0 || version === 1;
  const stages = pipeline.stages.filter(
    ({ name, skippable }) => !mayLack || !skippable || recorded.has(name),
  );
  const failed = run.stages.findIndex(({ status }) => status === "failed");
  if (failed < 0 || run.status === "completed") return stages;
  const rest = stages.slice(failed + 1);
  const collects = rest.length === 1 && rest[0]?.name.endsWith("_collect");
  return collects ? stages : stages.slice(0, failed + 1);
}

function misplacement(name: string, expected: string | undefined, run: Run, pipeline: Pipeline): string {
  const names = pipeline.stages.map((stage) => stage.name);
  if (!names.includes(name))
    return `the pipeline ${pipeline.name} has no stage ${name}; it has ${names.join(", ")}`;
  const failed = run.stages.find(({ status }) => status === "failed");
  if (expected === undefined && failed !== undefined && failed.name !== name)
    return `found ${name} behind ${failed.name}, which failed`;
  return `found ${name} where ${expected ?? "nothing"} was expected`;
}

const statusAgrees = check(
  "STATUS_CONTRADICTS",
  "Leave `status` to Colophon: it follows from the stages and the end.",
  ["status", "finished_at", "stages"],
  function* (run) {
    if (run.status === "running" && run.finished_at !== null) {
      yield { pointer: "/finished_at", message: "finished_at: must be null while status is running" };
    }
    if (run.status !== "running" && run.finished_at === null) {
      yield { pointer: "/finished_at", message: `finished_at: must be set when status is ${run.status}` };
    }
    for (const [index, { name, status }] of run.stages.entries()) {
      const contradiction = contradictionOf(status, run, index === run.stages.length - 1);
      if (contradiction !== undefined) {
        yield {
          pointer: `/stages/${index}/status`,
          message: `stages.${index}.status: ${name} is ${status}, but ${contradiction}`,
        };
      }
    }
  },
);

function contradictionOf(
  status: Run["stages"][number]["status"],
  run: Run,
  isLast: boolean,
): string | undefined {
  if (status === "failed" && run.status === "completed") return "the run is completed";
  if (status !== "running") return undefined;
  if (run.status !== "running") return `the run is ${run.status}`;
  return isLast ? undefined : "another stage stands behind it";
}

const statusFollowsTheExit = check(
  "STATUS_CONTRADICTS",
  "Leave `status` to Colophon: it follows from how the command ended.",
  ["status", "extension"],
  function* (run, { namespace }) {
    const extension = run[namespace];
    const result =
      isObject(extension) && isObject(extension.result) ? (extension.result as unknown as Result) : undefined;
    if (run.status === "completed" && result !== undefined && result.exit_code !== 0) {
      const how =
        result.signal ?? (result.exit_code === null ? result.cause : `exit status ${result.exit_code}`);
      yield {
        pointer: "/status",
        message: `status: the run is completed, but its command ended with ${how}`,
      };
    }
  },
);

const stagesExplainThemselves = check(
  "STAGE_UNEXPLAINED",
  "Say in `message` why; a skipped stage has no artifacts.",
  ["stages"],
  function* (run) {
    for (const [index, { name, status, message, artifacts }] of run.stages.entries()) {
      if ((status === "skipped" || status === "failed") && !message) {
        yield {
          pointer: `/stages/${index}/message`,
          message: `stages.${index}.message: ${name} is ${status} and says no reason`,
        };
      }
      if (status === "skipped" && Object.keys(artifacts).length > 0) {
        yield {
          pointer: `/stages/${index}/artifacts`,
          message: `stages.${index}.artifacts: ${name} is skipped and must have none`,
        };
      }
    }
  },
);

export const stageChecks = [
  stagesFollowThePipeline,
  statusAgrees,
  statusFollowsTheExit,
  stagesExplainThemselves,
];
