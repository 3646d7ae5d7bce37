/** How commands ended, as the record says it. */
import type { CommandEnd, LogOutcome } from "../../process/command.js";
import type { Redactions } from "../../secrets/redactions.js";

/** `null` only after an observed exit status of 0. */
export function failureOf({ exitCode, signal, failure, oomKilled }: CommandEnd): string | null {
  if (failure !== null) return failure.message;
  if (signal !== null) return oomKilled ? `ended by ${signal}: out of memory` : `ended by ${signal}`;
  return exitCode === 0 ? null : `exit status ${exitCode ?? "unknown"}`;
}

const ending: ReadonlySet<string> = new Set(["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"]);

/** Who asked one command to end did not ask for the next one, even if that command ended well. */
export function interruptionOf(end: CommandEnd | undefined): string | null {
  const signal = end?.interrupted.find((received) => ending.has(received.signal))?.signal;
  return signal === undefined ? null : `not started: ${signal} arrived before`;
}

/** `folder` is that of the logs, relative to the run's. Names of artifacts are unique in a run, so a stage of a pipeline adds its own. */
export function logArtifacts({ logs }: CommandEnd, folder: string): Record<string, string> {
  const suffix = folder === "logs" ? "" : `_${folder.slice(folder.indexOf("/") + 1)}`;
  return {
    ...(logs.stdout.kept && { [`stdout_log${suffix}`]: `${folder}/stdout.log` }),
    ...(logs.stderr.kept && !logs.merged && { [`stderr_log${suffix}`]: `${folder}/stderr.log` }),
  };
}

/** The last command's end, with what all of them printed, received and left behind; `null` when none ran. */
export function joinEnds(
  ends: readonly CommandEnd[],
  mergeRedactions: (...all: readonly Redactions[]) => Redactions,
): CommandEnd | null {
  const last = ends.at(-1);
  if (last === undefined || ends.length === 1) return last ?? null;
  const joinLogs = (logs: readonly LogOutcome[]): LogOutcome => ({
    kept: logs.every(({ kept }) => kept),
    reason: logs.find(({ reason }) => reason !== null)?.reason ?? null,
    bytes: sum(logs.map(({ bytes }) => bytes)),
    dropped_bytes: sum(logs.map((log) => log.dropped_bytes)),
    redactions: mergeRedactions(...logs.map(({ redactions }) => redactions)),
    complete: logs.every(({ complete }) => complete),
  });
  return {
    ...last,
    elapsedSeconds: sum(ends.map(({ elapsedSeconds }) => elapsedSeconds)),
    orphans: ends.flatMap(({ orphans }) => orphans),
    interrupted: ends.flatMap(({ interrupted }) => interrupted),
    logs: {
      merged: last.logs.merged,
      stdout: joinLogs(ends.map(({ logs }) => logs.stdout)),
      stderr: joinLogs(ends.map(({ logs }) => logs.stderr)),
    },
  };
}

export function resultOf(end: CommandEnd): object {
  const { exitCode, signal, failure, oomKilled, elapsedSeconds, orphans, interrupted, killed, logs } = end;
  const notRun = failure?.status === 127 ? "not_found" : "not_executable";
  const ended = oomKilled ? "oom" : signal !== null ? "signal" : "exit";
  return {
    result_version: 1,
    exit_code: exitCode,
    signal,
    killed,
    cause: failure === null ? ended : notRun,
    elapsed_seconds: elapsedSeconds,
    orphans,
    signals: interrupted,
    logs,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
