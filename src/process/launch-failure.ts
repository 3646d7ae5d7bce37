/** Says why a command could not be started. The system has one word, ENOENT, for three things that may be missing. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { CommandRequest, LaunchFailure } from "./command.js";
import { findProgram } from "./program.js";

export function explainLaunchFailure(
  error: NodeJS.ErrnoException,
  { argv, cwd, env }: CommandRequest,
): LaunchFailure {
  const name = argv[0] ?? "";
  if (!isFolder(cwd)) return { status: 126, message: `the current folder ${cwd} is not there` };
  const found = findProgram(name, env.PATH, cwd);
  if (found.kind === "missing") {
    const where = name.includes("/") ? "there is no such file" : "it is in no folder of PATH";
    return { status: 127, message: `"${name}" was not found: ${where}` };
  }
  if (found.kind === "not-executable") {
    return { status: 126, message: `${found.path} is not a file that may be executed` };
  }
  const interpreter = interpreterOf(found.path);
  if (error.code === "ENOENT" && interpreter !== null) {
    return { status: 126, message: `${found.path} is to be run by ${interpreter}, which is not there` };
  }
  return {
    status: 126,
    message: `${found.path} could not be started: ${reasons[error.code ?? ""] ?? error.message}`,
  };
}

const reasons: Readonly<Record<string, string>> = {
  E2BIG: "the words and the environment together are longer than the system allows",
  EAGAIN: "no more processes are allowed",
  EMFILE: "too many files are open",
  ENOMEM: "there is not enough memory",
  ENOENT: "its loader is not there",
  EACCES: "the system does not allow it",
};

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function interpreterOf(file: string): string | null {
  try {
    const descriptor = openSync(file, "r");
    const start = Buffer.alloc(256);
    const count = readSync(descriptor, start, 0, start.length, 0);
    closeSync(descriptor);
    return /^#![ \t]*([^\s]+)/.exec(start.toString("latin1", 0, count))?.[1] ?? null;
  } catch {
    return null; // A program that may be executed but not read.
  }
}
