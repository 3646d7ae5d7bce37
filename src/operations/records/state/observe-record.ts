/** The state of a recorded run and what was decided about it, read from no more of its record than that takes. */
import { ColophonError, type Finding } from "../../../errors.js";
import type { ExperimentManifest } from "../../../kinds/experiment.js";
import type { RunManifest } from "../../../kinds/run/run.js";
import { upgradeRun } from "../../../kinds/run/upgrade.js";
import { defaultRules, kinds } from "../../../kinds/table.js";
import type { Rules } from "../../../manifest/kind.js";
import { isObject } from "../../../manifest/validate.js";
import type { ObservedState } from "../load/loaded-run.js";
import { type ReadManifestPorts, readManifest } from "../load/read-manifest.js";
import {
  decisionOn,
  type Here,
  observeRun,
  processOf,
  type Reconciliation,
  type TrackerProcess,
} from "./observe-run.js";
import { mostReconciled, parseReconciliations, reconciledPath } from "./reconciliations.js";

export interface ObservePorts extends ReadManifestPorts {
  readonly namespaceOf: (folder: string) => string;
  readonly here: Here;
}

export interface ObservedRun {
  readonly observed: ObservedState;
  readonly process: TrackerProcess | null;
  /** The last line of `reconciled.jsonl` that decides about the state. */
  readonly decision: Reconciliation | undefined;
  /**
   * - `scanned`: whatever the logs hold has been searched for secrets.
   * - `unscanned`: something was written when nobody searched any more, or is still written.
   */
  readonly logs: "scanned" | "unscanned";
  /** Lines of `reconciled.jsonl` that are none. */
  readonly findings: readonly Finding[];
}

/** `folder` absolute. @throws LifecycleError when it has no readable run manifest. */
export function observeRecord(folder: string, ports: ObservePorts): ObservedRun {
  const rules = defaultRules({ namespace: ports.namespaceOf(folder) });
  const { run } = upgradeRun(readManifest(folder, kinds.run, rules, ports).value);
  const { reconciliations, findings } = parseReconciliations(
    ports.readFile(folder, reconciledPath, mostReconciled),
  );
  const manifest = run.status === "running" ? findExperiment(folder, rules, ports) : null;
  const observed = observeRun(run, rules.namespace, manifest, reconciliations, ports.here);
  return {
    observed,
    process: processOf(run, rules.namespace),
    decision: decisionOn(reconciliations),
    logs: isScanned(run, rules.namespace, observed, reconciliations) ? "scanned" : "unscanned",
    findings,
  };
}

/** Without it only the machine is not known; what is wrong with it is said elsewhere. */
function findExperiment(folder: string, rules: Rules, ports: ObservePorts): ExperimentManifest | null {
  try {
    return readManifest(folder, kinds.experiment, rules, ports).value as ExperimentManifest;
  } catch (error) {
    if (error instanceof ColophonError) return null;
    throw error;
  }
}

/** A tracker searches what it writes. What is written after its end, by children of the command or after its death, nobody does. */
function isScanned(
  run: RunManifest,
  namespace: string,
  { state }: ObservedState,
  reconciliations: readonly Reconciliation[],
): boolean {
  if (state === "running") return true;
  if (reconciliations.some(({ decision }) => decision !== "reverted")) return true;
  if (run.status === "running") return false;
  const extension = run[namespace];
  const result = isObject(extension) ? extension.result : undefined;
  const logs = isObject(result) && isObject(result.logs) ? result.logs : {};
  return [logs.stdout, logs.stderr].every(
    (log) => !isObject(log) || log.kept !== true || log.complete === true,
  );
}
