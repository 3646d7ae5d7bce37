/** Ends us the way the command ended, so that whoever started us sees what it would have seen. */
import { constants } from "node:os";
import type { CommandEnd } from "./command.js";

type How = Pick<CommandEnd, "exitCode" | "signal" | "failure" | "killed">;

/** The number a shell shows. */
export function statusOf({ exitCode, signal, failure, killed }: How): number {
  if (failure !== null) return failure.status;
  if (killed === "third-interrupt") return 128 + constants.signals.SIGINT;
  if (signal !== null) return 128 + (constants.signals as Record<NodeJS.Signals, number>)[signal];
  return exitCode ?? 1;
}

/**
 * Signals a process of Node's can die of, without a core file. A shell's loop stops at Ctrl-C only when its command died of SIGINT;
 * 130 lets it go on. Of SIGUSR1, SIGPIPE and SIGXFSZ Node cannot die, and the others leave a second core file.
 */
const raised: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2", "SIGALRM"]);

export function endLike(end: How): never {
  const signal = end.killed === "third-interrupt" ? "SIGINT" : end.signal;
  if (signal !== null && raised.has(signal)) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(statusOf(end));
}
