/** Times of a run and its stages: they exist, agree with each other, and are there where something has ended. */
import { parseUtc } from "../../../manifest/timestamps.js";
import { check, dotted } from "./check.js";

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
    const spans = [["", run] as const, ...run.stages.map((stage, i) => [`/stages/${i}`, stage] as const)];
    for (const [base, { started_at, finished_at }] of spans) {
      if ((secondsBetween(started_at, finished_at) ?? 0) >= 0) continue;
      const pointer = `${base}/finished_at`;
      yield { pointer, message: `${dotted(pointer)}: ${finished_at} is before started_at ${started_at}` };
    }
  },
);

/** A warning: a clock that is set while a stage runs, or a machine that sleeps, is no fault of the record. */
const elapsedAgrees = {
  ...check(
    "ELAPSED_DISAGREES",
    "Look whether the clock was set, or the machine slept, while the stage ran.",
    ["stages"],
    function* (run) {
      for (const [index, { started_at, finished_at, elapsed_seconds }] of run.stages.entries()) {
        const between = secondsBetween(started_at, finished_at);
        // Times may be cut to whole seconds, so a second more or less is no contradiction.
        if (between === undefined || between < 0 || elapsed_seconds === null) continue;
        if (Math.abs(between - elapsed_seconds) <= 1.001) continue;
        yield {
          pointer: `/stages/${index}/elapsed_seconds`,
          message: `stages.${index}.elapsed_seconds: found ${elapsed_seconds}, but the times are ${between} s apart`,
        };
      }
    },
  ),
  severity: "warning",
} as const;

const endsAreThere = check(
  "STATUS_CONTRADICTS",
  "Record both times of what has ended, and no end of what has not.",
  ["stages"],
  function* (run) {
    for (const [index, { name, status, started_at, finished_at }] of run.stages.entries()) {
      const pointer = `/stages/${index}/status`;
      if (status === "completed" && (started_at === null || finished_at === null)) {
        const lacking = started_at === null ? "started_at" : "finished_at";
        yield {
          pointer,
          message: `stages.${index}.status: ${name} is completed, but its ${lacking} is null`,
        };
      }
      if (status === "running" && finished_at !== null) {
        yield {
          pointer,
          message: `stages.${index}.status: ${name} is running, but it finished at ${finished_at}`,
        };
      }
    }
  },
);

export const timeChecks = [timesExist, timesAgree, elapsedAgrees, endsAreThere];

/** `undefined` where one of them is not there, or no time. */
function secondsBetween(from: string | null, to: string | null): number | undefined {
  const [start, end] = [from, to].map((time) => (time === null ? undefined : parseUtc(time)));
  return start === undefined || end === undefined ? undefined : (end - start) / 1000;
}
