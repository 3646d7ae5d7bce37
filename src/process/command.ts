/** The wrapped command as a value: what is asked for, and how it ended. */
import type { Logs } from "./drain/log-outcome.js";

export type { LogOutcome, Logs } from "./drain/log-outcome.js";

export type Capture = "auto" | "pipe" | "pty" | "none";

/** `auto` does not pass on what Slurm delivers to every process itself; `always` passes it on there too. */
export type Forward = "auto" | "always" | "never";

export interface CommandRequest {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly forward: Forward;
  /** Seconds between a SIGTERM and our SIGKILL; `null`: we never kill. */
  readonly killAfterSeconds: number | null;
}

export interface RunningCommand {
  /** `null` when nothing could be started. */
  readonly pid: number | null;
  /** Never rejects. */
  readonly ended: Promise<CommandEnd>;
}

/** Why the command never ran, with the status a shell gives for it. */
export interface LaunchFailure {
  readonly status: 126 | 127;
  readonly message: string;
}

/** A signal that reached us, and whether we passed it on. */
export interface ReceivedSignal {
  readonly signal: NodeJS.Signals;
  readonly forwarded: boolean;
}

/** How the command ended, before anything is known about its output. */
export interface Ending {
  /** `null` when a signal ended it, or it never ran. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure: LaunchFailure | null;
}

export interface CommandEnd extends Ending {
  /** `null` where the system does not tell. */
  readonly oomKilled: boolean | null;
  /** By a clock that never jumps. */
  readonly elapsedSeconds: number;
  /** Processes that still hold the command's output. */
  readonly orphans: readonly number[];
  readonly interrupted: readonly ReceivedSignal[];
  /** Whether it was we who killed it, and on whose word. */
  readonly killed: "third-interrupt" | "kill-after" | null;
  readonly logs: Logs;
}
