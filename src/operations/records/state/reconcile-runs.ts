/**
 * Puts on record that runs are lost, or takes that back: a line in `reconciled.jsonl` each, signed by whoever decided. The run
 * manifest stays as its tracker left it. First the logs are searched for secrets, since nobody searched what came after its death.
 */
import { ColophonError, LifecycleError } from "../../../errors.js";
import { suffixOf } from "../../../manifest/ids.js";
import { formatUtc } from "../../../manifest/timestamps.js";
import { resolveRun } from "../resolve-run.js";
import { writersAs } from "./diagnose-runs.js";
import { type ObservedRun, type ObservePorts, observeRecord } from "./observe-record.js";
import type { Reconciliation, ScannedLog } from "./observe-run.js";
import { formatReconciliation, reconciledPath } from "./reconciliations.js";

export interface ReconcilePorts extends ObservePorts {
  readonly now: () => number;
  /** Who decides: name and address as Git knows them, or the account. */
  readonly findUser: () => Promise<string | null>;
  readonly ids: () => readonly string[];
  /** Absolute. */
  readonly folderOf: (id: string) => string;
  /** Relative to the project's root, POSIX. */
  readonly pathOfRun: (id: string) => string;
  readonly writersOf: (folder: string) => readonly number[] | null;
  /** Relative to the run folder. */
  readonly listLogs: (folder: string) => readonly string[];
  /** Gives what it finds; with `replace`, a file without that takes the log's place. */
  readonly scanLog: (folder: string, path: string, replace: boolean) => ScannedLog["redactions"];
  /** One write at the end of a file of the run, on disk when it returns. */
  readonly appendLine: (folder: string, path: string, line: string) => void;
  /** Puts on record what its program said and measured, which its end would have; never rejects. */
  readonly sumUp: (id: string) => Promise<void>;
}

export interface ReconcileRequest {
  /** As typed; none means every run that needs it. */
  readonly runs: readonly string[];
  /** Changes nothing, and says what would be changed. */
  readonly dryRun: boolean;
}

export interface Repair {
  readonly run: string;
  /** Relative to the project's root, POSIX. */
  readonly path: string;
  /** The line that was added; or `unchanged`, it stood there already; or `waiting`, its logs cannot be searched yet. */
  readonly action: Reconciliation["decision"] | "unchanged" | "waiting";
  readonly reason: string;
  readonly logs: readonly ScannedLog[];
}

/** Either every named run can be reconciled, or none is touched. @throws LifecycleError */
export async function reconcileRuns(
  { runs, dryRun }: ReconcileRequest,
  ports: ReconcilePorts,
): Promise<readonly Repair[]> {
  if (runs.length === 0) return reconcileAll(dryRun, ports);
  const plans = namedIds(runs, ports).map((id) => planNamed(id, ports));
  const by = await ports.findUser();
  return eachInTurn(plans, (plan) => carryOut(plan, by, dryRun, ports));
}

/** One whose logs cannot be searched waits, and the others do not wait for it. */
async function reconcileAll(dryRun: boolean, ports: ReconcilePorts): Promise<readonly Repair[]> {
  const plans = planAll(ports);
  const by = await ports.findUser();
  return eachInTurn(plans, async (plan) => {
    try {
      return await carryOut(plan, by, dryRun, ports);
    } catch (error) {
      if (!(error instanceof ColophonError)) throw error;
      return carryOut({ ...plan, action: "waiting", reason: error.message }, by, dryRun, ports);
    }
  });
}

/** @throws LifecycleError when one of them is not recorded as lost. */
export async function revertRuns(
  { runs, dryRun }: ReconcileRequest,
  ports: ReconcilePorts,
): Promise<readonly Repair[]> {
  const plans = namedIds(runs, ports).map((id) => planRevert(id, ports));
  const by = await ports.findUser();
  return eachInTurn(plans, (plan) => carryOut(plan, by, dryRun, ports));
}

async function eachInTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of all) results.push(await work(one));
  return results;
}

interface Plan extends Pick<Repair, "run" | "path" | "action" | "reason"> {
  readonly folder: string;
  readonly seen: ObservedRun;
}

function namedIds(words: readonly string[], { ids }: ReconcilePorts): string[] {
  const known = ids();
  return [...new Set(words.map((word) => resolveRun(word, known)))];
}

function planNamed(id: string, ports: ReconcilePorts): Plan {
  const plan = openPlan(id, ports);
  const { observed, decision, logs } = plan.seen;
  const ended = hasEnd(plan);
  if (observed.state === "running") throw stillRuns(plan);
  if (ended && logs === "scanned") throw hasEnded(plan);
  if (!ended && observed.reconciled)
    return { ...plan, action: "unchanged", reason: decision?.reason ?? "recorded as lost already" };
  const writing = ports.writersOf(plan.folder) ?? [];
  if (writing.length > 0) throw stillWritten(plan, writing);
  if (ended) return { ...plan, action: "scanned", reason: writtenAfterEnd };
  const reason = observed.reason ?? "";
  return { ...plan, reason: observed.state === "unknown" ? `declared lost by name; ${reason}` : reason };
}

/** Runs that cannot be read are none of its business: `diagnoseRuns` lists them. */
function planAll(ports: ReconcilePorts): Plan[] {
  return ports.ids().flatMap((id) => {
    const plan = tryPlan(id, ports);
    if (plan === null) return [];
    const { observed, decision, logs } = plan.seen;
    const isLost = observed.state === "lost" && !observed.reconciled && decision === undefined;
    if (!isLost && !(hasEnd(plan) && logs === "unscanned")) return [];
    const writing = ports.writersOf(plan.folder) ?? [];
    if (writing.length > 0) return [{ ...plan, action: "waiting" as const, reason: writersAs(writing) }];
    if (isLost) return [{ ...plan, reason: observed.reason ?? "" }];
    return [{ ...plan, action: "scanned" as const, reason: writtenAfterEnd }];
  });
}

const writtenAfterEnd = "children of its command could write to its logs after its end";

function hasEnd({ seen: { observed } }: Plan): boolean {
  return observed.state === "completed" || observed.state === "failed";
}

function planRevert(id: string, ports: ReconcilePorts): Plan {
  const plan = openPlan(id, ports);
  const { decision } = plan.seen;
  if (decision?.decision === "reverted")
    return { ...plan, action: "unchanged", reason: "that was taken back already" };
  if (decision === undefined) throw notReconciled(plan);
  return {
    ...plan,
    action: "reverted",
    reason: `what ${decision.by ?? "somebody"} recorded on ${decision.time.slice(0, 10)} is taken back`,
  };
}

function openPlan(id: string, ports: ReconcilePorts): Plan {
  const folder = ports.folderOf(id);
  const seen = observeRecord(folder, ports);
  return { run: id, path: ports.pathOfRun(id), folder, seen, action: "lost", reason: "" };
}

function tryPlan(id: string, ports: ReconcilePorts): Plan | null {
  try {
    return openPlan(id, ports);
  } catch (error) {
    if (error instanceof LifecycleError) return null;
    throw error;
  }
}

/** The search comes first: a line that says so stands only where it is true. */
async function carryOut(
  plan: Plan,
  by: string | null,
  dryRun: boolean,
  ports: ReconcilePorts,
): Promise<Repair> {
  const { run, path, folder, seen, action, reason } = plan;
  if (action === "unchanged" || action === "waiting") return { run, path, action, reason, logs: [] };
  const logs = action === "reverted" ? [] : scanLogs(folder, !dryRun, ports);
  if (!dryRun) {
    const { state, reason: stateReason } = seen.observed;
    const line = formatReconciliation({
      time: formatUtc(ports.now()),
      by,
      decision: action,
      reason,
      process: seen.process,
      observed: { state, reason: stateReason },
      logs,
    });
    ports.appendLine(folder, reconciledPath, line);
    // One that may still run somewhere sums itself up.
    if (action === "lost" && state === "lost") await ports.sumUp(run);
  }
  return { run, path, action, reason, logs };
}

function scanLogs(folder: string, replace: boolean, { listLogs, scanLog }: ReconcilePorts): ScannedLog[] {
  return listLogs(folder).map((path) => ({ path, redactions: scanLog(folder, path, replace) }));
}

function stillRuns({ run, seen }: Plan): LifecycleError {
  return new LifecycleError(
    "RUN_STILL_RUNNING",
    `run ${suffixOf(run)} is running: its tracker, process ${seen.process?.pid}, lives`,
    { hint: "Wait until it has ended, or end it; see: colophon ls" },
  );
}

function hasEnded({ run, path, seen }: Plan): LifecycleError {
  return new LifecycleError(
    "RUN_HAS_ENDED",
    `run ${suffixOf(run)} is ${seen.observed.state} (${path}/run_manifest.json); a run that has ended is not lost`,
    {
      hint: `See how it ended: colophon show ${suffixOf(run)}`,
    },
  );
}

function stillWritten({ run }: Plan, writing: readonly number[]): LifecycleError {
  return new LifecycleError(
    "LOG_STILL_WRITTEN",
    `the tracker of run ${suffixOf(run)} is gone, but ${writersAs(writing)}`,
    { hint: `Wait until its command has ended, then type: colophon doctor --reconcile ${suffixOf(run)}` },
  );
}

function notReconciled({ run, path }: Plan): LifecycleError {
  return new LifecycleError(
    "NOT_RECONCILED",
    `run ${suffixOf(run)} is not recorded as lost: ${path}/${reconciledPath} says nothing of it`,
    { hint: "See what there is to do: colophon doctor" },
  );
}
