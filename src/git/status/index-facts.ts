/** What `git ls-files` knows and `git status` does not tell: files that Git was told not to look at, and submodules. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../../generated/types.js";
import { locatePath, type NamedPath, namePath, splitAtNul } from "../byte-path.js";
import { findContent } from "./work-tree-file.js";

const listed = 1000;
const digestedBytes = 64 * 1024 * 1024;

export interface IndexFacts {
  readonly assumeUnchanged: Listed<NamedPath>;
  readonly skipWorktree: Listed<NamedPath>;
  readonly submodules: Listed<NamedPath & { readonly commit: string }>;
}

interface Listed<T> {
  readonly count: number;
  /** The first 1,000. */
  readonly first: readonly T[];
}

/** The whole index, wherever in the work tree it is asked for. */
export const listIndexWords = [
  "--no-literal-pathspecs",
  "ls-files",
  "--stage",
  "-v",
  "-z",
  "--full-name",
  "--",
  ":/",
];

/** `H 100644 <id> 0\tpath`: the letter is small when assume-unchanged is set and an S when skip-worktree is. */
export function parseIndexList(output: Buffer): IndexFacts {
  const assumeUnchanged: NamedPath[] = [];
  const skipWorktree: NamedPath[] = [];
  const submodules: (NamedPath & { commit: string })[] = [];
  for (const record of splitAtNul(output)) {
    const tag = record[0]!;
    const isPlain = tag === 0x48;
    const isSubmodule = record.toString("latin1", 2, 8) === "160000";
    if (isPlain && !isSubmodule) continue;
    const tab = record.indexOf(0x09);
    const name = namePath(record.subarray(tab + 1));
    if (tag >= 0x61) assumeUnchanged.push(name);
    if (tag === 0x53 || tag === 0x73) skipWorktree.push(name);
    if (isSubmodule) submodules.push({ ...name, commit: record.toString("latin1", 9, tab - 2) });
  }
  return {
    assumeUnchanged: cap(assumeUnchanged),
    skipWorktree: cap(skipWorktree),
    submodules: cap(submodules),
  };
}

function cap<T>(all: readonly T[]): Listed<T> {
  return { count: all.length, first: all.slice(0, listed) };
}

/** Digests what Git does not look at: it is code that may differ from the commit without making the tree dirty. */
export function recordHiddenBits(root: string, index: IndexFacts): Source["hidden_bits"] {
  const record = ({ count, first }: Listed<NamedPath>, wanted: (name: NamedPath) => boolean) => ({
    count,
    files: first.filter(wanted).map((name) => ({ ...name, sha256: digestOf(root, name) })),
    omitted: count - first.length,
  });
  return {
    assume_unchanged: record(index.assumeUnchanged, () => true),
    skip_worktree: record(index.skipWorktree, (name) => isOnDisk(root, name)),
  };
}

function digestOf(root: string, name: NamedPath): string | null {
  const content = findContent(root, name, digestedBytes);
  return content === undefined ? null : createHash("sha256").update(content).digest("hex");
}

function isOnDisk(root: string, name: NamedPath): boolean {
  try {
    return lstatSync(locatePath(root, name), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

export function recordSubmodules(
  root: string,
  { submodules: { count, first } }: IndexFacts,
): Pick<Source, "submodules" | "submodules_omitted"> {
  return {
    submodules: first.map((submodule) => ({
      ...submodule,
      initialized: existsSync(join(root, submodule.path, ".git")),
    })),
    submodules_omitted: count - first.length,
  };
}
