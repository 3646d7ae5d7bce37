/** From a content or a run to what was made of it: the runs that read it, what they left, who read that. */
import { type CheckedRun, inputState, togetherOf } from "./check-run.js";
import { addLink, addNode, contentNode, emptyContent, runNode } from "./graph.js";
import type { KnownRun, Named, Related } from "./index-runs.js";
import { configName } from "./search-lists.js";
import { artifactState, type Step, troubleOf, type Walk } from "./trace-back.js";

/** `contents`: digests that were asked about. */
export async function walkForward(
  contents: readonly string[],
  start: readonly Step[],
  walk: Walk,
): Promise<void> {
  const met = new Set<string>();
  let steps: Step[] = [...start, ...contents.flatMap((sha256) => readersOf(sha256, 0, met, walk))];
  while (steps.length > 0) {
    const fresh = [...new Map(steps.map((step) => [step.run.id, step])).values()].filter(
      ({ run }) => !walk.seen.has(run.id),
    );
    const checked = await walk.checker.check(fresh.map(({ run }) => run));
    const next: Step[] = [];
    for (const [at, { run, depth }] of fresh.entries()) {
      walk.seen.set(run.id, checked[at] as CheckedRun);
      addNode(walk.graph, { ...runNode(run, depth), detail: troubleOf(checked[at] as CheckedRun) });
      next.push(...(await addProducts(run, depth, met, walk)), ...relativesOf(run, depth, walk));
    }
    steps = next;
  }
  linkReaders(walk);
  linkRelatives(walk);
}

/** What the run kept; its own facts and logs lead nowhere, unless somebody read them. */
async function addProducts(run: KnownRun, depth: number, met: Set<string>, walk: Walk): Promise<Step[]> {
  const steps: Step[] = [];
  for (const { name, path, sha256 } of run.artifacts) {
    const isOwn = /^(00_run_metadata|logs)\//.test(path);
    if (isOwn && (sha256 === emptyContent || walk.index.readersOf(sha256).length === 0)) continue;
    const node = addNode(walk.graph, contentNode(sha256, name, depth + 1));
    const result = await walk.checker.checkArtifact((walk.seen.get(run.id) as CheckedRun).record, name);
    addLink(walk.graph, node, "made-by", `run:${run.id}`, { name, ...artifactState(result, sha256) });
    steps.push(...readersOf(sha256, depth + 1, met, walk, run));
  }
  return steps;
}

function readersOf(sha256: string, depth: number, met: Set<string>, walk: Walk, maker?: KnownRun): Step[] {
  if (met.has(sha256) || sha256 === emptyContent) return [];
  met.add(sha256);
  const readers = walk.index.readersOf(sha256).filter((reader) => isLater(reader, maker));
  const shown = readers.slice(0, walk.limit);
  const node = walk.graph.nodes.get(`content:${sha256}`);
  if (node !== undefined) addNode(walk.graph, { ...node, omitted: readers.length - shown.length });
  return shown.map(({ run }) => ({ run, depth: depth + 1 }));
}

/** What began before the content was made had it from elsewhere. */
function isLater({ run }: Named, maker: KnownRun | undefined): boolean {
  return maker === undefined || (run.id !== maker.id && (run.time ?? 0) >= (maker.time ?? 0));
}

/** Runs that began from this one; what they left is part of the answer. */
function relativesOf(run: KnownRun, depth: number, { index, limit }: Walk): Step[] {
  return index
    .relativesOf(run.id)
    .slice(0, limit)
    .map((related: Related) => ({ run: related.run, depth: depth + 1 }));
}

function linkReaders({ graph, index, seen }: Walk): void {
  for (const { id, kind, digest } of [...graph.nodes.values()]) {
    if (kind !== "content" || digest === null) continue;
    for (const { run, name } of index.readersOf(digest)) {
      const checked = seen.get(run.id);
      if (checked === undefined) continue;
      const isConfig = name === configName && checked.inputs.every(({ subject }) => subject !== name);
      const said = isConfig ? togetherOf(checked.own) : inputState(checked, name);
      addLink(graph, `run:${run.id}`, "read", id, { name, ...said });
    }
  }
}

function linkRelatives({ graph, index, seen }: Walk): void {
  for (const id of seen.keys()) {
    for (const { run, relation } of index.relativesOf(id))
      if (seen.has(run.id)) addLink(graph, `run:${run.id}`, relation, `run:${id}`);
  }
}
