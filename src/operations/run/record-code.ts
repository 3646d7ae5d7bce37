/** The code that a run starts from, kept as it was found; and what became of it by the end. */
import { RefusedError } from "../../errors.js";
import type { Drift, SnapshotFacts } from "../../generated/types.js";
import type { Evidence } from "../../git/drift/attribute.js";
import type { Baseline } from "../../git/drift/baseline.js";
import type { LeftOutDigest } from "../../git/snapshot/digest-left-out.js";
import type { LeftOutFile } from "../../git/snapshot/find/gather.js";
import type { Snapshot } from "../../git/snapshot/take-snapshot.js";
import type { BegunRun, ExecutedRun, PreparedRun } from "./run-request.js";

/** What becomes of uncommitted edits: kept as a commit, listed, or refused. */
export type DirtyPolicy = "snapshot" | "warn" | "refuse";

export interface RecordedCode {
  /** `null` with `--dirty warn`: edits are listed, not kept. */
  readonly snapshot: SnapshotFacts | null;
  readonly baseline: Baseline;
  /** Too large to be read before the command starts. */
  readonly undigested: readonly LeftOutFile[];
}

export interface CodePorts {
  readonly takeSnapshot: (prepared: PreparedRun, id: string) => Promise<Snapshot>;
  readonly captureBaseline: (prepared: PreparedRun) => Promise<Baseline>;
  readonly discardSnapshot: (prepared: PreparedRun, snapshot: SnapshotFacts) => Promise<void>;
  /** Reads what the snapshot left out, at most until two seconds after `ended`; never rejects. */
  readonly digestLeftOut: (begun: BegunRun, ended: Promise<unknown>) => Promise<readonly LeftOutDigest[]>;
  /** Never rejects. */
  readonly observeDrift: (
    begun: BegunRun,
    executed: ExecutedRun,
    leftOut: readonly LeftOutDigest[],
    wrote: Evidence["wrote"],
  ) => Promise<Drift>;
}

/** `id`: of the run that the snapshot's ref is named after. @throws RefusedError when it cannot be made; nothing is left of it. */
export async function recordCode(
  prepared: PreparedRun,
  id: string,
  { takeSnapshot, captureBaseline }: CodePorts,
): Promise<RecordedCode> {
  if (prepared.dirtyPolicy === "warn")
    return { snapshot: null, baseline: await captureBaseline(prepared), undigested: [] };
  const { record: snapshot, baseline, undigested } = await takeSnapshot(prepared, id);
  if (snapshot.reason !== null) throw noSnapshot(snapshot.reason);
  return { snapshot, baseline, undigested };
}

/** For a run that was not begun after all. What Git cannot remove now keeps only objects alive. */
export async function discardCode(
  prepared: PreparedRun,
  { snapshot }: RecordedCode,
  { discardSnapshot }: CodePorts,
): Promise<void> {
  if (snapshot !== null) await discardSnapshot(prepared, snapshot).catch(() => {});
}

function noSnapshot({ code, message }: NonNullable<SnapshotFacts["reason"]>): RefusedError {
  const hint =
    code === "disk_full"
      ? "Make room; or list the edits without keeping them: --dirty warn"
      : "Mend that, or list the edits without keeping them: --dirty warn";
  return new RefusedError("NO_SNAPSHOT", `the edited files could not be kept: ${message}`, { hint });
}
