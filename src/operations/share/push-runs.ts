/** Sends what belongs to runs and no plain push takes along: the code as they found it, and, when asked, their own files. */
import { ColophonError } from "../../errors.js";
import type { PushedRef, SharedRef } from "../../git/share/push-refs.js";
import type { ArrivedRecords } from "../../git/share/read-records.js";
import type { Remote } from "../../git/share/remote.js";
import type { RecordsRequest } from "../../git/share/store-records.js";
import { runRef } from "../../manifest/refs.js";
import type { RunFile } from "../../store/runs/run-files.js";
import type { ObservedRun } from "../records/state/observe-record.js";
import { type FaultPorts, findFaults } from "./find-faults.js";
import { gatherRecords } from "./gather-records.js";
import { readSnapshotOf } from "./recorded-snapshot.js";
import { idsIn, outcomeOf, type RefPorts, type Refs, readRefs, sidesOf } from "./refs.js";
import {
  isWorthTelling,
  type SharedRecords,
  type SharedRun,
  type SharedSnapshot,
  type ShareOutcome,
  withoutFiles,
} from "./result.js";
import { type SelectSharedPorts, selectShared } from "./select-shared.js";

export interface PushPorts extends SelectSharedPorts, FaultPorts, RefPorts {
  readonly countUnsent: (commits: readonly string[], remote: Remote) => Promise<number>;
  readonly pushRefs: (remote: Remote, refs: readonly SharedRef[]) => Promise<ReadonlyMap<string, PushedRef>>;
  readonly createRefs: (refs: readonly SharedRef[]) => Promise<void>;
  readonly storeRecords: (request: RecordsRequest) => Promise<string>;
  readonly readRecords: (commit: string) => Promise<ArrivedRecords>;
  readonly listRunFiles: (folder: string) => readonly RunFile[];
  /** @throws LifecycleError when the run cannot be read. */
  readonly observe: (folder: string) => ObservedRun;
}

export interface PushRequest {
  readonly words: readonly string[];
  readonly remote: string;
  readonly records: boolean;
  /** Of a run's files that Git leaves out, together. */
  readonly maximumBytes: number;
  readonly dryRun: boolean;
}

export interface PushObserver {
  readonly gathering: (done: number, total: number) => void;
  readonly storing: (done: number, total: number) => void;
  /** What is about to be sent. */
  readonly planned: (plan: ShareOutcome) => void;
}

export async function pushRuns(
  request: PushRequest,
  ports: PushPorts,
  observer: PushObserver,
): Promise<ShareOutcome> {
  const refs = await readRefs(request.remote, ports);
  const { remote } = refs;
  const isNamed = request.words.length > 0;
  const ids = selectShared(request.words, isNamed ? idsIn(refs.own) : [], ports);
  const plans: Plan[] = [];
  for (const id of ids) {
    plans.push(await planRun(id, isNamed, request, refs, ports));
    observer.gathering(plans.length, ids.length);
  }
  const commits = plans.flatMap(({ run: { snapshot } }) =>
    snapshot?.state === "planned" && snapshot.commit !== null ? [snapshot.commit] : [],
  );
  const runs = plans.map(({ run }) => run);
  const unsent = await ports.countUnsent(commits, remote);
  const plan: ShareOutcome = {
    ...outcomeOf(runs, refs, request.dryRun),
    unpushed_commits: Math.max(0, unsent - commits.length),
  };
  observer.planned(plan);
  return request.dryRun ? plan : send(plan, plans, remote, ports, observer);
}

interface Plan {
  readonly run: SharedRun;
  /** Files that are to become a commit first. */
  readonly toStore: RecordsRequest | null;
}

type PlannedRecords = Pick<Plan, "toStore"> & { readonly shared: SharedRecords };

async function planRun(
  id: string,
  isNamed: boolean,
  { records, maximumBytes }: PushRequest,
  refs: Refs,
  ports: PushPorts,
): Promise<Plan> {
  const snapshot = planSnapshot(id, isNamed, refs, ports);
  if (!records) return { run: { id, snapshot, records: null }, toStore: null };
  const planned = await planRecords(id, maximumBytes, refs, ports);
  return { run: { id, snapshot, records: planned.shared }, toStore: planned.toStore };
}

function planSnapshot(id: string, isNamed: boolean, refs: Refs, ports: PushPorts): SharedSnapshot | null {
  const { ref, mine, its } = sidesOf("snapshot", id, refs);
  const told = (state: SharedSnapshot["state"], reason: string | null = null) => ({
    state,
    ref,
    commit: mine,
    reason,
  });
  if (mine !== null && mine === its) return told("same");
  if (mine !== null && its !== null) return told("differs", `the remote has ${its} under this name`);
  if (mine === null && !isNamed) return null;
  const recorded = readSnapshotOf(ports.folderOf(id), ports)?.commit ?? null;
  if (mine === null) {
    if (recorded === null) return null;
    if (its !== null) return told("skipped", "is not here; the remote has it");
    return { ...told("missing", "its ref is gone from this repository"), commit: recorded };
  }
  if (recorded !== null && recorded !== mine)
    return told("refused", `the record names another commit, ${recorded}`);
  return told("planned");
}

async function planRecords(
  id: string,
  maximumBytes: number,
  refs: Refs,
  ports: PushPorts,
): Promise<PlannedRecords> {
  const { ref, mine, its } = sidesOf("records", id, refs);
  const told = (state: SharedRecords["state"], reason: string | null = null) => ({
    shared: withoutFiles({ state, ref, commit: mine, reason }),
    toStore: null,
  });
  if (mine !== null && its !== null)
    return mine === its ? told("same") : told("differs", `the remote has ${its} under this name`);
  if (its !== null)
    return told("skipped", "the remote has records of it; colophon pull --records holds them against it");
  if (mine !== null) {
    const { files, leftOut } = await ports.readRecords(mine);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const contents = files.map(({ path, bytes }) => ({
      path: ports.textOf(path.slice(id.length + 1)),
      bytes,
    }));
    const counts = { contents, files: files.length, bytes, left_out_count: leftOut };
    return { shared: { ...told("planned").shared, ...counts }, toStore: null };
  }
  try {
    return await gather(id, maximumBytes, ports);
  } catch (error) {
    if (!(error instanceof ColophonError)) throw error;
    return told("refused", error.message);
  }
}

async function gather(id: string, maximumBytes: number, ports: PushPorts): Promise<PlannedRecords> {
  const folder = ports.folderOf(id);
  const ref = runRef("records", id);
  const told = (state: SharedRecords["state"], reason: string) => ({
    shared: withoutFiles({ state, ref, commit: null, reason }),
    toStore: null,
  });
  const { observed, logs } = ports.observe(folder);
  if (observed.state === "running") return told("skipped", "it still runs");
  if (observed.state === "unknown")
    return told("skipped", `whether it still runs is not known: ${observed.reason}`);
  const { files, leftOut, bytes, hasUntracked } = gatherRecords(ports.listRunFiles(folder), {
    maximumBytes,
    areLogsScanned: logs === "scanned",
    isUntracked: ports.isUntracked,
  });
  if (!hasUntracked) return told("skipped", "nothing is here of what Git leaves out");
  const [fault, ...more] = await findFaults(folder, ports);
  if (fault !== undefined)
    return told(
      "refused",
      `${fault}${more.length === 0 ? "" : `, and ${more.length} more: colophon verify ${id}`}`,
    );
  const time = readSnapshotOf(folder, ports)?.time ?? 0;
  return {
    shared: {
      ...withoutFiles({ state: "planned", ref, commit: null, reason: null }),
      contents: files.map(({ shown, bytes }) => ({ path: shown, bytes })),
      files: files.length,
      bytes,
      left_out: leftOut,
      left_out_count: leftOut.length,
    },
    toStore: { id, time, files, leftOut: leftOut.length },
  };
}

async function send(
  plan: ShareOutcome,
  plans: readonly Plan[],
  remote: Remote,
  ports: PushPorts,
  { storing }: PushObserver,
): Promise<ShareOutcome> {
  const stored: SharedRun[] = [];
  const told = plans.filter(({ run }) => isWorthTelling(run));
  for (const { run, toStore } of told) {
    stored.push(toStore === null ? run : await store(run, toStore, ports));
    storing(stored.length, told.length);
  }
  const planned = stored
    .flatMap(({ snapshot, records }) => [snapshot, records])
    .filter(
      (shared): shared is SharedSnapshot & { commit: string } =>
        shared?.state === "planned" && shared.commit !== null,
    );
  const pushed = await ports.pushRefs(remote, planned);
  const settle = <Shared extends SharedSnapshot>(shared: Shared | null): Shared | null => {
    if (shared?.state !== "planned") return shared;
    const { isThere, reason } = pushed.get(shared.ref) ?? { isThere: false, reason: null };
    return { ...shared, state: isThere ? "moved" : "refused", reason };
  };
  const runs = stored.map(({ id, snapshot, records }) => ({
    id,
    snapshot: settle(snapshot),
    records: settle(records),
  }));
  return { ...plan, runs };
}

/** The ref is made here first: what was cut off on the way is sent again as it was. */
async function store(run: SharedRun, request: RecordsRequest, ports: PushPorts): Promise<SharedRun> {
  const commit = await ports.storeRecords(request);
  const records = { ...(run.records as SharedRecords), commit };
  await ports.createRefs([{ ref: records.ref, commit }]);
  return { ...run, records };
}
