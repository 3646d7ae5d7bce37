/** When a change happened against the start and the end of the command, and by whom, where that can be known at all. */
import type { Drift } from "../../generated/types.js";

export interface Evidence {
  /** When the command started and ended, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /**
   * Whether the command or a child of it wrote this path (relative to the root), where that was observed: `false` only when
   * everything it wrote is known.
   */
  readonly wrote?: (path: string) => boolean | undefined;
  /** The same of HEAD and its reflog. */
  readonly movedHead?: boolean | undefined;
}

type When = Drift["files"][number]["when"];
type By = Drift["files"][number]["by"];

/** File systems stamp with a clock that lags by some milliseconds; some keep whole seconds only. */
const fineMilliseconds = 50;
const coarseMilliseconds = 2000;

export function whenOf(time: number | null, { startedAt, endedAt }: Evidence): When {
  if (time === null) return "unknown";
  const lag = time % 1000 === 0 ? coarseMilliseconds : fineMilliseconds;
  if (time < startedAt - lag) return "before_command";
  return time > endedAt ? "after_command" : "during_command";
}

/**
 * Nothing but an observation proves that the command did it: an editor in another window writes at the same time and as the same
 * user. Only what happened before the command started cannot have been the command.
 */
export function byWhom(when: When, observed: boolean | undefined): By {
  if (observed !== undefined) return observed ? "command" : "somebody_else";
  return when === "before_command" ? "somebody_else" : "unknown";
}
