/** A pseudo-terminal without native code: the `script` program of util-linux or BSD, with our FIFO as its typescript. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { CommandRequest } from "../command.js";
import { findProgram } from "../program.js";
import { isInForeground } from "./controlling-terminal.js";
import { canRunThroughShell, quote, restoreEnvironment } from "./shell-words.js";

/** Why there is no pseudo-terminal; `null` when there is one. */
export function ptyFault(env: NodeJS.ProcessEnv): string | null {
  if (findProgram("script", env.PATH, "/").kind !== "executable") return "`script` is not installed";
  // `script` sets the terminal's mode, for which the system stops a process in the background.
  return isInForeground() ? null : "the command runs in the background";
}

export interface PtyCommand {
  readonly program: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The command leaves its process number in `pidFile` before it starts. */
export function commandInPty(
  { argv, env }: CommandRequest,
  typescript: string,
  pidFile: string,
  platform: NodeJS.Platform = process.platform,
): PtyCommand {
  const changed = { ...env, SHELL: "/bin/sh", LC_ALL: "C" };
  const command = [...restoreEnvironment(env, ["SHELL", "LC_ALL"]), ...argv];
  const program = "script";
  const leavePid = `echo $$ >${quote(pidFile)}`;
  if (platform === "linux") {
    const line = `${leavePid}; ${oneLine(command)}`;
    return { program, words: ["-q", "-e", "-f", "-c", line, typescript], env: changed };
  }
  const words = ["/bin/sh", "-c", `${leavePid}; exec "$@"`, "sh", ...command];
  return { program, words: ["-q", "-F", typescript, ...words], env: changed };
}

/** `script` repeats the command in the first line of its typescript, which must stay one line to be found again. */
function oneLine(words: readonly string[]): string {
  const quoted = words.map((word) => quote(word).replaceAll("\n", `'"$n"'`));
  return `n=$(printf '\\n.'); n=\${n%.}; exec ${quoted.join(" ")}`;
}

/** Linux takes no single word above 128 KiB, and here all words are one. */
const longestLine = 100 * 1024;

export function fitsIntoPty(request: CommandRequest): boolean {
  const words = [...restoreEnvironment(request.env, ["SHELL", "LC_ALL"]), ...request.argv];
  return canRunThroughShell(request) && Buffer.byteLength(oneLine(words)) < longestLine;
}

export function pidFileIn(live: string): string {
  return join(live, "pid");
}

export function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "latin1"));
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

const signals = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);
/** Nobody dies of these. */
const harmless: ReadonlySet<string> = new Set([
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGWINCH",
]);

export function signalOfStatus(status: number): NodeJS.Signals | null {
  const signal = signals.get(status - 128);
  return signal === undefined || harmless.has(signal) ? null : signal;
}
