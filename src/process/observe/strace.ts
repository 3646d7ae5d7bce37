/**
 * `strace` around the command. It detaches itself into a session of its own (`-DDD`), so that the process we start is the command, with
 * its own number, signals and end; should somebody kill `strace`, the kernel lets the command go on. What it changes all the same: a
 * program with the rights of another user loses them, and one that traces others, or looks whether it is traced, notices.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import type { CommandRequest } from "../command.js";
import { findProgram } from "../program.js";
import { tracedCalls } from "./read-trace.js";

/** Why it cannot be used here; `null` when it can. Tracing may be forbidden, as in many containers. */
export function straceFault(env: NodeJS.ProcessEnv, directory: string): string | null {
  const found = findProgram("strace", env.PATH, directory);
  if (found.kind !== "executable") return "it is not installed";
  const { status, stderr, error } = spawnSync(found.path, [...words, "/dev/null", "--", "true"], {
    cwd: directory,
    env,
    encoding: "utf8",
    timeout: 5000,
  });
  if (error !== undefined) return `it could not be started: ${error.message}`;
  return status === 0 ? null : `it does not work here: ${firstLine(stderr) ?? `it ended with ${status}`}`;
}

const words = [
  "-DDD",
  "-f",
  "-q",
  "-y",
  "-z",
  "-ttt",
  "-e",
  `trace=${tracedCalls.join(",")}`,
  "-e",
  "signal=none",
  "-o",
];

/** A command that could not be started is left as it is: then nobody stands between it and the words that say why. */
export function throughStrace(command: CommandRequest, trace: string): CommandRequest {
  const found = findProgram(command.argv[0] ?? "", command.env.PATH, command.cwd);
  if (found.kind !== "executable" || !isProgram(found.path)) return command;
  const strace = findProgram("strace", command.env.PATH, command.cwd);
  if (strace.kind !== "executable") return command;
  return { ...command, argv: [strace.path, ...words, trace, "--", ...command.argv] };
}

/** The kernel starts what begins so, and nothing else. */
function isProgram(path: string): boolean {
  try {
    const descriptor = openSync(path, "r");
    const start = Buffer.alloc(4);
    readSync(descriptor, start, 0, 4, 0);
    closeSync(descriptor);
    return start.toString("latin1") === "\x7fELF" || start.toString("latin1", 0, 2) === "#!";
  } catch {
    return false;
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line !== "")
    ?.replace(/^.*?strace: /, "");
}
