/** Gives the commits of a snapshot a ref of their own, and sees to it that no object of them is lost. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "../../failures.js";
import { type Blobs, findBlobs, type NewPaths } from "./new-objects.js";
import { type Place, runInPlace } from "./place.js";
import { ask, type CommitRequest, type Commits, storeCommits, type Trees } from "./store-commits.js";

export interface KeepRequest extends CommitRequest {
  readonly ref: string;
}

export interface KeptCommits extends Commits {
  /** Ids of the commit's new files, by the key of their path. */
  readonly blobs: Blobs;
}

/**
 * Every Git is started at once and waits for what it is to read: starting one takes longer than its work.
 *
 * `undefined` when a garbage collection took objects away, or may yet do it: one that began before the ref was there goes on
 * deleting after it. No ref is left then.
 */
export async function keepCommits(
  trees: Trees,
  paths: NewPaths,
  request: KeepRequest,
  place: Place,
): Promise<KeptCommits | undefined> {
  const commits = storeCommits(trees, request, place);
  const created = createRef(request.ref, commits, place);
  const isCollected = created.then(() => isCollecting(place));
  const found = findBlobs(
    isCollected.then(() => commits),
    paths,
    place,
  );
  let kept: KeptCommits | undefined;
  try {
    const [stored, blobs] = await Promise.all([commits, found]);
    kept = blobs === undefined || (await isCollected) ? undefined : { ...stored, blobs };
    return kept;
  } finally {
    if (kept === undefined) await deleteIfCreated(request.ref, created, commits, place);
  }
}

/** `git gc` leaves its number there for as long as it runs. */
export function isCollecting({ captured }: Place): boolean {
  return existsSync(join(captured.commonDirectory, "gc.pid"));
}

/** There must be none of that name yet. */
export async function createRef(ref: string, commits: Promise<Commits>, place: Place): Promise<void> {
  const input = commits.then(({ commit }) => `create ${ref} ${commit}\n`);
  await ask(["update-ref", "--no-deref", "--stdin"], input, place);
}

async function deleteIfCreated(
  ref: string,
  created: Promise<void>,
  commits: Promise<Commits>,
  place: Place,
): Promise<void> {
  const [outcome] = await Promise.allSettled([created]);
  if (outcome.status === "rejected") return;
  const { commit } = await commits;
  outputOf(await runInPlace(["update-ref", "--no-deref", "-d", ref, commit], place), place.env);
}
