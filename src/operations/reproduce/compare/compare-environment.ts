/** The environment that a run had, and the one that it would have here and now. Told first, before anything runs. */
import type { Machine } from "../../../generated/types.js";
import { kinds } from "../../../kinds/table.js";
import { diffEnvironment } from "../../diff/environment.js";
import { extensionKeyOf } from "../../records/load/extension.js";
import type { LoadedRun } from "../../records/load/loaded-run.js";
import { type Here, processOf, whyNotHere } from "../../records/state/observe-run.js";
import type { EnvironmentDifference } from "../result.js";

export interface EnvironmentNow {
  readonly env: Readonly<Record<string, string>>;
  readonly machine: Machine;
  /** As `environment.json` has them. */
  readonly slowFacts: Readonly<Record<string, unknown>> | null;
}

export function compareEnvironment(source: LoadedRun, now: EnvironmentNow): EnvironmentDifference[] {
  const key = source.manifest === null ? null : extensionKeyOf(source.manifest, kinds.experiment);
  if (source.manifest === null || key === null) return [];
  const extension = source.manifest[key] as object;
  const here: LoadedRun = {
    ...source,
    manifest: { ...source.manifest, env: now.env as never, [key]: { ...extension, machine: now.machine } },
    environment: now.slowFacts,
  };
  const { facts, packages } = diffEnvironment(source, here);
  return [...facts, ...packages.python.differing, ...packages.node.differing]
    .filter(
      ({ outcome, name, a, b }) => outcome !== "same" && !isOfTheTree(name) && (a !== null || b !== null),
    )
    .map(({ name, outcome, a, b }) => ({ name, outcome, recorded: a, now: b }));
}

/** Lock files come with the recorded tree. */
function isOfTheTree(name: string): boolean {
  return name === "lock files" || name.startsWith("lock file ");
}

/** Why the run may not have been made on this machine; `null` when it was. */
export function whyElsewhere({ run, manifest }: LoadedRun, namespace: string, here: Here): string | null {
  const tracker = processOf(run, namespace);
  // A boot has an id of its own, on whichever machine, and containers share that of theirs.
  const isThisBoot = tracker !== null && tracker.boot_id !== null && tracker.boot_id === here.bootId;
  if (isThisBoot && tracker.pid_namespace === here.pidNamespace) return null;
  return whyNotHere(manifest, namespace, here.machine);
}
