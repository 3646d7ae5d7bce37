/** The way of a command line: find the command, let it run, give its exit status; say plainly what went wrong. */
import { ColophonError, exitStatus, UsageError } from "../errors.js";
import { version } from "../version.js";
import { nearest } from "./arguments.js";
import { commands } from "./commands.js";
import { errPaint, printable } from "./terminal/paint.js";
import type { Streams } from "./terminal/streams.js";

export async function main(words: readonly string[], streams: Streams): Promise<number> {
  try {
    return await dispatch(words, streams);
  } catch (error) {
    return explain(error, streams);
  }
}

async function dispatch([name, ...rest]: readonly string[], streams: Streams): Promise<number> {
  if (name === "--version" || name === "-V" || name === "version") {
    streams.out(`${version}\n`);
    return exitStatus.fine;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    return printHelp(name === undefined ? undefined : rest[0], name === undefined, streams);
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) throw unknownCommand(name);
  if (asksForHelp(rest)) return printHelp(name, false, streams);
  const command = await entry.load();
  return command.run(rest, streams);
}

/** `--help` counts only before `--`: behind it, every word is the user's. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === "--help" || word === "-h");
}

async function printHelp(name: string | undefined, missing: boolean, streams: Streams): Promise<number> {
  const { helpOf, overview } = await import("./help.js");
  if (missing) {
    streams.err(overview());
    return exitStatus.usage;
  }
  const entry = name === undefined ? undefined : commands[name];
  if (name !== undefined && entry === undefined) throw unknownCommand(name);
  streams.out(entry === undefined ? overview() : helpOf(name as string, await entry.load()));
  return exitStatus.fine;
}

function unknownCommand(name: string): UsageError {
  const near = nearest(name, Object.keys(commands));
  return new UsageError("UNKNOWN_COMMAND", `there is no command "${name}"`, {
    hint: near === undefined ? "See: colophon --help" : `Did you mean: colophon ${near}`,
  });
}

/** A plain `Error` here is a fault of Colophon's own, and says so. */
export function explain(error: unknown, streams: Streams): number {
  const paint = errPaint(streams);
  const rule = paint.glyphs.rule;
  if (error instanceof ColophonError) {
    const [first = "", ...more] = error.message.split("\n");
    streams.err(`${rule} ${paint.red(`${paint.glyphs.bad} ${error.code}`)}  ${printable(first)}\n`);
    for (const line of more) streams.err(`${rule}   ${printable(line)}\n`);
    streams.err(`${rule} ${paint.glyphs.arrow} ${printable(error.hint)}\n`);
    return error.exitStatus;
  }
  streams.err(
    `${rule} ${paint.red(`${paint.glyphs.bad} this is a fault of Colophon ${version} itself, not of yours`)}\n`,
  );
  streams.err(
    `${rule}   ${printable(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  streams.err(`${rule} ${paint.glyphs.arrow} Report it with these lines.\n`);
  return exitStatus.couldNotRun;
}
