import { exitStatus, UsageError } from "../../errors.js";
import { hooksPorts } from "../../local-ports/repository/hooks.js";
import { initPorts } from "../../local-ports/repository/init.js";
import type { HookChange } from "../../operations/hooks/hook-change.js";
import { installHooks } from "../../operations/hooks/install-hooks.js";
import { type InitOutcome, initProject } from "../../operations/init-project.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatHookChange, hookChangeAsJson, showPath } from "../reports/report-hooks.js";
import { askYesNo, canAsk } from "../terminal/ask.js";
import { errPaint, type Paint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  hook: { about: "install the pre-commit hook, without asking" },
  "no-hook": { about: "do not install it, and do not ask" },
  json: { about: "print one JSON object (spec/cli/init.schema.json); asks nothing" },
};

export const init: Command = {
  summary: "set up a project: colophon.json, the records folder, the hook",
  usage: "colophon init [--hook|--no-hook] [--json]",
  flags,
  notes: [
    "Changes nothing that is there, so it may be typed again. `colophon run` works without it.",
    "The hook is asked about only at a terminal; elsewhere it takes --hook.",
  ],
  run: runInit,
};

async function runInit(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("init", words, flags);
  if (given.paths.length > 0 || (given.has("hook") && given.has("no-hook"))) throw misused(given.paths);
  const ports = await initPorts(streams.directory, streams.env);
  const outcome = initProject(ports);
  const paint = errPaint(streams);
  const say = (line: string) => streams.err(`${`${paint.glyphs.rule} ${line}`.trimEnd()}\n`);
  if (!given.has("json")) formatInit(outcome, ports.root, paint).forEach(say);
  const change = (await wantsHook(given, streams))
    ? installHooks(await hooksPorts(streams.directory, streams.env))
    : undefined;
  if (given.has("json")) streams.out(`${JSON.stringify(asJson(outcome, change, ports.root), null, 2)}\n`);
  else if (change !== undefined) formatHookChange(change, ports.root, paint).forEach(say);
  else say(`${paint.glyphs.arrow} The hook that judges manifests before a commit: colophon hooks install`);
  return exitStatus.fine;
}

async function wantsHook(given: Arguments, streams: Streams): Promise<boolean> {
  if (given.has("hook")) return true;
  if (given.has("no-hook") || given.has("json") || !canAsk(streams)) return false;
  return askYesNo(
    `${errPaint(streams).glyphs.rule} Judge manifests before every commit, with a pre-commit hook?`,
  );
}

function formatInit({ settings, ignore }: InitOutcome, root: string, paint: Paint): string[] {
  const row = (status: "written" | "present", path: string) =>
    status === "written"
      ? `${paint.green(paint.glyphs.ok)} written: ${printable(path)}`
      : `${paint.green(paint.glyphs.ok)} is there, left as it is: ${printable(path)}`;
  return [
    row(settings.status, showPath(settings.path, root)),
    row(ignore.status, showPath(ignore.path, root)),
    ...(ignore.missing.length === 0
      ? []
      : [`${paint.yellow(paint.glyphs.note)} it lacks lines that keep large files of runs out of Git:`, ""]),
    ...ignore.missing.map((line) => `    ${line}`),
    ...(ignore.missing.length === 0 ? [] : [""]),
  ];
}

function asJson({ settings, ignore }: InitOutcome, change: HookChange | undefined, root: string): object {
  return {
    settings: { path: showPath(settings.path, root), status: settings.status },
    ignore: { path: showPath(ignore.path, root), status: ignore.status, missing: ignore.missing },
    hook: change === undefined ? null : hookChangeAsJson(change, root),
  };
}

function misused(stray: readonly string[]): UsageError {
  const found = stray.length > 0 ? `found "${stray.join(" ")}"` : "found --hook and --no-hook";
  return new UsageError(
    "BAD_INIT_WORDS",
    `colophon init takes no words, and one of --hook, --no-hook; ${found}`,
    {
      hint: "Type: colophon init",
    },
  );
}
