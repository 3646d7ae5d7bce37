/** Starts the command: directly, ignoring hang-ups, or in a pseudo-terminal. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { CommandRequest, Ending, LaunchFailure } from "./command.js";
import type { Drain } from "./drain/drain.js";
import { explainLaunchFailure } from "./launch-failure.js";
import { findProgram } from "./program.js";
import { removeName } from "./remove-name.js";
import { hangUpIsIgnorable } from "./terminal/controlling-terminal.js";
import { commandInPty, fitsIntoPty, pidFileIn, readPid, signalOfStatus } from "./terminal/pty.js";
import { canRunThroughShell, throughShell } from "./terminal/shell-words.js";

export interface Launched {
  /** Of the process we started. */
  readonly pid: number | null;
  /** The command itself, which in a pseudo-terminal is a child of the process we started. */
  readonly target: () => number | null;
  /** The keyboard speaks to the command alone. */
  readonly ownTerminal: boolean;
  readonly ended: Promise<Ending>;
}

export function launch(request: CommandRequest, drain: Drain): Launched {
  if (drain.typescript !== null) return launchInPty(request, drain, drain.typescript);
  if (canRunThroughShell(request) && hangUpIsIgnorable()) {
    const [program = "", ...words] = throughShell('trap "" HUP', request.argv, request.env);
    return failEarly(request) ?? start(request, program, words, drain.stdio);
  }
  const [program = "", ...words] = request.argv;
  return start(request, program, words, drain.stdio);
}

function start(
  request: CommandRequest,
  program: string,
  words: readonly string[],
  [stdout, stderr]: Drain["stdio"],
): Launched {
  const options: SpawnOptions = { cwd: request.cwd, env: request.env, stdio: ["inherit", stdout, stderr] };
  try {
    const process = spawn(program, words, options);
    return {
      pid: process.pid ?? null,
      target: () => alive(process),
      ownTerminal: false,
      ended: endOf(process, request),
    };
  } catch (error) {
    // Node refuses a word with a NUL byte, and some system errors, before there is a process.
    return failed(explainLaunchFailure(error as NodeJS.ErrnoException, request));
  }
}

function endOf(process: ChildProcess, request: CommandRequest): Promise<Ending> {
  return new Promise((resolve) => {
    process.once("error", (error) => {
      // Node also reports a signal that could not be sent; only a process that never was has no number.
      if (process.pid === undefined) {
        resolve({ exitCode: null, signal: null, failure: explainLaunchFailure(error, request) });
      }
    });
    process.once("exit", (exitCode, signal) => resolve({ exitCode, signal, failure: null }));
  });
}

/** A process number is only ours until its end has been seen. */
function alive({ pid, exitCode, signalCode }: ChildProcess): number | null {
  return pid !== undefined && exitCode === null && signalCode === null ? pid : null;
}

/** A program between us and the command would answer for the command's failure to start: it is looked up before. */
function failEarly(request: CommandRequest): Launched | undefined {
  const found = findProgram(request.argv[0] ?? "", request.env.PATH, request.cwd);
  if (found.kind === "executable") return undefined;
  const code = found.kind === "missing" ? "ENOENT" : "EACCES";
  return failed(explainLaunchFailure(Object.assign(new Error(code), { code }), request));
}

function failed(failure: LaunchFailure): Launched {
  return {
    pid: null,
    target: () => null,
    ownTerminal: false,
    ended: Promise.resolve({ exitCode: null, signal: null, failure }),
  };
}

function launchInPty(request: CommandRequest, drain: Drain, typescript: string): Launched {
  const early = failEarly(request);
  if (early !== undefined) {
    drain.closeTypescript();
    return early;
  }
  if (!fitsIntoPty(request)) {
    drain.abandonTypescript("its command line is too long for `script`");
    return start(request, request.argv[0] ?? "", request.argv.slice(1), drain.stdio);
  }
  const pidFile = pidFileIn(drain.live);
  const { program, words, env } = commandInPty(request, typescript, pidFile);
  const script = start({ ...request, env }, program, words, ["inherit", "inherit"]);
  let current = script;
  const ended = script.ended.then(async (ending): Promise<Ending> => {
    drain.closeTypescript();
    const ran = readPid(pidFile) !== null;
    removeName(pidFile);
    if (ran) return { ...ending, ...readStatus(ending) };
    // There was no pseudo-terminal to be had, and the command has not run yet.
    drain.abandonTypescript("`script` could not make a pseudo-terminal");
    current = start(request, request.argv[0] ?? "", request.argv.slice(1), drain.stdio);
    return current.ended;
  });
  return {
    pid: script.pid,
    target: () => (current === script && script.target() !== null ? readPid(pidFile) : current.target()),
    ownTerminal: true,
    ended,
  };
}

/** `script` gives 128+n for a command that signal n ended, as a shell does; a command that exits with such a status looks the same. */
function readStatus({ exitCode, signal }: Ending): Pick<Ending, "exitCode" | "signal"> {
  const read = exitCode === null ? null : signalOfStatus(exitCode);
  return read === null ? { exitCode, signal } : { exitCode: null, signal: read };
}
