/** What a schema cannot say about a run: stages agree with status, times with each other, artifacts with their stages. */
import type { Pipeline, Result, RunManifest } from "../generated/types.js";
import type { Check, Fault, Rules } from "../manifest/kind.js";
import { faultOfPath } from "../manifest/paths.js";
import { appendToPointer } from "../manifest/pointer.js";
import { parseUtc } from "../manifest/timestamps.js";
import { isObject } from "../manifest/validate.js";

type Document = Readonly<Record<string, unknown>>;
type Stage = RunManifest["stages"][number];

function check(
  code: string,
  hint: string,
  reads: string[],
  find: (run: RunManifest, rules: Rules) => Iterable<Fault>,
): Check {
  return {
    code,
    severity: "error",
    hint,
    reads,
    find: (document, rules) => find(document as unknown as RunManifest, rules),
  };
}

const timesExist = check(
  "NO_SUCH_TIME",
  "Write an instant of the calendar in UTC.",
  ["started_at", "finished_at", "stages"],
  function* (run) {
    const times: [string, string | null][] = [
      ["/started_at", run.started_at],
      ["/finished_at", run.finished_at],
      ...run.stages.flatMap((stage, index): [string, string | null][] => [
        [`/stages/${index}/started_at`, stage.started_at],
        [`/stages/${index}/finished_at`, stage.finished_at],
      ]),
    ];
    for (const [pointer, time] of times) {
      if (time !== null && parseUtc(time) === undefined)
        yield { pointer, message: `${dotted(pointer)}: ${time} is not an instant of the calendar` };
    }
  },
);

const timesAgree = check(
  "ENDS_BEFORE_IT_STARTS",
  "Correct the times.",
  ["started_at", "finished_at", "stages"],
  function* (run) {
    if (before(run.finished_at, run.started_at)) {
      yield {
        pointer: "/finished_at",
        message: `finished_at: ${run.finished_at} is before started_at ${run.started_at}`,
      };
    }
    for (const [index, stage] of run.stages.entries()) {
      if (before(stage.finished_at, stage.started_at)) {
        yield {
          pointer: `/stages/${index}/finished_at`,
          message: `stages.${index}.finished_at: ${stage.finished_at} is before started_at ${stage.started_at}`,
        };
      }
    }
  },
);

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
      if (run.status === "completed" && (status === "running" || status === "failed")) {
        yield {
          pointer: `/stages/${index}/status`,
          message: `stages.${index}.status: ${name} is ${status}, but the run is completed`,
        };
      }
    }
  },
);

const statusFollowsTheExit = check(
  "STATUS_CONTRADICTS",
  "Leave `status` to Colophon: it follows from how the command ended.",
  ["status", "extension"],
  function* (run, { namespace }) {
    const extension = (run as unknown as Document)[namespace];
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

const stagesFollowThePipeline = check(
  "STAGES_DISAGREE",
  "Record the stages of the pipeline in order.",
  ["stages", "status", "extension"],
  function* (run, rules) {
    const pipeline = pipelineOf(run, rules);
    if (pipeline === undefined) return;
    const expected = pipeline.stages.map(({ name }) => name);
    for (const [index, { name, status }] of run.stages.entries()) {
      const pointer = `/stages/${index}/name`;
      if (!expected.includes(name)) {
        yield {
          pointer,
          message: `stages.${index}.name: the pipeline ${pipeline.name} has no stage ${name}; it has ${expected.join(", ")}`,
        };
      } else if (expected[index] !== name) {
        yield {
          pointer,
          message: `stages.${index}.name: found ${name} where ${expected[index] ?? "nothing"} was expected`,
        };
      } else if (status === "skipped" && !pipeline.stages[index]?.skippable) {
        yield {
          pointer: `/stages/${index}/status`,
          message: `stages.${index}.status: ${name} may not be skipped`,
        };
      }
    }
    if (run.status === "completed") {
      for (const name of expected.slice(run.stages.length)) {
        yield { pointer: "/stages", message: `stages: the run is completed, but stage ${name} is missing` };
      }
    }
  },
);

const artifactsAreThere = check(
  "MISSING_ARTIFACT",
  "Record it, or mark the run as what it is.",
  ["artifacts", "extension"],
  function* (run, rules) {
    const pipeline = pipelineOf(run, rules);
    if (pipeline === undefined) return;
    const required = rules.profile === "complete" ? pipeline.required_to_complete : pipeline.required_to_load;
    const known = rules.profile === "complete" ? allArtifacts(run) : run.artifacts;
    for (const name of [...required].sort()) {
      if (!Object.hasOwn(known, name)) {
        yield {
          pointer: appendToPointer("/artifacts", name),
          message: `artifacts: ${name} is required to ${rules.profile} a run of the pipeline ${pipeline.name}`,
        };
      }
    }
  },
);

const artifactsAgree = check(
  "ARTIFACT_DISAGREES",
  "Repeat the path of the stage.",
  ["artifacts", "stages"],
  function* (run) {
    const staged = allArtifacts(run);
    for (const [name, path] of Object.entries(run.artifacts)) {
      if (!Object.hasOwn(staged, name)) {
        yield {
          pointer: appendToPointer("/artifacts", name),
          message: `artifacts.${name}: no stage has an artifact of that name`,
        };
      } else if (staged[name] !== path) {
        yield {
          pointer: appendToPointer("/artifacts", name),
          message: `artifacts.${name}: is ${path}, but its stage says ${staged[name]}`,
        };
      }
    }
  },
);

const pathsStayInside = check(
  "BAD_PATH",
  "Give a path relative to the run folder, with forward slashes.",
  ["artifacts", "stages"],
  function* (run) {
    const groups: [string, Record<string, string>][] = [
      ["/artifacts", run.artifacts],
      ...run.stages.map(({ artifacts }, index): [string, Record<string, string>] => [
        `/stages/${index}/artifacts`,
        artifacts,
      ]),
    ];
    for (const [base, artifacts] of groups) {
      for (const [name, path] of Object.entries(artifacts)) {
        const fault = faultOfPath(path);
        if (fault !== undefined)
          yield {
            pointer: appendToPointer(base, name),
            message: `${dotted(base)}.${name}: the path ${JSON.stringify(path)} ${fault}`,
          };
      }
    }
  },
);

const carriesItsPipeline = check(
  "NO_PIPELINE",
  "Record the rules under the extension key, as `pipeline`.",
  ["colophon_version", "extension"],
  function* (run, rules) {
    if (pipelineOf(run, rules) === undefined) {
      yield {
        pointer: appendToPointer("", rules.namespace),
        message: `${rules.namespace}.pipeline: a run with colophon_version must carry the rules it is judged by`,
      };
    }
  },
);

export const runChecks: readonly Check[] = [
  timesExist,
  timesAgree,
  statusAgrees,
  statusFollowsTheExit,
  stagesExplainThemselves,
  carriesItsPipeline,
  stagesFollowThePipeline,
  artifactsAreThere,
  artifactsAgree,
  pathsStayInside,
];

function pipelineOf(run: RunManifest, { namespace }: Rules): Pipeline | undefined {
  const extension = (run as unknown as Document)[namespace];
  if (!isObject(extension) || !isObject(extension.pipeline)) return undefined;
  return extension.pipeline as unknown as Pipeline;
}

function allArtifacts(run: RunManifest): Record<string, string> {
  return Object.assign({}, ...run.stages.map(({ artifacts }: Stage) => artifacts)) as Record<string, string>;
}

function before(a: string | null, b: string | null): boolean {
  const [first, second] = [a, b].map((time) => (time === null ? undefined : parseUtc(time)));
  return first !== undefined && second !== undefined && first < second;
}

function dotted(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".");
}
