/** Passes on the signals that reach us and would not reach the command; waits with it for its end. */
import type { CommandRequest, ReceivedSignal } from "./command.js";
import type { Launched } from "./launch.js";
import { descendantsOf } from "./process-table.js";
import { isInForeground } from "./terminal/controlling-terminal.js";

export interface Relay {
  readonly attend: (launched: Launched) => void;
  /** Signals so far; grows. */
  readonly received: readonly ReceivedSignal[];
  readonly detach: () => {
    readonly signals: readonly ReceivedSignal[];
    readonly killed: "third-interrupt" | "kill-after" | null;
  };
}

const relayed = ["SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;
/** Slurm delivers these to every process of a job step itself. */
const delivered: ReadonlySet<NodeJS.Signals> = new Set(["SIGTERM", "SIGCONT", "SIGUSR1", "SIGUSR2"]);
const keyboard: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT"]);
const impatienceMilliseconds = 3000;

/** The listeners stay for good: a signal must not end us while the record is being completed. */
export function relaySignals({ forward, killAfterSeconds, env }: CommandRequest): Relay {
  const received: ReceivedSignal[] = [];
  const interrupts: number[] = [];
  let launched: Launched | undefined;
  let detached = false;
  let killed: "third-interrupt" | "kill-after" | null = null;

  const shouldForward = (signal: NodeJS.Signals): boolean => {
    if (forward === "never") return false;
    if (forward === "auto" && env.SLURM_JOB_ID !== undefined && delivered.has(signal)) return false;
    // From the keyboard the terminal sends it to every process in the foreground, the command included.
    return !(keyboard.has(signal) && launched?.ownTerminal !== true && isInForeground());
  };
  const receive = (signal: NodeJS.Signals): void => {
    const target = launched?.target() ?? null;
    const forwarded = target !== null && shouldForward(signal) && send(target, signal);
    if (detached) return;
    received.push({ signal, forwarded });
    if (signal === "SIGINT" && isThirdInterrupt(interrupts)) killAll("third-interrupt");
    if (signal === "SIGTERM" && killAfterSeconds !== null) {
      setTimeout(() => killAll("kill-after"), killAfterSeconds * 1000).unref();
    }
  };
  const killAll = (reason: NonNullable<typeof killed>): void => {
    const target = launched?.target() ?? null;
    if (target === null) return;
    killed = reason;
    const others = reason === "third-interrupt" ? descendantsOf(target) : [];
    for (const pid of [target, ...others]) send(pid, "SIGKILL");
  };

  for (const signal of relayed) process.on(signal, () => receive(signal));
  return {
    attend: (started) => {
      launched = started;
    },
    received,
    detach: () => {
      detached = true;
      return { signals: [...received], killed };
    },
  };
}

function isThirdInterrupt(times: number[]): boolean {
  times.push(performance.now());
  const third = times.at(-3);
  return third !== undefined && performance.now() - third <= impatienceMilliseconds;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It has just ended, or runs as somebody else.
  }
}
