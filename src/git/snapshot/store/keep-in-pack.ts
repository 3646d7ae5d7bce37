/**
 * The same beside a garbage collection. Single objects that nothing leads to yet are what it deletes, so they are made in a store of
 * our own, and enter the repository together, as a pack with a mark that collections respect. Git receives a fetch that way.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "../../failures.js";
import { createRef, type KeepRequest, type KeptCommits } from "./keep-commits.js";
import { listNewObjects } from "./new-objects.js";
import { inScratch, type Place, runInPlace } from "./place.js";
import { storeCommits, type Trees } from "./store-commits.js";

/** What Git writes there goes into a store of its own, made anew for each attempt. */
export function withOwnStore(place: Place, attempt: number): Place {
  const store = inScratch(place, `objects.${attempt}`);
  mkdirSync(store, { mode: 0o700 });
  return { ...place, store };
}

/** `place`: with a store of its own, in which everything was made so far. */
export async function keepInPack(trees: Trees, request: KeepRequest, place: Place): Promise<KeptCommits> {
  const commits = await storeCommits(trees, request, place);
  const { ids, blobs } = await listNewObjects(commits, place);
  const input = ids.map((id) => `${id}\n`).join("");
  const packed = await runInPlace(["pack-objects", "--quiet", "--stdout"], place, { input });
  const pack = outputOf(packed, place.env);
  const { store: _, ...repository } = place;
  try {
    const words = ["index-pack", "--stdin", `--keep=${mark}`];
    outputOf(await runInPlace(words, repository, { input: pack }), place.env);
    await createRef(request.ref, Promise.resolve(commits), repository);
  } finally {
    // From here on it is the ref that keeps the objects. A pack that could not be finished has none, and a collection may have put it
    // on its list: the next attempt's has another name.
    rmSync(markOf(pack, place), { force: true });
  }
  return { ...commits, blobs };
}

/** A pack is named for the checksum at its end. */
function markOf(pack: Buffer, { captured }: Place): string {
  const checksum = pack.subarray(-captured.git.sha.length / 2).toString("hex");
  return join(captured.commonDirectory, "objects/pack", `pack-${checksum}.keep`);
}

const mark = "colophon is making a snapshot";
