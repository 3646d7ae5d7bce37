/** Puts what was found into Git: through a temporary index into a tree, and the tree into a commit that a ref keeps. */
import { GitError } from "../../../errors.js";
import { isOwnPath } from "../../../manifest/ids.js";
import { type Findings, listLeftOut, listOverlay } from "../find/findings.js";
import { keyOf } from "../paths.js";
import { isCollecting, type KeepRequest, type KeptCommits, keepCommits } from "./keep-commits.js";
import { keepInPack, withOwnStore } from "./keep-in-pack.js";
import type { NewPaths } from "./new-objects.js";
import { storeOverlay, writeTree } from "./overlay.js";
import { inScratch, type Place } from "./place.js";
import { planIndex } from "./plan-index.js";
import { type Expectation, type Proof, proveTree } from "./prove-tree.js";
import {
  type BuiltIndex,
  buildIndex,
  copyIndex,
  type IndexPlan,
  type StartIndex,
} from "./temporary-index.js";

export interface StoredFiles extends KeptCommits {
  readonly filtersFailed: readonly string[];
  readonly proof: Proof;
}

/** The first without a store of our own, unless a collection is running: it costs three Gits less, and leaves no pack. */
const mostAttempts = 6;

/** Throws when it cannot be done; no ref is left then. */
export async function storeFiles(
  found: Findings,
  request: Omit<KeepRequest, "attempt">,
  place: Place,
): Promise<StoredFiles> {
  const isOwn = (path: string) => isOwnPath(path, place.captured.records);
  const start = copyIndex(place);
  const plan = planIndex(found, isOwn);
  const expected = expectationOf(found, isOwn);
  const paths = newPathsOf(found, plan);
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const keep = { ...request, attempt };
    const isPacked = attempt > 1 || isCollecting(place);
    const here = isPacked ? withOwnStore(place, attempt) : place;
    const built = buildBoth(attempt, start, plan, found, here);
    const proof = built.then(({ index }) => proveTree(index.path, expected, here));
    const trees = {
      tree: built.then(({ index }) => writeTree(index.path, here)),
      overlay: paths.overlay.length === 0 ? null : built.then(({ overlay }) => overlay as string),
    };
    const keeping = isPacked ? keepInPack(trees, keep, here) : keepCommits(trees, paths, keep, here);
    await Promise.allSettled([keeping, proof]);
    const stored = await unlessLost(keeping);
    if (stored === undefined) continue;
    const { filtersFailed } = (await built).index;
    return { ...stored, filtersFailed, proof: await proof };
  }
  throw new ObjectsLost();
}

function newPathsOf(found: Findings, { edits }: IndexPlan): NewPaths {
  const { taken, gone } = found.gathered;
  return {
    files: taken.map(({ name }) => name),
    touched: [...gone, ...edits].map(({ name }) => name),
    overlay: listOverlay(found).map(({ name }) => name),
  };
}

/** Collections took the objects away before a ref could protect them, again and again. */
export class ObjectsLost extends Error {}

interface Built {
  readonly index: BuiltIndex;
  /** The tree that is laid over the submodules. */
  readonly overlay: string | null;
}

async function buildBoth(
  attempt: number,
  start: StartIndex | undefined,
  plan: IndexPlan,
  found: Findings,
  place: Place,
): Promise<Built> {
  const taken = listOverlay(found);
  const [index, overlay] = await Promise.all([
    buildIndex(inScratch(place, `index.${attempt}`), start, plan, place),
    taken.length === 0
      ? null
      : storeOverlay(taken, found.copies.overlay, inScratch(place, `overlay.${attempt}`), place),
  ]);
  return { index, overlay };
}

/** `undefined` when an object was gone that had just been written. */
async function unlessLost(keeping: Promise<KeptCommits | undefined>): Promise<KeptCommits | undefined> {
  try {
    return await keeping;
  } catch (error) {
    if (saysLost(error)) return undefined;
    throw error;
  }
}

function saysLost(error: unknown): boolean {
  // Behind the line with the words of the call, which speak of objects too.
  const whole = error instanceof GitError ? String((error.cause as Error | undefined)?.message) : "";
  const said = whole.slice(whole.indexOf("\n") + 1);
  if (/No space left|quota exceeded|already exists|denied|permission|read-only/i.test(said)) return false;
  return /object|not a tree|unable to read|could not parse|failed to read/i.test(said);
}

function expectationOf(found: Findings, isOwn: (path: string) => boolean): Expectation {
  const { candidates, submodules } = found;
  const unreadable = submodules.filter(({ isReadable }) => !isReadable);
  const known = [...listLeftOut(found), ...unreadable].map(({ name }) => name);
  return {
    leftOut: new Set([...known, ...candidates.nested].map(keyOf)),
    submodules: new Map(submodules.map(({ name, isDirty }) => [keyOf(name), isDirty])),
    overlay: listOverlay(found),
    isOwn,
  };
}
