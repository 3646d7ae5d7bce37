import { exitStatus, UsageError } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import { reproducePorts } from "../../local-ports/reproduce/reproduce.js";
import { listenForInterruption } from "../../local-ports/run/interruption.js";
import { endLike } from "../../local-ports/run/run.js";
import { parseArguments as parseGiven } from "../../operations/reproduce/arguments.js";
import { type ReproduceRequest, reproduceRun } from "../../operations/reproduce/reproduce-run.js";
import type { Reproduction } from "../../operations/reproduce/result.js";
import { isReproduced } from "../../operations/reproduce/summarize.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatPlan, formatVerdict } from "../reports/records/report-reproduce.js";
import { row } from "../reports/row.js";
import { askYesNo, canAsk } from "../terminal/ask.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import { progressLine } from "../terminal/progress.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  "dry-run": { about: "show the plan, with all that is missing, and run nothing" },
  yes: {
    short: "y",
    about: "run a command that was not recorded on this machine, or that writes outside the repository",
  },
  tolerance: {
    value: "X",
    about: "numbers may differ by this much of the larger one, such as 1e-6 (default: not at all)",
  },
  runs: { value: "N", about: "run the command N times, to see whether it agrees with itself (default 1)" },
  argument: {
    value: "N=VALUE",
    repeat: true,
    about: "give a word again that the record does not have; 0 is the program",
  },
  keep: { about: "keep the work tree, and say where it is" },
  namespace: { value: "KEY", about: "the extension key of the run (default: that of its project)" },
  json: { about: "print one JSON object (spec/cli/reproduce.schema.json)" },
};

export const reproduce: Command = {
  summary: "run a recorded run again, in the code that ran, and say whether the same comes out",
  usage: "colophon reproduce [flags] RUN",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one, or the path of a run's folder. The recorded tree is checked out into a",
    "private folder; your own tree, index and branches stay as they are. Inputs are held to their digests and linked in. The",
    "verdict is identical, same numbers, within tolerance, or differs, with the first metric step or artifact that parted;",
    "what the command prints never decides. The reproduction is a run of its own, and names its source.",
    "Exit status 0 when the same came out, 1 when something differs, 3 when the command could not be run.",
    "",
    "  colophon reproduce k3f9q2",
    "  colophon reproduce --runs 2 --tolerance 1e-6 k3f9q2",
    "  colophon reproduce --json k3f9q2 | jq -r .verdict",
  ],
  run: runReproduce,
};

async function runReproduce(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("reproduce", words, flags);
  const word = onlyRun(given.paths);
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  const options = optionsOf(given);
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${`${paint.glyphs.rule} ${line}`.trimEnd()}\n`);
  const progress = progressLine(streams);
  const interruption = listenForInterruption();
  const ports = reproducePorts({
    directory: streams.directory,
    env: streams.env,
    entryFile: process.argv[1] as string,
    namespace,
    onProgress: progress.show,
    warn: (line) => say(paint.yellow(`${paint.glyphs.note} ${line}`)),
    stage: () => {},
    interrupted: interruption.signal,
    confirm: async ({ elsewhere }) => canAsk(streams) && askYesNo(`${elsewhere}. Run it here?`),
  });
  const source = ports.loading.load(word);
  const request: ReproduceRequest = {
    ...options,
    source,
    namespace: ports.loading.loading.namespaceOf(source.folder),
  };
  const found = await reproduceRun(request, ports, {
    planned: (plan) => {
      progress.clear();
      for (const line of formatPlan(plan, paint)) say(line);
    },
    attempted: (attempt, count) => {
      if (options.runs > 1) say(row("run", `${count} of ${options.runs}  ${attempt.verdict}`));
    },
  });
  progress.clear();
  interruption.stop();
  print(found, given.has("json"), streams, say);
  const signal = interruption.signal();
  if (signal !== null) endLike({ exitCode: null, signal, failure: null, killed: null });
  return statusOf(found, options.dryRun);
}

function print(found: Reproduction, json: boolean, streams: Streams, say: (line: string) => void): void {
  if (json) streams.out(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of formatVerdict(found, outPaint(streams))) streams.out(`${line}\n`);
  if (found.worktree !== null)
    say(`kept      ${found.worktree}      remove it: git worktree remove --force ${found.worktree}`);
}

function statusOf({ verdict, missing }: Reproduction, dryRun: boolean): number {
  if (isReproduced[verdict]) return exitStatus.fine;
  if (verdict === "differs") return exitStatus.findings;
  return verdict === "not-attempted" && dryRun && missing.length === 0
    ? exitStatus.fine
    : exitStatus.couldNotRun;
}

function onlyRun([word, ...others]: readonly string[]): string {
  if (word === undefined || word === "")
    throw new UsageError("NO_RUN_NAMED", "colophon reproduce takes a run; found none", {
      hint: "Type: colophon reproduce k3f9q2, with the end of its id; `colophon ls` lists them.",
    });
  if (others.length === 0) return word;
  throw new UsageError("TOO_MANY_WORDS", `colophon reproduce takes one run; found ${others.length + 1}`, {
    hint: "Reproduce them one after the other.",
  });
}

function optionsOf(given: Arguments): Omit<ReproduceRequest, "source" | "namespace"> {
  return {
    given: parseGiven(given.values("argument")),
    tolerance: toleranceOf(given.value("tolerance")),
    runs: runsOf(given.value("runs") ?? "1"),
    dryRun: given.has("dry-run"),
    keep: given.has("keep"),
    yes: given.has("yes"),
  };
}

function toleranceOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new UsageError("BAD_FLAG_VALUE", `--tolerance takes a number from 0 to 1; found "${text}"`, {
    hint: "Type: --tolerance 1e-6, a millionth of the larger of two numbers.",
  });
}

function runsOf(text: string): number {
  if (/^(?:[1-9]|10)$/.test(text)) return Number(text);
  throw new UsageError("BAD_FLAG_VALUE", `--runs takes a whole number from 1 to 10; found "${text}"`, {
    hint: "Type: --runs 2",
  });
}
