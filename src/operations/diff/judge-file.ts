/** Whether two runs had the same version of a file, by what the commits have and which edits are listed on top. */
import type { TreeEntry, TreeFile } from "../../git/trees/diff-trees.js";
import type { Outcome } from "./comparison.js";
import type { Edit } from "./edits.js";

/** What a run had at a path. */
type Version =
  /** What the commit has, `null` for nothing; or that with another mode. */
  | { readonly known: TreeEntry | null }
  /** Something that the commit, which has `base`, does not have. */
  | { readonly unlike: TreeEntry | null }
  | { readonly sha256: string }
  | "anything";

/** An edit, if one is listed, and whether all edits are. */
type Side = readonly [edit: Edit | undefined, isComplete: boolean];

interface Judgement {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** `file` is `undefined` where the commits agree; `committed` is unknown where they could not be compared. */
export function judgeFile(committed: Outcome, file: TreeFile | undefined, a: Side, b: Side): Judgement {
  const isNew = [a, b].some(([edit]) => edit?.isNew === true);
  const shared = isNew ? null : agreed;
  const [inA, inB] = file === undefined ? [shared, shared] : [file.a, file.b];
  return judge(
    committed === "unknown" ? unknownBelow(a) : versionOf(inA, a),
    committed === "unknown" ? unknownBelow(b) : versionOf(inB, b),
  );
}

/** Stands for what both commits have alike. */
const agreed: TreeEntry = { mode: "agreed", oid: "agreed" };

function versionOf(entry: TreeEntry | null, [edit, isComplete]: Side): Version {
  if (edit === undefined) return isComplete || entry === agreed ? { known: entry } : "anything";
  if (edit.word === "deleted") return { known: null };
  if (edit.word === "hidden") return edit.sha256 === null ? "anything" : { sha256: edit.sha256 };
  if (edit.word === "mode" && entry !== null) return { known: { ...entry, mode: otherMode(entry.mode) } };
  return { unlike: entry };
}

function unknownBelow([edit]: Side): Version {
  if (edit?.word === "deleted") return { known: null };
  return edit?.word === "hidden" && edit.sha256 !== null ? { sha256: edit.sha256 } : "anything";
}

function otherMode(mode: string): string {
  return mode === "100644" ? "100755" : mode === "100755" ? "100644" : "other";
}

function judge(a: Version, b: Version): Judgement {
  if (a === "anything" || b === "anything") return notKnown;
  if ("sha256" in a && "sha256" in b) return certain(a.sha256 === b.sha256 ? "same" : "changed");
  if ("sha256" in a || "sha256" in b) return notKnown;
  if ("known" in a && "known" in b) return certain(outcomeOf(a.known, b.known));
  if ("known" in a && "unlike" in b) return againstEdit(a.known, b.unlike, "only_b");
  if ("unlike" in a && "known" in b) return againstEdit(b.known, a.unlike, "only_a");
  return notKnown;
}

/** An edit differs from what it began with, and is something where the other run had nothing. */
function againstEdit(known: TreeEntry | null, base: TreeEntry | null, only: Outcome): Judgement {
  if (known === null) return certain(only);
  return isSameEntry(known, base) ? certain("changed") : notKnown;
}

function outcomeOf(a: TreeEntry | null, b: TreeEntry | null): Outcome {
  if (isSameEntry(a, b)) return "same";
  if (a === null) return "only_b";
  return b === null ? "only_a" : "changed";
}

function isSameEntry(a: TreeEntry | null, b: TreeEntry | null): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function certain(outcome: Outcome): Judgement {
  return { outcome, reason: null };
}

const notKnown: Judgement = { outcome: "unknown", reason: "uncommitted edits are not recorded" };
