/** How two runs ended. How long they took is told, and is no difference. */
import { kinds } from "../../kinds/table.js";
import { parseUtc } from "../../manifest/timestamps.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun, RunState } from "../records/load/loaded-run.js";
import { type Comparison, compare, type Section, unknown, verdictOf } from "./comparison.js";

export interface ResultDiff extends Section {
  readonly state: Comparison<RunState>;
  /** `0`, a signal, or why there is none. */
  readonly exit: Comparison<string>;
  /** Seconds of the command, or of the whole run where no command is recorded. Never a difference. */
  readonly elapsed_seconds: { readonly a: number | null; readonly b: number | null };
}

export function diffResult(a: LoadedRun, b: LoadedRun): ResultDiff {
  const state = compareStates(a, b);
  const exit = compareExits(exitOf(a), exitOf(b));
  const elapsed_seconds = { a: elapsedOf(a), b: elapsedOf(b) };
  return { outcome: verdictOf([state, exit]), reason: null, state, exit, elapsed_seconds };
}

/** A state that follows from a time may agree with one that was recorded; against it, it is no witness. */
function compareStates(a: LoadedRun, b: LoadedRun): Comparison<RunState> {
  const [before, after] = [a.observed.state, b.observed.state];
  const isUnknown = before === "unknown" || after === "unknown";
  if (isUnknown) return unknown("state", before, after, "how it ended is not known");
  const isDerived = [a, b].some(({ defaulted }) => defaulted.includes("/status"));
  return isDerived && before !== after
    ? unknown("state", before, after, "an earlier version did not record how it ended")
    : compare("state", before, after);
}

/** A run of several commands has none, nor has one that another tool recorded: their states say how they ended. */
function compareExits(a: string | undefined, b: string | undefined): Comparison<string> {
  const isOneSided = (a === undefined) !== (b === undefined);
  return isOneSided
    ? unknown("exit status", a, b, "no exit status is recorded")
    : compare("exit status", a, b);
}

function resultOf({ run }: LoadedRun): Readonly<Record<string, unknown>> | null {
  return capabilityOf(run, kinds.run, "result");
}

function exitOf(run: LoadedRun): string | undefined {
  const result = resultOf(run);
  if (result === null) return undefined;
  const { exit_code, signal, cause } = result;
  const how = exit_code ?? signal ?? cause;
  return how === null || how === undefined ? undefined : String(how);
}

function elapsedOf(run: LoadedRun): number | null {
  const measured = resultOf(run)?.elapsed_seconds;
  if (typeof measured === "number") return measured;
  const [start, end] = [parseUtc(run.run.started_at), parseUtc(run.run.finished_at ?? "")];
  return start === undefined || end === undefined ? null : Math.max(0, end - start) / 1000;
}
