/** The code of two runs: the trees of their snapshots, or else of their commits, and on top the edits that are listed but not kept. */

import type { SnapshotFacts, Source } from "../../generated/types.js";
import type { TreeDiff, TreeEntry, TreeFile } from "../../git/trees/diff-trees.js";
import { kinds } from "../../kinds/table.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import {
  type Comparison,
  compare,
  type Outcome,
  type Section,
  unknown,
  type Verdict,
  verdictOf,
} from "./comparison.js";
import { type Edit, type Edits, editsNotKept, editsOf } from "./edits.js";
import { judgeFile } from "./judge-file.js";

export interface CodeFile extends Pick<TreeFile, "path" | "added" | "removed" | "hunks"> {
  /** Whether what the commits have is text; `null` where they agree, or the content is not in the repository. */
  readonly text: boolean | null;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** The same question of the two commits alone. */
  readonly committed: Outcome;
  /** What each commit has, where they differ. */
  readonly a: TreeEntry | null;
  readonly b: TreeEntry | null;
  /** How the file differed from the commit when the run started; that edit is not in the comparison. */
  readonly edited: { readonly a: Edit["word"] | null; readonly b: Edit["word"] | null };
}

export interface CodeDiff extends Section {
  /** Two commits can have one tree. */
  readonly commit: Comparison<string>;
  /** What the trees of the commits say, without Colophon's own records. */
  readonly trees: Verdict;
  /** By path: what differs, and what was edited. */
  readonly files: readonly CodeFile[];
}

export interface CodePorts {
  /** Of the two commits, full ids; `null` where no repository is at hand. */
  readonly diffTrees: (a: string, b: string) => Promise<TreeDiff | Unreadable | null>;
  /** Paths that are no code: run folders, the artifacts root. */
  readonly isLeftOut: (path: string) => boolean;
}

export interface Unreadable {
  readonly state: "unreadable";
  readonly reason: string;
}

export async function diffCode(a: LoadedRun, b: LoadedRun, ports: CodePorts): Promise<CodeDiff> {
  const [shaA, shaB] = [a.manifest?.git.sha, b.manifest?.git.sha];
  if (shaA === undefined || shaB === undefined) {
    const reason = "no commit is recorded";
    const commit = unknown("commit", shaA, shaB, reason);
    return { outcome: "unknown", reason, commit, trees: "unknown", files: [] };
  }
  const commit = compare("commit", shaA, shaB);
  const [ofA, ofB] = [commitSide(a, shaA, ports), commitSide(b, shaB, ports)];
  const kept = await compareSides(snapshotSide(a, ports) ?? ofA, snapshotSide(b, ports) ?? ofB, ports);
  // In a clone the commits are there, the snapshots only when they were pulled.
  const sides = typeof kept.trees === "string" ? await compareSides(ofA, ofB, ports) : kept;
  const { trees } = sides;
  if (typeof trees === "string") {
    const files = judgeFiles(null, sides.a.edits, sides.b.edits);
    return { outcome: "unknown", reason: trees, commit, trees: "unknown", files };
  }
  const files = judgeFiles(trees, sides.a.edits, sides.b.edits);
  const isComplete = sides.a.edits.isComplete && sides.b.edits.isComplete;
  const found = verdictOf(files);
  return {
    outcome: found === "same" && !isComplete ? "unknown" : found,
    reason: isComplete
      ? null
      : "there were edits that were not kept, and the record does not list all of them",
    commit,
    trees: trees.length === 0 ? "same" : "changed",
    files,
  };
}

/** What stands for the code of one run. */
interface Side {
  /** Full id. */
  readonly commit: string;
  /** Two sides of one of these are the same: that of the commit, and the same without the records of runs. */
  readonly trees: readonly (string | null)[];
  /** What the commit does not have. */
  readonly edits: Edits;
}

function commitSide({ manifest }: LoadedRun, commit: string, { isLeftOut }: CodePorts): Side {
  const source = capabilityOf(manifest, kinds.experiment, "source") as unknown as Source | null;
  const isOfCommit = source !== null && source.head.sha === commit;
  const trees = isOfCommit ? [source.head.tree, source.code_tree ?? null] : [];
  return { commit, trees, edits: editsOf({ manifest }, isLeftOut) };
}

/** `undefined` where no edits were kept. */
function snapshotSide({ manifest }: LoadedRun, { isLeftOut }: CodePorts): Side | undefined {
  const snapshot = capabilityOf(manifest, kinds.experiment, "snapshot") as unknown as SnapshotFacts | null;
  if (snapshot === null || snapshot.commit === null) return undefined;
  const edits = editsNotKept({ manifest }, snapshot, isLeftOut);
  return { commit: snapshot.commit, trees: [snapshot.tree], edits };
}

/** One commit, or two with the same tree, as after an amended message or a commit of records: Git need not be asked. */
async function compareSides(a: Side, b: Side, ports: CodePorts) {
  const isOne = a.commit === b.commit || a.trees.some((tree, at) => tree !== null && tree === b.trees[at]);
  return { a, b, trees: isOne ? [] : await filesBetween(a.commit, b.commit, ports) };
}

/** The files, or why they are not known. */
async function filesBetween(
  a: string,
  b: string,
  { diffTrees }: CodePorts,
): Promise<readonly TreeFile[] | string> {
  const diff = await diffTrees(a, b);
  if (diff === null) return "there is no repository to compare the commits in";
  if (diff.state === "unreadable") return diff.reason;
  if (diff.state === "compared") return diff.files;
  const names = diff.commits.map((commit) => commit.slice(0, 7)).join(" and ");
  return `${diff.commits.length > 1 ? "commits" : "commit"} ${names} ${diff.commits.length > 1 ? "are" : "is"} not in this repository`;
}

/** `trees` is `null` where the commits could not be compared. */
function judgeFiles(trees: readonly TreeFile[] | null, a: Edits, b: Edits): CodeFile[] {
  const differing = new Map(trees?.map((file) => [file.path, file]));
  const paths = [...new Set([...differing.keys(), ...a.byPath.keys(), ...b.byPath.keys()])].sort();
  return paths.map((path) => {
    const file = differing.get(path);
    const [editA, editB] = [a.byPath.get(path), b.byPath.get(path)];
    const committed = trees === null ? "unknown" : committedOutcome(file);
    return {
      path,
      ...judgeFile(committed, file, [editA, a.isComplete], [editB, b.isComplete]),
      committed,
      a: file?.a ?? null,
      b: file?.b ?? null,
      text: file?.isText ?? null,
      added: file?.added ?? null,
      removed: file?.removed ?? null,
      edited: { a: editA?.word ?? null, b: editB?.word ?? null },
      hunks: file?.hunks ?? null,
    };
  });
}

function committedOutcome(file: TreeFile | undefined): Outcome {
  if (file === undefined) return "same";
  if (file.a === null) return "only_b";
  return file.b === null ? "only_a" : "changed";
}
