/** Brings what belongs to runs and no plain fetch brings: the code as they found it, and, when asked, their own files. */
import { ColophonError } from "../../errors.js";
import type { WantedCommit } from "../../git/share/fetch-objects.js";
import type { SharedRef } from "../../git/share/push-refs.js";
import type { Remote } from "../../git/share/remote.js";
import { runRef } from "../../manifest/refs.js";
import { planArrival, type ReceivePorts, receiveRecords } from "./receive-records.js";
import { readSnapshotOf } from "./recorded-snapshot.js";
import { idsIn, outcomeOf, type RefPorts, type Refs, readRefs, sidesOf } from "./refs.js";
import type { SharedRecords, SharedRun, SharedSnapshot, ShareOutcome } from "./result.js";
import { type SelectSharedPorts, selectShared } from "./select-shared.js";

export interface PullPorts extends SelectSharedPorts, ReceivePorts, RefPorts {
  readonly fetchObjects: (remote: Remote, commits: readonly WantedCommit[], isOurs: boolean) => Promise<void>;
  readonly createRefs: (refs: readonly SharedRef[]) => Promise<void>;
}

export interface PullRequest {
  readonly words: readonly string[];
  readonly remote: string;
  readonly records: boolean;
  readonly dryRun: boolean;
}

export interface PullObserver {
  readonly receiving: (done: number, total: number) => void;
}

export async function pullRuns(
  request: PullRequest,
  ports: PullPorts,
  observer: PullObserver,
): Promise<ShareOutcome> {
  const refs = await readRefs(request.remote, ports);
  const { theirs } = refs;
  const isNamed = request.words.length > 0;
  const ids = selectShared(
    request.words,
    isNamed ? idsIn(theirs) : request.records ? idsIn(theirs, "records") : [],
    ports,
  );
  const records = request.records ? await pullRecords(ids, request, refs, ports, observer) : new Map();
  const snapshots = await pullSnapshots(ids, isNamed, request, refs, ports);
  const runs = ids.map(
    (id): SharedRun => ({ id, snapshot: snapshots.get(id) ?? null, records: records.get(id) ?? null }),
  );
  return outcomeOf(runs, refs, request.dryRun);
}

async function pullRecords(
  ids: readonly string[],
  { dryRun }: PullRequest,
  { remote, own, theirs }: Refs,
  ports: PullPorts,
  observer: PullObserver,
): Promise<Map<string, SharedRecords>> {
  const planned = new Map<string, SharedRecords>();
  for (const id of ids) {
    const ref = runRef("records", id);
    const its = theirs.get(ref);
    if (its !== undefined) planned.set(id, await planArrival(id, { ref, its, mine: own.get(ref) }, ports));
  }
  const wanted = [...planned].filter(([, { state }]) => state === "planned");
  if (dryRun) return planned;
  const refused = await fetchRecords(wanted, remote, own, ports);
  let done = 0;
  for (const [id, shared] of wanted) {
    const reason = refused.get(id);
    const received =
      reason === undefined
        ? await receiveRecords(id, shared, ports)
        : { ...shared, state: "refused" as const, reason };
    const isKept = received.state === "moved" || received.state === "differs";
    if (isKept && !own.has(shared.ref))
      await ports.createRefs([{ ref: shared.ref, commit: shared.commit as string }]);
    planned.set(id, received);
    done += 1;
    observer.receiving(done, wanted.length);
  }
  return planned;
}

/** All at once; when Git refuses one of them, each by itself, so that one bad tree keeps nobody else's from coming. */
async function fetchRecords(
  wanted: readonly (readonly [string, SharedRecords])[],
  remote: Remote,
  own: ReadonlyMap<string, string>,
  ports: PullPorts,
): Promise<Map<string, string>> {
  const absent = wanted.filter(([, { ref }]) => !own.has(ref));
  const commits = absent.map(([, { commit }]) => ({ commit: commit as string, ref: null }));
  const refused = new Map<string, string>();
  try {
    await ports.fetchObjects(remote, commits, true);
  } catch (error) {
    if (!isRefused(error)) throw error;
    for (const [at, [id]] of absent.entries()) {
      try {
        await ports.fetchObjects(remote, [commits[at] as WantedCommit], true);
      } catch (cause) {
        if (!isRefused(cause)) throw cause;
        refused.set(id, cause.message);
      }
    }
  }
  return refused;
}

function isRefused(error: unknown): error is ColophonError {
  return error instanceof ColophonError && error.code === "RECORDS_REFUSED";
}

async function pullSnapshots(
  ids: readonly string[],
  isNamed: boolean,
  { dryRun }: PullRequest,
  refs: Refs,
  ports: PullPorts,
): Promise<Map<string, SharedSnapshot>> {
  const recorded = new Set(ports.ids());
  const planned = new Map<string, SharedSnapshot>();
  for (const id of ids) {
    const snapshot = planSnapshot(id, isNamed, recorded.has(id), refs, ports);
    if (snapshot !== null) planned.set(id, snapshot);
  }
  const wanted = [...planned].filter(([, { state }]) => state === "planned");
  if (dryRun || wanted.length === 0) return planned;
  const commits = wanted.map(([, { commit, ref }]) => ({ commit: commit as string, ref }));
  await ports.fetchObjects(refs.remote, commits, false);
  const now = await ports.listOwnRefs();
  for (const [id, shared] of wanted) {
    const isThere = now.get(shared.ref) === shared.commit;
    planned.set(id, {
      ...shared,
      state: isThere ? "moved" : "refused",
      reason: isThere ? null : "Git did not keep it",
    });
  }
  return planned;
}

function planSnapshot(
  id: string,
  isNamed: boolean,
  isRecorded: boolean,
  refs: Refs,
  ports: PullPorts,
): SharedSnapshot | null {
  const { ref, mine, its } = sidesOf("snapshot", id, refs);
  const told = (state: SharedSnapshot["state"], reason: string | null = null) => ({
    state,
    ref,
    commit: its,
    reason,
  });
  if (its !== null && mine === its) return told("same");
  if (its !== null && mine !== null)
    return { ...told("differs", `the remote has ${its} under this name`), commit: mine };
  if (its === null && (mine !== null || !isNamed)) return null;
  const recorded = isRecorded ? readSnapshotOf(ports.folderOf(id), ports) : undefined;
  if (its === null) {
    const commit = recorded?.commit ?? null;
    return commit === null ? null : { ...told("missing", "is neither here nor there"), commit };
  }
  if (recorded !== undefined && recorded.commit !== its)
    return told("refused", `the record names ${recorded.commit ?? "no snapshot"}`);
  return told("planned");
}
