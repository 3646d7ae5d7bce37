/** Looks for what needs a decision or a repair, and changes nothing. */
import { ColophonError, type Severity } from "../../../errors.js";
import { suffixOf } from "../../../manifest/ids.js";
import { type LoadPorts, loadRecord } from "../load/load-run.js";
import { type ObservedRun, type ObservePorts, observeRecord } from "./observe-record.js";
import { reconciledPath } from "./reconciliations.js";

export interface Problem {
  readonly code: string;
  /** A notice asks for nothing. */
  readonly severity: Severity;
  /** Id of the run it is about. */
  readonly run: string | null;
  /** Relative to the project's root, POSIX. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

export interface Diagnosis {
  readonly checked: { readonly runs: number; readonly live: number };
  /** Ids of runs whose tracker lives. */
  readonly running: readonly string[];
  /** By run, oldest first, then what belongs to none. */
  readonly problems: readonly Problem[];
}

export interface LiveState {
  /** Relative to the project's root, POSIX. */
  readonly path: string;
  /** Whether whoever made it may still need it. */
  readonly inUse: boolean;
}

export interface DiagnosePorts extends LoadPorts, ObservePorts {
  /** Of all runs recorded in the project, oldest first. */
  readonly ids: () => readonly string[];
  /** Absolute. */
  readonly folderOf: (id: string) => string;
  /** Relative to the project's root, POSIX. */
  readonly pathOfRun: (id: string) => string;
  /** Processes that write the run's logs; `null` where the system does not tell. */
  readonly writersOf: (folder: string) => readonly number[] | null;
  /** `someRun`: whether a run may be running that cannot be seen. */
  readonly listLive: (someRun: boolean) => readonly LiveState[];
}

export function diagnoseRuns(ports: DiagnosePorts): Diagnosis {
  const runs = ports.ids().map((id) => ({ id, ...diagnoseRun(id, ports) }));
  const someRun = runs.some(({ state }) => state === "running" || state === "unknown");
  const live = ports.listLive(someRun);
  return {
    checked: { runs: runs.length, live: live.length },
    running: runs.filter(({ state }) => state === "running").map(({ id }) => id),
    problems: [
      ...runs.flatMap(({ problems }) => problems),
      ...live.filter(({ inUse }) => !inUse).map(leftover),
    ],
  };
}

/** Whether one of them is to be done something about. */
export function asksForWork(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity !== "notice");
}

interface DiagnosedRun {
  readonly state: ObservedRun["observed"]["state"] | null;
  readonly problems: readonly Problem[];
}

function diagnoseRun(id: string, ports: DiagnosePorts): DiagnosedRun {
  const folder = ports.folderOf(id);
  const path = ports.pathOfRun(id);
  const faults = faultsOf(folder, ports).map((fault) => ({ ...fault, run: id, path }));
  const seen = orNull(() => observeRecord(folder, ports));
  if (seen === null) return { state: null, problems: faults };
  const place = { run: id, path };
  const lines = seen.findings.map(({ code, severity, message, hint }) => ({
    code,
    severity,
    run: id,
    path: `${path}/${reconciledPath}`,
    message,
    hint,
  }));
  const own = [...problemsOf(seen, suffixOf(id), () => ports.writersOf(folder))];
  return {
    state: seen.observed.state,
    problems: [...faults, ...lines, ...own.map((problem) => ({ ...problem, ...place }))],
  };
}

type Fault = Pick<Problem, "code" | "severity" | "message" | "hint">;

/** Why it cannot be loaded. A folder of which another branch has the rest is not broken. */
function faultsOf(folder: string, ports: DiagnosePorts): Fault[] {
  try {
    loadRecord(folder, ports);
    return [];
  } catch (error) {
    if (!(error instanceof ColophonError)) throw error;
    const { code, message, hint } = error;
    return [{ code, severity: severities[code] ?? "error", message, hint }];
  }
}

const severities: Readonly<Record<string, Severity>> = {
  RUN_ON_ANOTHER_BRANCH: "notice",
  RUN_HALF_HERE: "warning",
};

function orNull<T>(question: () => T): T | null {
  try {
    return question();
  } catch (error) {
    if (error instanceof ColophonError) return null; // `faultsOf` has said it.
    throw error;
  }
}

function* problemsOf(
  seen: ObservedRun,
  suffix: string,
  writers: () => readonly number[] | null,
): Iterable<Fault> {
  const { observed, decision } = seen;
  const reason = observed.reason ?? "";
  const repair = `colophon doctor --reconcile ${suffix}`;
  if (observed.state === "running" && observed.reconciled)
    yield {
      code: "RECONCILED_WHILE_RUNNING",
      severity: "warning",
      message: "it is recorded as lost, and its tracker lives",
      hint: `Take that back: colophon doctor --reconcile --undo ${suffix}`,
    };
  if (observed.state === "lost" && !observed.reconciled) {
    const writing = writers() ?? [];
    if (writing.length > 0) yield { ...lost(`${reason}; ${writersAs(writing)}`), hint: waitFor(repair) };
    else if (decision?.decision === "reverted")
      yield {
        ...lost(`${reason}; that it is lost was recorded and taken back`, "notice"),
        hint: typed(repair),
      };
    else yield { ...lost(reason), hint: typed(repair) };
  }
  if (observed.state === "unknown")
    yield {
      code: "RUN_UNKNOWN",
      severity: "notice",
      message: `it is recorded as running: ${reason}`,
      hint: `Look there; if you know that it died, type: ${repair}`,
    };
  if (seen.logs === "unscanned" && observed.state !== "lost" && observed.state !== "unknown")
    yield unscanned(writers() ?? []);
}

function lost(reason: string, severity: Severity = "warning"): Omit<Fault, "hint"> {
  return {
    code: "RUN_LOST",
    severity,
    message: `it is lost: ${reason}`,
  };
}

function unscanned(writing: readonly number[]): Fault {
  const problem = {
    code: "LOG_NOT_SCANNED",
    severity: "warning" as const,
    message: "what children of its command wrote after its end was not searched for secrets",
  };
  if (writing.length === 0) return { ...problem, hint: typed("colophon doctor --reconcile") };
  const message = `${problem.message}; ${writersAs(writing)}`;
  return { ...problem, message, hint: waitFor("colophon doctor --reconcile") };
}

/** Such as `its command goes on: processes 12, 14, 15 and 2 more write its logs`. */
export function writersAs(pids: readonly number[]): string {
  if (pids.length === 1) return `its command goes on: process ${pids[0]} writes its logs`;
  const shown = pids.length > 4 ? [...pids.slice(0, 3), `${pids.length - 3} more`] : pids;
  return `its command goes on: processes ${shown.slice(0, -1).join(", ")} and ${shown.at(-1)} write its logs`;
}

function typed(line: string): string {
  return `Type: ${line}`;
}

function waitFor(line: string): string {
  return `Wait until its command has ended, then type: ${line}`;
}

function leftover({ path }: LiveState): Problem {
  return {
    code: "LIVE_LEFTOVER",
    severity: "warning",
    run: null,
    path,
    message: "a tracker that was killed left it, and nobody uses it",
    hint: "Remove it: colophon doctor --reconcile",
  };
}
