import { exitStatus, UsageError } from "../../errors.js";
import { type DoctorPorts, doctorPorts } from "../../local-ports/records/doctor.js";
import { shellWord } from "../../manifest/shell-word.js";
import { asksForWork, diagnoseRuns, type Problem } from "../../operations/records/state/diagnose-runs.js";
import {
  type ReconcileRequest,
  reconcileRuns,
  revertRuns,
} from "../../operations/records/state/reconcile-runs.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import {
  type DoctorOutcome,
  doctorAsJson,
  formatProblem,
  formatRepairs,
  formatTally,
} from "../reports/records/report-doctor.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  reconcile: { about: "put lost runs on record, all of them or those named, and clear leftovers away" },
  undo: { about: "with --reconcile RUN: take back that a run is recorded as lost" },
  "dry-run": { about: "with --reconcile: say what would be done, and do nothing" },
  json: { about: "print one JSON object (spec/cli/doctor.schema.json)" },
};

export const doctor: Command = {
  summary: "look for runs whose tracker died and for what else needs a repair",
  usage: "colophon doctor [--json] | colophon doctor --reconcile [--undo] [--dry-run] [RUN …]",
  flags,
  notes: [
    "Without --reconcile it only reads. A run is lost when the process that recorded it is gone, or its machine was",
    "restarted; how long ago it began says nothing. One that ran elsewhere is recorded as lost only when it is named.",
    "The decision is a line in reconciled.jsonl beside run_manifest.json, with your name; before it, the run's logs are",
    "searched for secrets. Exit status 1 when there is something left to do.",
    "",
    "  colophon doctor",
    "  colophon doctor --reconcile",
    "  colophon doctor --reconcile --undo k3f9q2",
  ],
  run: runDoctor,
};

async function runDoctor(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("doctor", words, flags);
  refuseOddWords(given);
  const ports = doctorPorts(streams.directory, streams.env);
  const request = { runs: given.paths, dryRun: given.has("dry-run") };
  const outcome = given.has("reconcile")
    ? await repair(request, given.has("undo"), ports)
    : { diagnosis: diagnoseRuns(ports), repairs: null };
  if (given.has("json")) streams.out(`${JSON.stringify(doctorAsJson(outcome), null, 2)}\n`);
  else print(outcome, streams);
  return asksForWork(problemsLeft(outcome)) ? exitStatus.findings : exitStatus.fine;
}

/** Whoever names runs is told of those; whoever names none has everything repaired that can be. */
async function repair(request: ReconcileRequest, undo: boolean, ports: DoctorPorts): Promise<DoctorOutcome> {
  const { runs, dryRun } = request;
  const named = runs.length > 0;
  const diagnosis = named ? nothingChecked : diagnoseRuns(ports);
  const repaired = undo ? await revertRuns(request, ports) : await reconcileRuns(request, ports);
  const leftovers = diagnosis.problems.filter(({ code }) => code === "LIVE_LEFTOVER").map(({ path }) => path);
  if (!dryRun) for (const path of leftovers) ports.removeLeftover(path);
  return { diagnosis, repairs: { dryRun, runs: repaired, removed: leftovers } };
}

const nothingChecked = { checked: { runs: 0, live: 0 }, running: [], problems: [] };

function print(outcome: DoctorOutcome, streams: Streams): void {
  const { diagnosis, repairs } = outcome;
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${paint.glyphs.rule} ${line}\n`);
  if (repairs !== null) for (const line of formatRepairs(repairs, paint)) say(line);
  const told = new Set([...(repairs?.removed ?? []), ...(repairs?.runs ?? []).map(({ path }) => path)]);
  const out = outPaint(streams);
  for (const problem of problemsLeft(outcome)) {
    if (!told.has(problem.path)) streams.out(`${formatProblem(problem, out).join("\n")}\n`);
  }
  if (repairs === null) say(formatTally(diagnosis, paint));
}

/** What a repair does not reach stays: runs that cannot be loaded, logs that are still written. */
function problemsLeft({ diagnosis: { problems }, repairs }: DoctorOutcome): readonly Problem[] {
  if (repairs === null || repairs.dryRun) return problems;
  const waiting = new Set(repairs.runs.filter(({ action }) => action === "waiting").map(({ run }) => run));
  return problems.filter(({ code, run }) => !repairable.has(code) || (run !== null && waiting.has(run)));
}

const repairable = new Set(["RUN_LOST", "LOG_NOT_SCANNED", "LIVE_LEFTOVER"]);

function refuseOddWords(given: Arguments): void {
  const [first] = given.paths;
  const asked = given.has("reconcile");
  const odd =
    (!asked && given.has("undo") && "--undo goes with --reconcile") ||
    (!asked && given.has("dry-run") && "--dry-run goes with --reconcile") ||
    (!asked && first !== undefined && `colophon doctor looks at all runs; found "${first}"`);
  if (odd)
    throw new UsageError("RECONCILE_NOT_ASKED", odd, {
      hint: `Type: colophon doctor --reconcile${given.has("undo") ? " --undo" : ""} ${first === undefined ? "RUN" : shellWord(first)}`,
    });
  if (given.has("undo") && first === undefined)
    throw new UsageError("NO_RUN_NAMED", "--undo takes one run or more; found none", {
      hint: "Type: colophon doctor --reconcile --undo k3f9q2, with the end of the run's id.",
    });
}
