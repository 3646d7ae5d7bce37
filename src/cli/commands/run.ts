import { exitStatus, UsageError } from "../../errors.js";
import { endLike, rankOf, runPorts, wordsAreBroken } from "../../local-ports/run/run.js";
import { followRank } from "../../operations/run/follow-rank.js";
import { type RunOutcome, recordRun } from "../../operations/run/record-run.js";
import type { RunRequest } from "../../operations/run/run-request.js";
import type { Command } from "../commands.js";
import { explain } from "../main.js";
import { reportRun } from "../reports/run/report-run.js";
import { parseRunWords, runFlags } from "../run-request.js";
import { errPaint } from "../terminal/paint.js";
import { progressLine } from "../terminal/progress.js";
import type { Streams } from "../terminal/streams.js";

export const run: Command = {
  summary: "run a command or a pipeline, and leave a record of what ran",
  usage: "colophon run [flags] -- COMMAND [WORD …]",
  flags: runFlags,
  notes: [
    "Everything after -- is the command's, untouched and without a shell. The exit status is the command's own; of a",
    "pipeline, that of the stage it stopped at.",
    "",
    "  colophon run --data train=data/train.csv -- python train.py --lr 3e-4",
    "  colophon run --data auto --config train.yaml -- Rscript fit.R data/train.csv",
    "  colophon run --synthetic-seed 42 --param n=1000 --artifact table=out.csv -- ./simulate",
    "  colophon run --pipeline train --data raw=data/raw.csv --skip 40_decompose",
    "  colophon run --from k3f9q2 --param lr=1e-4",
  ],
  run: runCommand,
};

async function runCommand(words: readonly string[], streams: Streams): Promise<number> {
  const { request: typed, from, quiet } = parseRunWords(words, streams.directory);
  refuseBrokenWords(words);
  const progress = progressLine(streams);
  const paint = errPaint(streams);
  let abandon = async () => {};
  try {
    const request = from === undefined ? typed : await repeat(typed, from, streams);
    const ports = runPorts({
      directory: request.directory,
      env: streams.env,
      entryFile: process.argv[1] as string,
      onProgress: progress.show,
      warn: (line) => streams.err(`${paint.glyphs.rule} ${paint.yellow(`${paint.glyphs.note} ${line}`)}\n`),
    });
    abandon = ports.abandon;
    const rank = rankOf(streams.env);
    if (rank !== null && rank !== 0) return endLike(await followRank(request, rank, ports));
    const report = reportRun(streams, quiet);
    return endAs(await recordRun(request, ports, { ...report, begun: after(progress.clear, report.begun) }));
  } catch (error) {
    progress.clear();
    await abandon();
    return beforeStart(error, streams);
  }
}

async function repeat(request: RunRequest, from: string, { directory, env }: Streams): Promise<RunRequest> {
  const [{ repeatRun }, { loadSource }] = await Promise.all([
    import("../../operations/run/repeat-run.js"),
    import("../../local-ports/run/repeat.js"),
  ]);
  return repeatRun(request, await loadSource(from, directory, env));
}

/** A run that failed though its last command did not, such as for an artifact that it must have, is not fine. */
function endAs({ end, failure }: RunOutcome): number {
  const isFine = end === null || (end.exitCode === 0 && end.failure === null);
  if (isFine) return failure === null ? exitStatus.fine : exitStatus.findings;
  return endLike(end);
}

function after<T>(first: () => void, then: (value: T) => void): (value: T) => void {
  return (value) => {
    first();
    then(value);
  };
}

/** Nothing has run: 125, as wrappers of commands say it; a wrong flag is a wrong flag. */
function beforeStart(error: unknown, streams: Streams): number {
  const status = explain(error, streams);
  return error instanceof UsageError ? status : exitStatus.runFailedBeforeStart;
}

/** Node reads the words of a program as UTF-8 and puts U+FFFD for what is none; the command would get another word than was typed. */
function refuseBrokenWords(words: readonly string[]): void {
  const broken = words.find((word) => word.includes("\ufffd"));
  if (broken === undefined || !wordsAreBroken()) return;
  throw new UsageError("WORDS_NOT_UTF8", `a word is not UTF-8: ${JSON.stringify(broken)}`, {
    hint: "Put the command into a script, and run that: colophon run [flags] -- sh run.sh",
  });
}
