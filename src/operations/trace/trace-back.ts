/** From a run to what it came from, and on to the runs that made its data, as far as records reach. */

import { asDigest, type CheckResult } from "../verify/result.js";
import { addOrigins, addTruths } from "./add-origins.js";
import { type CheckedRun, inputState, type RunChecker, togetherOf } from "./check-run.js";
import { addLink, addNode, contentNode, emptyContent, type Graph, runNode } from "./graph.js";
import type { FigureIndexed } from "./index-figures.js";
import type { KnownRun, Named, RunIndex } from "./index-runs.js";

export interface Walk {
  readonly graph: Graph;
  readonly index: RunIndex;
  readonly figures: FigureIndexed;
  readonly direction: "back" | "forward";
  readonly checker: RunChecker;
  /** At most so many runs are shown for one content; the newest. */
  readonly limit: number;
  /** Runs that were looked at, by id. */
  readonly seen: Map<string, CheckedRun>;
}

export interface Step {
  readonly run: KnownRun;
  readonly depth: number;
}

/** Level by level, so that every run is looked at once, and Git is asked once for each level. */
export async function walkBack(start: readonly Step[], walk: Walk): Promise<void> {
  let steps = start;
  while (steps.length > 0) {
    const fresh = uniqueRuns(steps).filter(({ run }) => !walk.seen.has(run.id));
    const checked = await walk.checker.check(fresh.map(({ run }) => run));
    const next: Step[] = [];
    for (const [at, { run, depth }] of fresh.entries()) {
      const found = checked[at] as CheckedRun;
      walk.seen.set(run.id, found);
      addNode(walk.graph, { ...runNode(run, depth), detail: troubleOf(found) });
      addOrigins(run, found, depth, walk);
      await addTruths(run, found, depth, walk);
      next.push(...addInputs(run, found, depth, walk));
    }
    steps = next;
  }
  await linkMakers(walk);
}

function uniqueRuns(steps: readonly Step[]): Step[] {
  return [...new Map(steps.toReversed().map((step) => [step.run.id, step])).values()].toReversed();
}

/** What is wrong with the record itself, where something is: then nothing that it says is certain. */
export function troubleOf({ own }: CheckedRun): string | null {
  const { state, reason } = togetherOf(own);
  if (state === "ok" || state === "unknown" || state === "not-here") return null;
  return `its record ${state === "differs" ? "differs" : `is ${state}`}${reason === null ? "" : `: ${reason}`}`;
}

function addInputs(run: KnownRun, checked: CheckedRun, depth: number, walk: Walk): Step[] {
  const { graph } = walk;
  return run.inputs.flatMap(([name, sha256]) => {
    const { state, reason } = inputState(checked, name);
    const makers = earlierMakers(run, sha256, walk);
    const shown = makers.slice(0, walk.limit);
    const node = addNode(graph, {
      ...contentNode(sha256, name, depth + 1),
      omitted: makers.length - shown.length,
    });
    addLink(graph, `run:${run.id}`, "read", node, { name, state, reason });
    return shown.map((maker) => ({ run: maker.run, depth: depth + 2 }));
  });
}

/** A run that began later cannot have made what this one read, though the bytes are the same. */
function earlierMakers(run: KnownRun, sha256: string, { index }: Walk): readonly Named[] {
  if (sha256 === emptyContent) return [];
  return index
    .makersOf(sha256)
    .filter(
      (maker) => maker.run.id !== run.id && (maker.run.time ?? 0) <= (run.time ?? Number.POSITIVE_INFINITY),
    );
}

/** A list may be older than the file that it names. */
export function artifactState(
  result: CheckResult | null,
  sha256: string,
): Pick<CheckResult, "state" | "reason"> {
  if (result === null) return { state: "unknown", reason: "no digest of it was recorded" };
  const isOther = result.state === "ok" && result.found !== null && result.found !== asDigest(sha256);
  if (isOther) return { state: "differs", reason: `${result.subject}: its digest differs` };
  return { state: result.state, reason: result.reason };
}

/** Between contents and the runs among those looked at that left them; only now all of them are known. */
async function linkMakers({ graph, index, checker, seen }: Walk): Promise<void> {
  for (const { id, digest, kind } of [...graph.nodes.values()]) {
    if (kind !== "content" || digest === null || digest === emptyContent) continue;
    for (const { run, name } of index.makersOf(digest)) {
      const checked = seen.get(run.id);
      if (checked === undefined) continue;
      const result = await checker.checkArtifact(checked.record, name);
      const { state, reason } = result ?? {
        state: "unknown" as const,
        reason: "no digest of it was recorded",
      };
      addLink(graph, id, "made-by", `run:${run.id}`, { name, state, reason });
    }
  }
}
