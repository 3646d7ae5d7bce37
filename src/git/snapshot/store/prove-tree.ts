/** Compares what was stored with what is on disk, right before the command starts. */
import type { NamedPath } from "../../byte-path.js";
import { outputOf } from "../../failures.js";
import { parseStatus, type StatusEntry } from "../../status/status.js";
import type { TakenFile } from "../find/gather.js";
import { lookInto } from "../find/look.js";
import { keyOf } from "../paths.js";
import { type Place, runInPlace } from "./place.js";

export interface Expectation {
  /** Keys of what is known to differ: files left out, repositories that are not captured. */
  readonly leftOut: ReadonlySet<string>;
  /** By key: whether the files of a submodule differ from its commit. */
  readonly submodules: ReadonlyMap<string, boolean>;
  /** Files of submodules, which Git compares with another index than this one. */
  readonly overlay: readonly TakenFile[];
  readonly isOwn: (path: string) => boolean;
}

/** `held` is `null` when Git could not tell. */
export interface Proof {
  readonly held: boolean | null;
  readonly differing: readonly NamedPath[];
}

/**
 * Git compares the whole work tree with the index that the tree was written from. It knows of the stored files only the content, so
 * it reads each of them again, through the same filters.
 */
export async function proveTree(index: string, expected: Expectation, place: Place): Promise<Proof> {
  const words = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=none"];
  try {
    const outcome = await runInPlace([...words, "--no-renames"], place, { index });
    const { entries } = parseStatus(outputOf(outcome, place.env));
    const look = lookInto(place.captured.root);
    const differing = [
      ...entries.filter((entry) => differs(entry, expected)).map(({ name }) => name),
      ...expected.overlay.filter(({ name, state }) => look(name).state !== state).map(({ name }) => name),
    ];
    return { held: differing.length === 0, differing };
  } catch {
    return { held: null, differing: [] };
  }
}

function differs(
  { name, kind, worktree, submodule }: StatusEntry,
  { leftOut, submodules, isOwn }: Expectation,
): boolean {
  if (isOwn(name.path) || leftOut.has(keyOf(name))) return false;
  if (kind === "tracked" && worktree === ".") return false;
  if (submodule !== null && !submodule.commit_changed) return submodules.get(keyOf(name)) !== true;
  return true;
}
