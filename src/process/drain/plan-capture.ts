/** Decides which streams can be kept without the command noticing. */
import type { Capture } from "../command.js";

export interface StandardStreams {
  /** Which of stdin, stdout and stderr are terminals. */
  readonly terminals: readonly [boolean, boolean, boolean];
  /** stdout and stderr are one open file, so that their order means something. */
  readonly oneFile: boolean;
}

export type StreamName = "stdout" | "stderr";

export interface CapturePlan {
  readonly through: "pipes" | "pty" | "nothing";
  /** Streams that get a log. */
  readonly streams: readonly StreamName[];
  readonly merged: boolean;
  /** Why a stream gets none. */
  readonly reasons: Readonly<Record<StreamName, string | null>>;
}

/** `ptyFault` says why a pseudo-terminal cannot be used, and is asked only when one would be. */
export function planCapture(
  capture: Capture,
  { terminals, oneFile }: StandardStreams,
  ptyFault: () => string | null,
): CapturePlan {
  if (capture === "none") return keepNothing("--capture=none");
  if (capture === "pipe") return throughPipes([true, true], oneFile);
  if (terminals.every((terminal) => terminal)) {
    const fault = ptyFault();
    return fault === null
      ? {
          through: "pty",
          streams: ["stdout"],
          merged: true,
          reasons: { stdout: null, stderr: withStdout },
        }
      : keepNothing(`it is a terminal, and ${fault}`);
  }
  return throughPipes([!terminals[1], !terminals[2]], oneFile);
}

const withStdout = "it is one file with stdout, and stands in its log";

export function keepNothing(reason: string): CapturePlan {
  return { through: "nothing", streams: [], merged: false, reasons: { stdout: reason, stderr: reason } };
}

/** A stream that is a terminal stays one, and is not kept. */
function throughPipes([stdout, stderr]: readonly [boolean, boolean], oneFile: boolean): CapturePlan {
  const terminal = "it is a terminal, and not all three streams are";
  if (!stdout && !stderr) return keepNothing(terminal);
  const merged = stdout && stderr && oneFile;
  return {
    through: "pipes",
    streams: [...(stdout ? (["stdout"] as const) : []), ...(stderr && !merged ? (["stderr"] as const) : [])],
    merged,
    reasons: { stdout: stdout ? null : terminal, stderr: merged ? withStdout : stderr ? null : terminal },
  };
}
