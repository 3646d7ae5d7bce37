import { exitStatus, UsageError } from "../../errors.js";
import { commitPorts } from "../../local-ports/repository/commit.js";
import { type CommitRunsOutcome, commitRuns } from "../../operations/commit-runs.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { counted } from "../terminal/counted.js";
import { errPaint, type Paint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  message: { value: "TEXT", short: "m", about: "message of the commit (default: Record run NAME ABC123)" },
  json: { about: "print one JSON object (spec/cli/commit.schema.json)" },
};

export const commit: Command = {
  summary: "commit the tracked files of runs, and nothing else",
  usage: "colophon commit [flags] RUN …",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one, or the run's folder. What else is staged stays staged.",
    "Each run is named by a trailer, Colophon-Run; your hooks and identity apply. A run must have ended: history",
    "would keep a run that never ends, so nothing overrides that.",
    "",
    "  colophon commit k3f9q2",
    '  colophon commit -m "Baseline, three seeds" k3f9q2 x81m0d 7qq2ab',
  ],
  run: runCommit,
};

async function runCommit(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("commit", words, flags);
  const message = given.value("message");
  if (given.paths.length === 0) throw noRun();
  if (message?.trim() === "") throw emptyMessage();
  const ports = await commitPorts(streams.directory, streams.env);
  const outcome = await commitRuns({ runs: given.paths, message }, ports);
  if (given.has("json")) {
    streams.out(`${JSON.stringify(outcome, null, 2)}\n`);
  } else {
    const paint = errPaint(streams);
    for (const line of formatCommit(outcome, paint)) streams.err(`${paint.glyphs.rule} ${line}\n`);
  }
  return exitStatus.fine;
}

function formatCommit({ commit, runs }: CommitRunsOutcome, paint: Paint): string[] {
  const ok = paint.green(paint.glyphs.ok);
  return [
    ...runs
      .filter(({ status }) => status === "unchanged")
      .map(({ path }) => `${ok} committed already, nothing to do: ${printable(path)}`),
    ...(commit === null
      ? []
      : [
          `${ok} ${commit.sha.slice(0, 7)}  ${printable(commit.subject)}  (${counted(commit.paths.length, "file")})`,
        ]),
  ];
}

function noRun(): UsageError {
  return new UsageError("NO_RUN_NAMED", "colophon commit takes one run or more; found none", {
    hint: "Type: colophon commit k3f9q2, with the end of the run's id.",
  });
}

function emptyMessage(): UsageError {
  return new UsageError("BAD_FLAG_VALUE", "--message takes a text that is not empty", {
    hint: 'Type: colophon commit -m "Baseline" RUN, or leave the flag out.',
  });
}
