/** The files of the work tree as a commit of their own, without a change to work tree, index, HEAD, stash, configuration or any other ref. */
import { mkdtempSync, realpathSync, rm } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SnapshotFacts } from "../../generated/types.js";
import { isExperimentId } from "../../manifest/ids.js";
import type { CapturedSource } from "../capture.js";
import { type Baseline, baselineOf } from "../drift/baseline.js";
import { describeClean, describeIncomplete, describeStored, listed } from "./describe.js";
import { type Budget, type Caps, compileGlobs, defaultCaps, type Selection } from "./find/budget.js";
import { listCandidates, mayHide } from "./find/candidates.js";
import { type Findings, isNothing, listUndigested } from "./find/findings.js";
import { gatherFiles, type LeftOutFile } from "./find/gather.js";
import { flatShelf, treeShelf } from "./find/shelf.js";
import { gatherSubmodules } from "./find/submodules.js";
import type { Place } from "./store/place.js";
import { storeFiles } from "./store/store-files.js";

export interface SnapshotRequest {
  readonly env: NodeJS.ProcessEnv;
  /** Names the ref, `refs/colophon/snapshots/<id>`, and stands in the commit's message. */
  readonly experimentId: string;
  /** Globs of files to take although they are ignored or larger than one file may be. */
  readonly include?: readonly string[];
  /** Globs of files to leave out. */
  readonly exclude?: readonly string[];
  readonly caps?: Partial<Caps>;
  /** Names of the rules by which a file holds a secret. */
  readonly scan: Selection["scan"];
  readonly now: () => number;
  /** A folder to make a temporary one in; the system's own unless given. */
  readonly scratch?: string;
}

export interface Snapshot {
  /** For the manifest of the experiment. */
  readonly record: SnapshotFacts;
  /** For `observeDrift`. */
  readonly baseline: Baseline;
  /** For `digestLeftOut`: what is too large to be read before the command starts. */
  readonly undigested: readonly LeftOutFile[];
}

/**
 * Never rejects for what Git, the disk or a file does: the record then says `incomplete` and why, and no ref is left behind. The
 * work tree is read once; what goes into Git are copies of what was read and searched for secrets.
 */
export async function takeSnapshot(captured: CapturedSource, request: SnapshotRequest): Promise<Snapshot> {
  if (!isExperimentId(request.experimentId)) throw new Error(`no experiment id: ${request.experimentId}`);
  const caps = { ...defaultCaps, ...request.caps };
  const time = request.now();
  const ref = `refs/colophon/snapshots/${request.experimentId}`;
  if (!captured.git.dirty && !mayHide(captured) && !request.include?.length)
    return { record: describeClean(captured, caps), baseline: baselineOf(captured, time), undigested: [] };

  let place: Place | undefined;
  let found: Findings | undefined;
  try {
    place = { captured, env: request.env, scratch: makeScratch(request) };
    found = await findFiles(place, caps, request);
    const baseline = baselineOf(captured, time, found);
    if (isNothing(found)) return { record: describeClean(captured, caps), baseline, undigested: [] };
    const keep = { ref, id: request.experimentId, time };
    const stored = await storeFiles(found, keep, place);
    const record = describeStored(found, stored, ref, caps);
    return { record, baseline, undigested: listUndigested(found).slice(0, listed) };
  } catch (error) {
    const record = describeIncomplete(error, captured, caps, found);
    return { record, baseline: baselineOf(captured, time, found), undigested: [] };
  } finally {
    if (place !== undefined) removeScratch(place.scratch);
  }
}

async function findFiles(place: Place, caps: Caps, request: SnapshotRequest): Promise<Findings> {
  const { captured, env, scratch } = place;
  const [isIncluded, isExcluded] = await Promise.all([
    compileGlobs(request.include),
    compileGlobs(request.exclude),
  ]);
  const includesAny = (request.include?.length ?? 0) > 0;
  const call = { directory: captured.root, env };
  const candidates = await listCandidates(captured, { isIncluded, includesAny }, call);
  const budget: Budget = { files: 0, bytes: 0 };
  const copies = { tree: join(scratch, "tree"), overlay: join(scratch, "overlay") };
  const gathering = {
    root: captured.root,
    objectFormat: captured.source.object_format,
    selection: { caps, isExcluded, isIncluded, scan: request.scan },
    budget,
  };
  const shelf = treeShelf(copies.tree);
  const gathered = await gatherFiles(candidates.files, { ...gathering, shelf });
  const overlay = flatShelf(copies.overlay);
  const submodules = await gatherSubmodules(candidates.submodules, { ...gathering, shelf: overlay }, env);
  return { candidates, gathered, submodules, copies };
}

/** Git names real paths, so the folder has one. */
function makeScratch({ scratch }: SnapshotRequest): string {
  return realpathSync(mkdtempSync(join(scratch ?? tmpdir(), "colophon-snapshot-")));
}

/** Nobody waits for it; what is left of it when the program is killed, the system removes with its other temporary files. */
function removeScratch(folder: string): void {
  rm(folder, { recursive: true, force: true }, () => {});
}
