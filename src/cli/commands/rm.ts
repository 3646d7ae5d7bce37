import { exitStatus, UsageError } from "../../errors.js";
import { rmPorts } from "../../local-ports/records/rm.js";
import { suffixOf } from "../../manifest/ids.js";
import { emptyTrash, removeRuns, restoreRuns } from "../../operations/trash/remove-runs.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { counted } from "../terminal/counted.js";
import { errPaint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  restore: { about: "put runs back from the trash" },
  list: { about: "list what is in the trash" },
  empty: {
    about:
      "remove what is in the trash for good, all of it or the runs named, and the refs that kept their code",
  },
  "dry-run": { about: "say what would be done, and do nothing" },
  json: { about: "print one JSON object (spec/cli/rm.schema.json)" },
};

export const rm: Command = {
  summary: "move runs to the trash, from where they can be restored",
  usage:
    "colophon rm [--dry-run] RUN … | colophon rm --restore RUN … | colophon rm --list | colophon rm --empty [RUN …]",
  flags,
  notes: [
    "RUN is an id, the beginning or the end of one. A run that is committed, that still runs, or that a figure or another",
    "run's data stands on is refused. The trash is .colophon/trash; a removed run's uncommitted code stays in Git until it",
    "is emptied.",
    "",
    "  colophon rm k3f9q2 x81m0d",
    "  colophon rm --restore k3f9q2",
    "  colophon rm --empty --dry-run",
  ],
  run: runRm,
};

const actions = ["restore", "list", "empty"] as const;
type Action = (typeof actions)[number] | "remove";
type Ports = Awaited<ReturnType<typeof rmPorts>>;

async function runRm(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("rm", words, flags);
  const action = actionOf(given);
  const request = { runs: given.paths, dryRun: given.has("dry-run") };
  const runs = await act(action, request, await rmPorts(streams.directory, streams.env));
  if (given.has("json"))
    streams.out(`${JSON.stringify({ action, dry_run: request.dryRun, runs }, null, 2)}\n`);
  else print(action, request.dryRun, runs, streams);
  return exitStatus.fine;
}

type Request = Parameters<typeof removeRuns>[0];
type Runs = Awaited<ReturnType<typeof removeRuns>>;

function act(action: Action, request: Request, ports: Ports): Promise<Runs> | Runs {
  if (action === "restore") return restoreRuns(request, ports);
  if (action === "empty") return emptyTrash(request, ports);
  return action === "list" ? [...ports.trash()] : removeRuns(request, ports);
}

function actionOf(given: Arguments): Action {
  const asked = actions.filter((action) => given.has(action));
  if (asked.length > 1) {
    throw new UsageError(
      "TWO_ACTIONS",
      `colophon rm does one thing at a time; found --${asked.join(" and --")}`,
      {
        hint: `Type: colophon rm --${asked[0]}`,
      },
    );
  }
  const action = asked[0] ?? "remove";
  if (given.paths.length === 0 && (action === "remove" || action === "restore")) {
    const flag = action === "remove" ? "" : " --restore";
    throw new UsageError("NO_RUN_NAMED", `colophon rm${flag} takes one run or more; found none`, {
      hint: `Type: colophon rm${flag} k3f9q2, with the end of the run's id.`,
    });
  }
  if (action === "list" && given.paths.length > 0) {
    throw new UsageError("TOO_MANY_WORDS", `colophon rm --list takes no words; found "${given.paths[0]}"`, {
      hint: "Type: colophon rm --list",
    });
  }
  return action;
}

const done: Readonly<Record<Action, string>> = {
  remove: "moved to the trash",
  restore: "put back",
  empty: "removed for good",
  list: "in the trash",
};

function print(action: Action, dryRun: boolean, runs: Runs, streams: Streams): void {
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${paint.glyphs.rule} ${line}\n`);
  if (action === "list") {
    for (const { id, name, removed_at, path } of runs)
      streams.out(`${suffixOf(id)}  ${printable(name)}  ${printable(removed_at)}  ${path}\n`);
    say(runs.length === 0 ? "the trash is empty" : `${counted(runs.length, "run")} in the trash`);
    return;
  }
  const glyph = dryRun ? paint.glyphs.dot : paint.green(paint.glyphs.ok);
  for (const { id, name, path } of runs)
    say(`${glyph} ${dryRun ? "would be " : ""}${done[action]}: ${suffixOf(id)}  ${printable(name)}  ${path}`);
  if (runs.length === 0) say("the trash is empty");
  const [first] = runs;
  if (action === "remove" && !dryRun && first !== undefined)
    say(`next       colophon rm --restore ${runs.map(({ id }) => suffixOf(id)).join(" ")}`);
}
