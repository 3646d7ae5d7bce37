/** Asks Git about the code of many runs at once: each repository a few questions, and nothing that was answered before. */

import type { NamedSnapshot, SnapshotState } from "../../git/status/snapshot-state.js";
import type { FoundCommit, Reachable } from "../../git/trees/reachable.js";
import { isObject } from "../../manifest/validate.js";
import type { ReadRecord } from "./record.js";

/** Why Git gave no answer. */
export interface Unanswered {
  readonly unanswered: string;
}

export interface CodePorts {
  /** The root of the repository that a run belongs to; `null` when it is in none. */
  readonly repositoryOf: (folder: string) => string | null;
  readonly findReachable: (repository: string, commits: readonly string[]) => Promise<Reachable | Unanswered>;
  readonly findSnapshots: (
    repository: string,
    snapshots: readonly NamedSnapshot[],
  ) => Promise<ReadonlyMap<string, SnapshotState> | Unanswered>;
}

/** What is known of a run's code; what was not asked about is `null`. */
export interface CodeAnswer {
  readonly commit: FoundCommit | Unanswered | null;
  readonly snapshot: SnapshotState | Unanswered | null;
  readonly cut: Reachable["cut"];
  readonly hasRemotes: boolean;
}

export interface CodeKnowledge {
  readonly learn: (records: readonly ReadRecord[]) => Promise<void>;
  readonly of: (record: ReadRecord) => CodeAnswer;
}

interface Repository {
  readonly commits: Map<string, FoundCommit | Unanswered>;
  readonly snapshots: Map<string, SnapshotState | Unanswered>;
  cut: Reachable["cut"];
  hasRemotes: boolean;
}

const noRepository: Unanswered = { unanswered: "the run lies in no Git repository" };

export function codeKnowledge(ports: CodePorts): CodeKnowledge {
  const repositories = new Map<string, Repository>();
  return {
    learn: async (records) => {
      for (const [root, members] of byRepository(records, ports)) {
        const known = repositories.get(root) ?? newRepository();
        repositories.set(root, known);
        await learnCommits(root, known, members, ports);
        await learnSnapshots(root, known, members, ports);
      }
    },
    of: (record) => {
      const root = ports.repositoryOf(record.folder);
      const known = root === null ? undefined : repositories.get(root);
      const [commit, snapshot] = [commitOf(record), snapshotOf(record)];
      return {
        commit: commit === null ? null : (known?.commits.get(commit) ?? noRepository),
        snapshot: snapshot === null ? null : (known?.snapshots.get(keyOf(snapshot)) ?? noRepository),
        cut: known?.cut ?? null,
        hasRemotes: known?.hasRemotes ?? false,
      };
    },
  };
}

function newRepository(): Repository {
  return { commits: new Map(), snapshots: new Map(), cut: null, hasRemotes: false };
}

function byRepository(
  records: readonly ReadRecord[],
  { repositoryOf }: CodePorts,
): Map<string, ReadRecord[]> {
  const groups = new Map<string, ReadRecord[]>();
  for (const record of records) {
    const root = repositoryOf(record.folder);
    if (root !== null) groups.set(root, [...(groups.get(root) ?? []), record]);
  }
  return groups;
}

async function learnCommits(
  root: string,
  known: Repository,
  records: readonly ReadRecord[],
  { findReachable }: CodePorts,
): Promise<void> {
  const asked = [...new Set(records.map(commitOf))].filter(
    (commit): commit is string => commit !== null && !known.commits.has(commit),
  );
  if (asked.length === 0) return;
  const answer = await findReachable(root, asked);
  if ("unanswered" in answer) {
    for (const commit of asked) known.commits.set(commit, answer);
    return;
  }
  for (const [commit, found] of answer.commits) known.commits.set(commit, found);
  known.cut ??= answer.cut;
  known.hasRemotes = answer.hasRemotes;
}

async function learnSnapshots(
  root: string,
  known: Repository,
  records: readonly ReadRecord[],
  { findSnapshots }: CodePorts,
): Promise<void> {
  const asked = records
    .map(snapshotOf)
    .filter((one): one is NamedSnapshot => one !== null && !known.snapshots.has(keyOf(one)));
  if (asked.length === 0) return;
  const answer = await findSnapshots(root, asked);
  for (const snapshot of asked) {
    const found = "unanswered" in answer ? answer : answer.get(snapshot.commit);
    if (found !== undefined) known.snapshots.set(keyOf(snapshot), found);
  }
}

function keyOf({ commit, ref }: NamedSnapshot): string {
  return `${commit} ${ref ?? ""}`;
}

/** `null` where it is none that Git could be asked about. */
export function commitOf({ manifest }: ReadRecord): string | null {
  const git = manifest?.git;
  return isObject(git) && isFullId(git.sha) ? git.sha : null;
}

/** A commit of its own, as for edits that were kept. */
export function snapshotOf(record: ReadRecord): NamedSnapshot | null {
  const { commit, ref } = extensionOf(record, "snapshot") ?? {};
  return isFullId(commit) ? { commit, ref: typeof ref === "string" ? ref : null } : null;
}

/** What a capability says in the manifest of the experiment; `null` where it says nothing. */
export function extensionOf(
  { manifest, namespace }: ReadRecord,
  capability: string,
): Readonly<Record<string, unknown>> | null {
  const extension = manifest?.[namespace];
  const content = isObject(extension) ? extension[capability] : null;
  return isObject(content) ? content : null;
}

function isFullId(value: unknown): value is string {
  return typeof value === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}
