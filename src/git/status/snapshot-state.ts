/** What is left in a repository of the snapshots that runs name: their refs, commits, trees and every object below. */
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import { inTurn, isFullId, linesOf, listPresent, readTrees } from "../trees/reachable.js";

export interface SnapshotState {
  /** What the ref points to now; `null` when there is no such ref, or the run names none. */
  readonly refCommit: string | null;
  /** Whether the commit itself is there. */
  readonly there: boolean;
  readonly tree: string | null;
  /** Objects of its trees, and of those of its parents, that are not there; `null` when they cannot be listed. */
  readonly missing: readonly string[] | null;
}

export interface NamedSnapshot {
  readonly ref: string | null;
  /** Full id. */
  readonly commit: string;
}

const folder = "refs/colophon/";

/** By commit. Four processes for all of them, where nothing is missing. @throws GitError */
export async function findSnapshots(
  directory: string,
  snapshots: readonly NamedSnapshot[],
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, SnapshotState>> {
  const call: GitCall = { directory, env };
  const named = snapshots.filter(({ commit }) => isFullId(commit));
  if (named.length === 0) return new Map();
  const [refs, present] = await Promise.all([
    readRefs(call),
    listPresent([...new Set(named.map(({ commit }) => commit))], call),
  ]);
  const [trees, holes] = await Promise.all([readTrees(present, call), findHoles(present, call)]);
  const there = new Set(present);
  return new Map(
    named.map(({ ref, commit }) => [
      commit,
      {
        refCommit: ref === null ? null : (refs.get(ref) ?? null),
        there: there.has(commit),
        tree: trees.get(commit) ?? null,
        missing: holes.get(commit) ?? null,
      },
    ]),
  );
}

async function readRefs(call: GitCall): Promise<Map<string, string>> {
  const words = ["for-each-ref", "--format=%(refname) %(objectname)", folder];
  const lines = outputOf(await runGit(words, call), call.env)
    .toString()
    .split("\n")
    .filter(Boolean);
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}

/** All together first: only where something is missing is each asked for itself. */
async function findHoles(
  commits: readonly string[],
  call: GitCall,
): Promise<Map<string, readonly string[] | null>> {
  if (commits.length === 0) return new Map();
  const missing = await listMissing(commits, call);
  if (commits.length === 1 || missing?.length === 0)
    return new Map(commits.map((commit) => [commit, missing]));
  const each = await inTurn(commits, (commit) => findHoles([commit], call));
  return new Map(each.flatMap((holes) => [...holes]));
}

/** Of these commits and their parents, without the history behind them. */
async function listMissing(commits: readonly string[], call: GitCall): Promise<string[] | null> {
  const words = ["rev-list", "--objects", "--no-walk=unsorted", "--missing=print", "--stdin"];
  const input = linesOf(commits.flatMap((commit) => [commit, `${commit}^@`]));
  const { status, stdout } = await runGit(words, { ...call, input });
  if (status !== 0) return null;
  return stdout
    .toString("latin1")
    .split("\n")
    .filter((line) => line.startsWith("?"))
    .map((line) => line.slice(1).split(" ")[0] as string);
}
