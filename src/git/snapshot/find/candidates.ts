/** Which paths may differ from the commit, from what the capture found and from what Git only tells when asked for it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../../../generated/types.js";
import { isOwnPath } from "../../../manifest/ids.js";
import { type NamedPath, namePath, splitAtNul } from "../../byte-path.js";
import type { CapturedSource } from "../../capture.js";
import { outputOf } from "../../failures.js";
import { type GitCall, runGit } from "../../run-git.js";
import { parseStatus } from "../../status/status.js";
import { keyOf, nameOf } from "../paths.js";
import type { Candidate } from "./gather.js";
import { type HiddenFile, listHiddenFiles } from "./hidden-files.js";
import { lookInto } from "./look.js";

export interface Candidates {
  readonly files: readonly Candidate[];
  readonly hidden: readonly HiddenFile[];
  readonly submodules: readonly NamedPath[];
  readonly nested: readonly NamedPath[];
  /** By key, for every path where the index differs from the commit: what the commit has there. */
  readonly committed: ReadonlyMap<string, CommittedPath>;
}

export interface CommittedPath {
  readonly name: NamedPath;
  /** `null` where the commit has nothing. */
  readonly entry: { readonly mode: string; readonly oid: string } | null;
}

/** What a status says of a path, as far as it matters here. */
export type Change = Pick<
  Source["changes"][number],
  | "path"
  | "path_base64"
  | "kind"
  | "index"
  | "worktree"
  | "submodule"
  | "renamed_from"
  | "renamed_from_base64"
>;

export interface CandidateRequest {
  readonly isIncluded: (path: string) => boolean;
  readonly includesAny: boolean;
}

export async function listCandidates(
  captured: CapturedSource,
  { isIncluded, includesAny }: CandidateRequest,
  call: GitCall,
): Promise<Candidates> {
  const { root, git, records, source } = captured;
  const isOwn = (path: string) => isOwnPath(path, records);
  const { counts, own_records, changes_omitted } = source;
  const asks = counts.staged + counts.conflicted + own_records > 0;
  const [changes, hidden, committed, ignored] = await Promise.all([
    changes_omitted > 0 ? listChanges(isOwn, call) : source.changes,
    mayHide(captured) ? listHiddenFiles(root, source.object_format, call) : [],
    asks ? listCommitted(git.sha, call) : new Map<string, CommittedPath>(),
    includesAny ? listIgnored((path) => isIncluded(path) && !isOwn(path), call) : [],
  ]);
  const sorted = sortChanges(changes, isOwn, root);
  return {
    files: withoutTwins([...sorted.files, ...hidden, ...ignored]),
    hidden,
    submodules: sorted.submodules,
    nested: sorted.nested,
    committed,
  };
}

/** Whether a bit of the index can hide an edit; what a sparse checkout leaves out is not there to be edited. */
export function mayHide({ source: { hidden_bits } }: CapturedSource): boolean {
  const { assume_unchanged, skip_worktree } = hidden_bits;
  return assume_unchanged.count > 0 || skip_worktree.files.length + skip_worktree.omitted > 0;
}

/** Changes of a repository as files to look at, submodules of it, and repositories that Git does not know. */
export function sortChanges(
  changes: readonly Change[],
  isOwn: (path: string) => boolean,
  root: string,
): Pick<Candidates, "files" | "submodules" | "nested"> {
  const files: Candidate[] = [];
  const submodules: NamedPath[] = [];
  const nested: NamedPath[] = [];
  const look = lookInto(root);
  for (const change of changes) {
    const name = nameOf(change);
    if (change.renamed_from !== null) {
      const from = oldNameOf(change);
      if (!isOwn(from.path)) files.push({ name: from, isTracked: true, isDeleted: true });
    }
    if (isOwn(name.path)) continue;
    if (change.kind === "nested_repository") nested.push(name);
    else if (change.submodule !== null && look(name).kind === "folder") {
      // One that is not checked out is what the index says.
      if (existsSync(join(root, name.path, ".git")) || name.path_base64 !== undefined) submodules.push(name);
    } else files.push({ name, isTracked: change.kind !== "untracked", isDeleted: saysDeleted(change) });
  }
  return { files, submodules, nested };
}

function oldNameOf({ renamed_from, renamed_from_base64 }: Change): NamedPath {
  const path = renamed_from as string;
  return renamed_from_base64 === undefined ? { path } : { path, path_base64: renamed_from_base64 };
}

/** A file that was deleted in the index may lie there as an untracked one; that it does is seen when it is looked at. */
function saysDeleted({ kind, index, worktree }: Change): boolean {
  return kind === "conflicted" || index === "D" || worktree === "D";
}

/** The same path can be deleted in the index and untracked on disk. */
export function withoutTwins(candidates: readonly Candidate[]): Candidate[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const twin = byKey.get(keyOf(candidate.name));
    byKey.set(keyOf(candidate.name), {
      name: candidate.name,
      isTracked: candidate.isTracked || twin?.isTracked === true,
      isDeleted: candidate.isDeleted || twin?.isDeleted === true,
    });
  }
  return [...byKey.values()];
}

/** The record lists the first 10,000 changes; a snapshot must know all of them. */
async function listChanges(isOwn: (path: string) => boolean, call: GitCall): Promise<Change[]> {
  const words = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=none"];
  const { entries } = parseStatus(outputOf(await runGit([...words, "--no-renames"], call), call.env));
  return entries
    .map((entry) => ({ ...entry, ...entry.name, renamed_from: null }))
    .filter(({ path }) => !isOwn(path));
}

/** `:100644 100644 <id> <id> M` NUL path NUL */
async function listCommitted(sha: string, call: GitCall): Promise<Map<string, CommittedPath>> {
  const words = ["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"];
  const outcome = await runGit([...words, "--ignore-submodules=none", sha, "--"], call);
  const committed = new Map<string, CommittedPath>();
  const records = splitAtNul(outputOf(outcome, call.env));
  for (const record of records) {
    const [mode = "", , oid = ""] = record.toString("latin1").slice(1).split(" ");
    const name = namePath(records.next().value as Buffer);
    const known = committed.get(keyOf(name));
    const entry = mode === "000000" ? null : { mode, oid };
    committed.set(keyOf(name), { name, entry: entry ?? known?.entry ?? null });
  }
  return committed;
}

async function listIgnored(isWanted: (path: string) => boolean, call: GitCall): Promise<Candidate[]> {
  const words = ["ls-files", "--others", "--ignored", "--exclude-standard", "-z"];
  const output = outputOf(await runGit(words, call), call.env);
  return [...splitAtNul(output)]
    .map(namePath)
    .filter(({ path }) => !path.endsWith("/") && isWanted(path))
    .map((name) => ({ name, isTracked: false, isDeleted: false }));
}
