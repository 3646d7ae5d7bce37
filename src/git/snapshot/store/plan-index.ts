/** What has to change in a copy of the user's index, so that it says what the work tree holds. */
import { type Findings, listLeftOut } from "../find/findings.js";
import { keyOf } from "../paths.js";
import type { IndexEdit, IndexPlan } from "./temporary-index.js";

export function planIndex(found: Findings, isOwn: (path: string) => boolean): IndexPlan {
  const { gathered, copies } = found;
  const inTheWay = gathered.gone.filter(({ isReplaced }) => isReplaced);
  const edits: IndexEdit[] = [
    ...withoutBits(found),
    ...asCommitted(found, isOwn),
    ...inTheWay.map(({ name }) => ({ name, entry: null })),
    ...checkedOut(found),
  ];
  const gone = gathered.gone.filter(({ isReplaced }) => !isReplaced);
  return { edits, names: [...gathered.taken, ...gone].map(({ name }) => name), workTree: copies.tree };
}

/** With its bit, Git would not look at the copy either. */
function withoutBits({ candidates, gathered }: Findings): IndexEdit[] {
  const taken = new Set(gathered.taken.map(({ name }) => keyOf(name)));
  return candidates.hidden
    .filter(({ name }) => taken.has(keyOf(name)))
    .map(({ name, entry }) => ({ name, entry }));
}

/** What stays out must not come in by having been staged; neither must our own records. */
function asCommitted(found: Findings, isOwn: (path: string) => boolean): IndexEdit[] {
  const gone = new Set(found.gathered.gone.map(({ name }) => keyOf(name)));
  const leftOut = new Set(listLeftOut(found).map(({ name }) => keyOf(name)));
  return [...found.candidates.committed.values()].filter(
    ({ name }) => isOwn(name.path) || (leftOut.has(keyOf(name)) && !gone.has(keyOf(name))),
  );
}

/** A submodule is the commit it is at; those that lie in others are theirs to tell. */
function checkedOut({ candidates, submodules }: Findings): IndexEdit[] {
  const own = new Set(candidates.submodules.map(keyOf));
  return submodules.flatMap(({ name, commit }) =>
    commit === null || !own.has(keyOf(name)) ? [] : [{ name, entry: { mode: "160000", oid: commit } }],
  );
}
