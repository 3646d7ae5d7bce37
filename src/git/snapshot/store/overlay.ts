/** The tree that is laid over the submodules: their changed files, byte for byte, by their path from the root of all. */
import { join } from "node:path";
import { outputOf } from "../../failures.js";
import type { TakenFile } from "../find/gather.js";
import { type Place, runInPlace } from "./place.js";
import { buildIndex } from "./temporary-index.js";

/** `shelf`: the folder of the copies, one a file and in their order. `index` must not exist yet. */
export async function storeOverlay(
  taken: readonly TakenFile[],
  shelf: string,
  index: string,
  place: Place,
): Promise<string> {
  // A submodule has filters and settings of its own; as bytes its files come back whatever these are.
  const input = taken.map((_, count) => `${join(shelf, String(count))}\n`).join("");
  const words = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
  const ids = outputOf(await runInPlace(words, place, { input }), place.env)
    .toString()
    .split("\n");
  const edits = taken.map(({ name, mode }, count) => ({ name, entry: { mode, oid: ids[count] ?? "" } }));
  await buildIndex(index, undefined, { edits, names: [], workTree: shelf }, place);
  return writeTree(index, place);
}

/** Objects that are missing show when all are asked for, after the ref keeps them; until then nothing is sure anyway. */
export async function writeTree(index: string, place: Place): Promise<string> {
  const outcome = await runInPlace(["write-tree", "--missing-ok"], place, { index });
  return outputOf(outcome, place.env).toString().trim();
}
