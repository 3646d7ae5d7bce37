/** The uncommitted edits that a run started with, as far as its record lists them and their content was not kept. */
import type { SnapshotFacts, Source } from "../../generated/types.js";
import { kinds } from "../../kinds/table.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";

/** What is known of a file that was not as the commit has it. */
export interface Edit {
  /** In Git's words. */
  readonly word:
    | "modified"
    | "untracked"
    | "added"
    | "deleted"
    | "renamed"
    | "conflicted"
    | "mode"
    | "submodule"
    | "nested repository"
    | "hidden";
  /** Whether the commit does not have the path. */
  readonly isNew: boolean;
  /** Of the content on disk; only of files that Git was told not to look at. */
  readonly sha256: string | null;
}

export interface Edits {
  readonly byPath: ReadonlyMap<string, Edit>;
  /** Whether the list is all there is. */
  readonly isComplete: boolean;
}

export function editsOf(
  { manifest }: Pick<LoadedRun, "manifest">,
  isLeftOut: (path: string) => boolean,
): Edits {
  const source = capabilityOf(manifest, kinds.experiment, "source") as unknown as Source | null;
  if (source === null) return { byPath: new Map(), isComplete: manifest?.git.dirty === false };
  const byPath = new Map<string, Edit>();
  const add = (path: string, edit: Edit) => {
    if (!isLeftOut(path)) byPath.set(path, together(byPath.get(path), edit));
  };
  for (const change of source.changes) {
    if (change.worktree_equals_head) continue;
    add(change.path, editOf(change));
    if (change.renamed_from !== null && !isCopy(change)) add(change.renamed_from, deleted);
  }
  const { assume_unchanged, skip_worktree } = source.hidden_bits;
  for (const { path, sha256 } of [...assume_unchanged.files, ...skip_worktree.files])
    add(path, { word: "hidden", isNew: false, sha256 });
  const omitted = source.changes_omitted + assume_unchanged.omitted + skip_worktree.omitted;
  return { byPath, isComplete: omitted === 0 };
}

/** What a snapshot could not take: files left out of it, repositories inside this one, and submodules, whose files lie elsewhere. */
export function editsNotKept(
  run: Pick<LoadedRun, "manifest">,
  { left_out, left_out_omitted, nested_repositories, nested_repositories_omitted }: SnapshotFacts,
  isLeftOut: (path: string) => boolean,
): Edits {
  const all = editsOf(run, isLeftOut);
  const away = new Set([...left_out.map(({ path }) => path), ...nested_repositories]);
  const byPath = [...all.byPath].filter(([path, { word }]) => away.has(path) || word === "submodule");
  return { byPath: new Map(byPath), isComplete: left_out_omitted + nested_repositories_omitted === 0 };
}

type Change = Source["changes"][number];

const deleted: Edit = { word: "deleted", isNew: false, sha256: null };

function editOf(change: Change): Edit {
  const word = wordFor(change);
  const isNew = ["untracked", "added", "renamed", "nested repository"].includes(word);
  return { word, isNew, sha256: null };
}

function wordFor({ kind, index, worktree, mode_only, submodule }: Change): Edit["word"] {
  if (kind === "untracked" || kind === "conflicted") return kind;
  if (kind === "nested_repository") return "nested repository";
  if (submodule !== null) return "submodule";
  if (worktree === "D" || (index === "D" && worktree === ".")) return "deleted";
  if (mode_only) return "mode";
  if ([index, worktree].some((letter) => letter === "R" || letter === "C")) return "renamed";
  return index === "A" || worktree === "A" ? "added" : "modified";
}

function isCopy({ index, worktree }: Change): boolean {
  return index === "C" || worktree === "C";
}

/** A path that is deleted in the index and there again untracked is an edited file. */
function together(before: Edit | undefined, edit: Edit): Edit {
  if (before === undefined) return edit;
  const isThere = [before, edit].find(({ word }) => word !== "deleted") ?? edit;
  const word = isThere.word === "untracked" ? "modified" : isThere.word;
  return { word, isNew: before.isNew && edit.isNew, sha256: isThere.sha256 };
}
