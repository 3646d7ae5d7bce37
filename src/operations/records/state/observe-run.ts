/** What is known of a run that has no end on record: whether its tracker still lives, is gone, or cannot be looked at from here. */
import type { ExperimentManifest } from "../../../kinds/experiment.js";
import type { RunManifest } from "../../../kinds/run/run.js";
import { sha256 } from "../../../manifest/digest.js";
import { isObject } from "../../../manifest/validate.js";
import type { ObservedState } from "../load/loaded-run.js";

/** The machine that looks, and the processes it can see. */
export interface Here {
  /** `null` where the system does not tell. */
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
  readonly machine: MachineName;
  /**
   * Start of a living process, in clock ticks since boot; `null` when there is none of that number, `undefined` when there is one
   * that this user may not look at. A zombie does not live.
   */
  readonly startTimeOf: (pid: number) => number | null | undefined;
  /**
   * The same in milliseconds since 1970, for systems that count no ticks: `null` when there is none, `undefined` when there is one
   * and its start is not told.
   */
  readonly startedAtOf: (pid: number) => number | null | undefined;
}

/** What a machine is told apart by, as far as manifests record it. */
export interface MachineName {
  readonly hostname: string | null;
  readonly platform: string;
  readonly architecture: string;
  readonly cpuModel: string | null;
  /** `docker`, `kubernetes` and so on; `null` outside of containers. */
  readonly container: string | null;
}

/** What `process` under the extension key says, as far as it could be read. */
export interface TrackerProcess {
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  readonly pid: number;
  readonly start_time: number | null;
}

/** A line of `reconciled.jsonl`: what somebody decided about a run that never ended. */
export interface Reconciliation {
  readonly time: string;
  /** `Name <address>` of Git, or the account; `null` where neither is known. */
  readonly by: string | null;
  /** `scanned`: nothing was decided about its state, only its logs were searched for secrets. */
  readonly decision: "lost" | "reverted" | "scanned";
  readonly reason: string;
  /** As recorded when the run began. */
  readonly process: TrackerProcess | null;
  /** What was seen when it was decided. */
  readonly observed: { readonly state: ObservedState["state"]; readonly reason: string | null };
  readonly logs: readonly ScannedLog[];
}

export interface ScannedLog {
  /** Relative to the run folder, POSIX. */
  readonly path: string;
  /** How many values each rule for secrets removed; empty when the file was left as it is. */
  readonly redactions: Readonly<Record<string, number>>;
}

/** Elapsed time alone never changes what this says. */
export function observeRun(
  run: RunManifest,
  namespace: string,
  manifest: ExperimentManifest | null,
  reconciled: readonly Reconciliation[],
  here: Here,
): ObservedState {
  const decided = decisionOn(reconciled);
  const isReconciled = decided?.decision === "lost";
  if (run.status !== "running") return { state: run.status, reason: null, reconciled: isReconciled };
  const seen = lookAt(run, namespace, manifest, here);
  // Who decided may have known what cannot be seen from here; a tracker that is seen to live, though, lives.
  if (seen.state === "unknown" && decided !== undefined && isReconciled)
    return { state: "lost", reason: saidBy(decided), reconciled: true };
  return { ...seen, reconciled: isReconciled };
}

/** The last line that decides about the state; `undefined` when none does. */
export function decisionOn(reconciled: readonly Reconciliation[]): Reconciliation | undefined {
  return reconciled.findLast(({ decision }) => decision !== "scanned");
}

/** `null` where none is recorded, as in documents of the origin project, or it is not what it should be. */
export function processOf(run: RunManifest, namespace: string): TrackerProcess | null {
  const extension = run[namespace];
  const recorded = isObject(extension) ? extension.process : undefined;
  if (!isObject(recorded)) return null;
  const { boot_id, pid_namespace, pid, start_time } = recorded;
  if (!isCount(pid) || pid === 0) return null;
  return {
    boot_id: typeof boot_id === "string" ? boot_id : null,
    pid_namespace: typeof pid_namespace === "string" ? pid_namespace : null,
    pid,
    start_time: isCount(start_time) ? start_time : null,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

type Seen = Pick<ObservedState, "state" | "reason">;

function lookAt(run: RunManifest, namespace: string, manifest: ExperimentManifest | null, here: Here): Seen {
  const tracker = processOf(run, namespace);
  if (tracker === null) return unknown("no process was recorded");
  const { boot_id, pid_namespace, pid } = tracker;
  if (boot_id !== null && boot_id === here.bootId) {
    if (pid_namespace === here.pidNamespace) return lookForProcess(tracker, run, here);
    return unknown(
      `process ${pid} was started in ${nameOf(pid_namespace)} of this machine, as in a container; seen from ${nameOf(here.pidNamespace)}`,
    );
  }
  const elsewhere = whyNotHere(manifest, namespace, here.machine);
  if (elsewhere !== null) return unknown(elsewhere);
  if (boot_id === null && here.bootId === null) return lookForProcess(tracker, run, here);
  if (boot_id === null || here.bootId === null)
    return unknown("which boot of this machine it ran in was not recorded");
  return lost("this machine has been restarted since");
}

function nameOf(pidNamespace: string | null): string {
  return pidNamespace === null
    ? "an unnamed namespace of processes"
    : `the namespace of processes ${pidNamespace}`;
}

function lookForProcess(tracker: TrackerProcess, run: RunManifest, here: Here): Seen {
  const { pid, start_time } = tracker;
  if (start_time === null) return lookByClock(pid, Date.parse(run.started_at), here);
  const found = here.startTimeOf(pid);
  if (found === null) return lost(`its tracker, process ${pid}, is gone`);
  if (found === undefined) return unknown(hidden(pid));
  if (found === start_time) return { state: "running", reason: null };
  return lost(`process ${pid} is another one now: it started at tick ${found}, the tracker at ${start_time}`);
}

function hidden(pid: number): string {
  return `process ${pid} lives, and the system does not tell when it started`;
}

/** Clocks are set while runs run, by seconds. */
const toleranceMilliseconds = 10_000;

/** A number is free again only when its tracker is gone, so whoever else has it has started after the run. */
function lookByClock(pid: number, runStartedAt: number, here: Here): Seen {
  const startedAt = here.startedAtOf(pid);
  if (startedAt === null) return lost(`its tracker, process ${pid}, is gone`);
  if (startedAt === undefined) return unknown(hidden(pid));
  if (startedAt <= runStartedAt + toleranceMilliseconds) return { state: "running", reason: null };
  return lost(`process ${pid} is another one now: it started after the run`);
}

/** Why the machine that recorded the run is not surely this one; `null` when it is. */
export function whyNotHere(
  manifest: ExperimentManifest | null,
  namespace: string,
  here: MachineName,
): string | null {
  const extension: unknown = manifest?.[namespace];
  const machine = isObject(extension) ? extension.machine : undefined;
  if (!isObject(machine) || typeof machine.hostname !== "string")
    return "on which machine it ran was not recorded";
  const { hostname, identity_hashed } = machine;
  const named = identity_hashed === true ? "another machine" : hostname;
  const own =
    here.hostname === null
      ? null
      : identity_hashed === true
        ? `sha256:${sha256(here.hostname)}`
        : here.hostname;
  const container = isObject(machine.container) ? machine.container.kind : null;
  if (hostname !== own) return `it ran on ${named}, which cannot be looked at from here`;
  // Names like these are given to many machines, and those of containers to one after the other.
  if (here.hostname !== null && /^localhost\b/i.test(here.hostname))
    return "it ran on a machine named localhost, which may be this one or another";
  if (container !== null || here.container !== null)
    return `it ran in a container named ${named}, which may be this one or another`;
  return isSameHardware(machine, here) ? null : `it ran on another machine that is also named ${named}`;
}

function isSameHardware(machine: Readonly<Record<string, unknown>>, here: MachineName): boolean {
  const os = isObject(machine.os) ? machine.os : {};
  const cpu = isObject(machine.cpu) ? machine.cpu : {};
  return (
    os.platform === here.platform && os.machine === here.architecture && (cpu.model ?? null) === here.cpuModel
  );
}

function saidBy({ by, time, reason }: Reconciliation): string {
  return `recorded as lost${by === null ? "" : ` by ${by}`} on ${time.slice(0, 10)}: ${reason}`;
}

function lost(reason: string): Seen {
  return { state: "lost", reason };
}

function unknown(reason: string): Seen {
  return { state: "unknown", reason };
}
