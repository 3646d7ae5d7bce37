import type { Redactions } from "../../secrets/redactions.js";

/** What became of one stream of the command. */
export interface LogOutcome {
  readonly kept: boolean;
  /** Why it was not kept. */
  readonly reason: string | null;
  /** Bytes the command wrote, before anything was left out. */
  readonly bytes: number;
  /** Bytes the log could not take. */
  readonly dropped_bytes: number;
  readonly redactions: Redactions;
  /** Whether the end of the stream was seen. */
  readonly complete: boolean;
}

export interface Logs {
  /** Both streams were one file, so that `stdout` holds both in order and `stderr` has no log of its own. */
  readonly merged: boolean;
  readonly stdout: LogOutcome;
  readonly stderr: LogOutcome;
}

export function notKept(reason: string): LogOutcome {
  return { kept: false, reason, bytes: 0, dropped_bytes: 0, redactions: {}, complete: false };
}
