/** The refs of runs, in the repository and on a remote: what is shared is told from these two lists. */
import type { Remote } from "../../git/share/remote.js";
import { parseRunRef, type RunRefKind, runRef } from "../../manifest/refs.js";
import { isWorthTelling, type SharedRun, type ShareOutcome } from "./result.js";

export interface RefPorts {
  readonly findRemote: (name: string) => Promise<Remote>;
  readonly listRemoteRefs: (remote: Remote) => Promise<ReadonlyMap<string, string>>;
  readonly listOwnRefs: () => Promise<ReadonlyMap<string, string>>;
}

export interface Refs {
  readonly remote: Remote;
  /** Commits by ref. */
  readonly own: ReadonlyMap<string, string>;
  readonly theirs: ReadonlyMap<string, string>;
}

export async function readRefs(remoteName: string, ports: RefPorts): Promise<Refs> {
  const remote = await ports.findRemote(remoteName);
  const [own, theirs] = await Promise.all([ports.listOwnRefs(), ports.listRemoteRefs(remote)]);
  return { remote, own, theirs };
}

/** Of the runs that have a ref, of that kind if one is given. */
export function idsIn(refs: ReadonlyMap<string, string>, kind?: RunRefKind): string[] {
  const parsed = [...refs.keys()].map(parseRunRef).filter((ref) => ref !== undefined);
  return [...new Set(parsed.filter((ref) => (kind ?? ref.kind) === ref.kind).map(({ id }) => id))];
}

/** The commit of the ref on either side. */
export function sidesOf(
  kind: RunRefKind,
  id: string,
  { own, theirs }: Refs,
): { readonly ref: string; readonly mine: string | null; readonly its: string | null } {
  const ref = runRef(kind, id);
  return { ref, mine: own.get(ref) ?? null, its: theirs.get(ref) ?? null };
}

/** `runs`: all that were asked for. */
export function outcomeOf(
  runs: readonly SharedRun[],
  { remote, theirs }: Refs,
  dryRun: boolean,
): ShareOutcome {
  const asked = new Set(runs.map(({ id }) => id));
  return {
    remote: remote.name,
    address: remote.address,
    dry_run: dryRun,
    runs: runs.filter(isWorthTelling),
    unpushed_commits: 0,
    elsewhere: idsIn(theirs).filter((id) => !asked.has(id)).length,
  };
}
