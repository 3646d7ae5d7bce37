/** One attempt: the tree opened and filled, the command run and recorded, what came out compared, the tree taken away. */
import type { Worktree } from "../../git/worktree/open-worktree.js";
import { compareEnvironment } from "./compare/compare-environment.js";
import { compareRuns } from "./compare/compare-runs.js";
import { asMissing, couldNotRun, missing } from "./missing.js";
import type { Plan } from "./plan-reproduction.js";
import { type PreparedTree, prepareTree, type TreePlaces } from "./prepare-tree.js";
import { type Recorded, recordAgain } from "./record-again.js";
import { inputPaths } from "./recorded-inputs.js";
import type { ReproduceObserver, ReproducePorts } from "./reproduce-run.js";
import type { Missing, Reproduction } from "./result.js";

export interface Tried {
  readonly known: Reproduction;
  /** `undefined` when nothing more can be said. */
  readonly recorded?: Recorded;
}

export async function tryOnce(
  plan: Plan,
  count: number,
  ports: ReproducePorts,
  observer: ReproduceObserver,
): Promise<Tried> {
  const { request, source, commands, root, code, known } = plan;
  const first = count === 1;
  const capturing = first ? ports.captureEnvironment(commands, ports.userCwd(root, source.cwd)) : undefined;
  capturing?.catch(() => {}); // Heard of below; until then it is nobody's.
  const levels = levelsAbove(source.cwd, inputPaths(request.source));
  const opened = await ports
    .openWorktree(code, root, levels)
    .catch(asMissing("code", code.commit.slice(0, 7)));
  if ("what" in opened) return { known: couldNotRun(known, [opened]) };
  const place = request.keep ? { ...known, worktree: opened.root } : known;
  let tried: Tried | undefined;
  try {
    const places = ports.placesOf(opened, root, source.cwd);
    const prepared = await prepareTree(request.source, source, commands, places, ports).catch(
      asMissing("code", code.commit.slice(0, 7)),
    );
    if ("what" in prepared) return { known: couldNotRun(place, [prepared]) };
    const now = await capturing?.catch(asMissing("record", "environment"));
    if (now !== undefined && "what" in now) return { known: couldNotRun(place, [now]) };
    const environment = now === undefined ? known.environment : compareEnvironment(request.source, now);
    const ready = withPrepared(place, prepared, opened, environment, first);
    const signal = ports.interrupted();
    if (signal !== null) return { known: couldNotRun(ready, [stopped(signal)]) };
    if (ready.missing.length > 0) return { known: couldNotRun(ready, ready.missing) };
    if (first) observer.planned(ready);
    if (request.dryRun)
      return { known: { ...ready, summary: "not attempted: --dry-run; nothing is missing" } };
    if (first && known.elsewhere !== null && !request.yes && !(await ports.confirm(ready)))
      return {
        known: { ...ready, summary: `not attempted: ${known.elsewhere}; --yes runs it all the same` },
      };
    tried = await runAndCompare(plan, ready, prepared, places, count, ports);
    return tried;
  } finally {
    // Of several the last one is kept.
    const isLast = tried?.recorded === undefined || count === request.runs;
    if (request.keep && isLast) opened.keep();
    else opened.remove();
  }
}

function withPrepared(
  known: Reproduction,
  { brought, missing: gone, notes }: PreparedTree,
  { faults }: Worktree,
  environment: Reproduction["environment"],
  first: boolean,
): Reproduction {
  const wrong = faults.map(({ what, subject, reason }) => missing(what, subject, reason));
  const said = first ? { brought, notes: [...known.notes, ...notes] } : {};
  return { ...known, environment, missing: [...wrong, ...gone], ...said };
}

async function runAndCompare(
  plan: Plan,
  ready: Reproduction,
  { inputs }: PreparedTree,
  places: TreePlaces,
  count: number,
  ports: ReproducePorts,
): Promise<Tried> {
  const { request, source, commands, code } = plan;
  const asked = {
    source: request.source,
    namespace: request.namespace,
    recorded: source,
    commands,
    places,
    inputs,
  };
  const facts = { tree: code.tree, given: [...request.given.keys()], attempt: count, attempts: request.runs };
  const before = await ports.listRefs(plan.root);
  const recorded = await recordAgain({ ...asked, ...facts }, ports).catch(
    asMissing("record", plan.known.run.id),
  );
  if ("what" in recorded) return { known: couldNotRun(ready, [recorded]) };
  const moved = movedRefs(before, await ports.listRefs(plan.root));
  const signal = ports.interrupted();
  if (signal !== null) return { known: couldNotRun(ready, [stopped(signal)]) };
  const attempt = await compareRuns(request.source, recorded, request.tolerance, ports);
  const notes = [...new Set([...ready.notes, ...moved])];
  return { known: { ...ready, notes, attempts: [...ready.attempts, attempt] }, recorded };
}

/** Linked work trees share the branches and tags of their repository. */
function movedRefs(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} of your repository changed while the command ran`);
}

function stopped(signal: string): Missing {
  return missing("interrupted", signal, "it arrived before the command had ended by itself");
}

/** `../data` is above the place where the command runs: so many folders the work tree needs above it. */
function levelsAbove(cwd: string, paths: readonly string[]): number {
  const deep = cwd === "." ? 0 : cwd.split("/").length;
  const ups = paths.map((path) => /^(?:\.\.\/)*/.exec(path)?.[0].length ?? 0);
  return Math.max(0, Math.max(0, ...ups) / 3 - deep);
}
