import { type ColophonError, exitStatus, UsageError } from "../../errors.js";
import { endLike, rankOf, runPorts, wordsAreBroken } from "../../local-ports/run.js";
import { followRank } from "../../operations/follow-rank.js";
import { recordRun } from "../../operations/record-run.js";
import type { RunRequest } from "../../operations/run-request.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { explain } from "../main.js";
import { errPaint } from "../paint.js";
import { progressLine } from "../progress.js";
import { reportRun } from "../report-run.js";
import type { Streams } from "../streams.js";

const flags: Flags = {
  data: {
    value: "NAME=PATH",
    repeat: true,
    about: "an input, file or folder; or `auto`: what the command's words name",
  },
  "data-hash": { value: "NAME=SHA256", repeat: true, about: "an input by its digest alone, not read" },
  "data-sums": { value: "FILE", repeat: true, about: "inputs by the lines of sha256sum, not read" },
  "synthetic-seed": { value: "N", about: "the data itself is generated from this seed" },
  param: { value: "NAME=VALUE", repeat: true, short: "p", about: "a parameter; NAME:=JSON forces JSON" },
  config: { value: "FILE", about: "parameters from a .json, .yaml or .toml file" },
  name: { value: "NAME", about: "name of the run (default: the program's)" },
  dirty: {
    value: "POLICY",
    choices: ["warn", "refuse"],
    about: "uncommitted edits are recorded (warn, default) or refused",
  },
  capture: {
    value: "HOW",
    choices: ["auto", "pipe", "pty", "none"],
    about: "how the output is kept (default auto)",
  },
  "forward-signals": {
    value: "WHEN",
    choices: ["auto", "always", "never"],
    about: "signals passed on to the command (default auto)",
  },
  "kill-after": { value: "SECONDS", about: "kill the command when it still runs this long after SIGTERM" },
  quiet: { short: "q", about: "say nothing on stderr unless something is wrong" },
};

export const run: Command = {
  summary: "run a command, and leave a record of what ran",
  usage: "colophon run [flags] -- COMMAND [WORD …]",
  flags,
  notes: [
    "Everything after -- is the command's, untouched and without a shell. The exit status is the command's own.",
    "",
    "  colophon run --data train=data/train.csv -- python train.py --lr 3e-4",
    "  colophon run --data auto --config train.yaml -- Rscript fit.R data/train.csv",
    "  colophon run --synthetic-seed 42 --param n=1000 -- ./simulate",
  ],
  run: runCommand,
};

async function runCommand(words: readonly string[], streams: Streams): Promise<number> {
  const { request, quiet } = parseRequest(words, streams.directory);
  const { directory, env } = streams;
  const progress = progressLine(streams);
  const paint = errPaint(streams);
  const ports = runPorts({
    directory,
    env,
    entryFile: process.argv[1] as string,
    onProgress: progress.show,
    warn: (line) => streams.err(`${paint.glyphs.rule} ${paint.yellow(`${paint.glyphs.note} ${line}`)}\n`),
  });
  const report = reportRun(streams, quiet);
  try {
    const rank = rankOf(env);
    const end =
      rank === null || rank === 0
        ? await recordRun(request, ports, { ...report, begun: after(progress.clear, report.begun) })
        : await followRank(request, rank, ports);
    return endLike(end);
  } catch (error) {
    progress.clear();
    await ports.abandon();
    return beforeStart(error, streams);
  }
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

function parseRequest(words: readonly string[], directory: string): { request: RunRequest; quiet: boolean } {
  const end = words.indexOf("--");
  const given = parseArguments("run", end < 0 ? words : words.slice(0, end), flags);
  const argv = end < 0 ? [] : words.slice(end + 1);
  if (argv.length === 0 || argv[0] === "" || given.paths.length > 0) throw noCommand(given.paths, argv);
  refuseBrokenWords(words);
  const request: RunRequest = {
    argv,
    directory,
    name: nameOf(given.value("name")),
    params: given.values("param"),
    config: given.value("config"),
    provenance: {
      syntheticSeed: given.value("synthetic-seed"),
      data: given.values("data"),
      dataHash: given.values("data-hash"),
      dataSums: given.values("data-sums"),
    },
    dirty: given.value("dirty") as RunRequest["dirty"],
    capture: given.value("capture") as RunRequest["capture"],
    forward: (given.value("forward-signals") ?? "auto") as RunRequest["forward"],
    killAfterSeconds: secondsOf(given.value("kill-after")),
  };
  return { request, quiet: given.has("quiet") };
}

function noCommand(stray: readonly string[], argv: readonly string[]): ColophonError {
  const command = [...stray, ...argv].join(" ") || "python train.py";
  const found =
    stray.length > 0 ? `found ${stray.map((word) => `"${word}"`).join(" ")} before it` : "found none";
  return new UsageError("NO_COMMAND", `the command to run stands after --; ${found}`, {
    hint: `Type: colophon run [flags] -- ${command}`,
  });
}

/** Node reads the words of a program as UTF-8 and puts U+FFFD for what is none; the command would get another word than was typed. */
function refuseBrokenWords(words: readonly string[]): void {
  const broken = words.find((word) => word.includes("\ufffd"));
  if (broken === undefined || !wordsAreBroken()) return;
  throw new UsageError("WORDS_NOT_UTF8", `a word is not UTF-8: ${JSON.stringify(broken)}`, {
    hint: "Put the command into a script, and run that: colophon run [flags] -- sh run.sh",
  });
}

function nameOf(name: string | undefined): string | undefined {
  if (name !== "") return name;
  throw new UsageError("BAD_FLAG_VALUE", "--name takes a name that is not empty", {
    hint: "Type: --name baseline",
  });
}

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new UsageError("BAD_FLAG_VALUE", `--kill-after takes seconds above 0; found "${text}"`, {
    hint: "Type: --kill-after 30",
  });
}
