/** What became of the refs and files of runs on their way to a remote or from it. */

/**
 * `moved`: sent, or received. `planned`: would be. `same`: both sides have it. `differs`: both have another object, and neither was
 * touched. `missing`: it is on record, and nowhere. `refused`: it may not go, or may not come; `reason` says why. `skipped`: there is
 * nothing to move yet.
 */
export type ShareState = "moved" | "planned" | "same" | "differs" | "missing" | "refused" | "skipped";

export interface SharedSnapshot {
  readonly state: ShareState;
  readonly ref: string;
  /** Full id of the commit, where there is one. */
  readonly commit: string | null;
  readonly reason: string | null;
}

export interface LeftOut {
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
}

export interface TravellingFile {
  readonly path: string;
  readonly bytes: number;
}

export interface SharedRecords extends SharedSnapshot {
  /** Each file that is to be sent, by its path in the run folder; empty for what arrives. */
  readonly contents: readonly TravellingFile[];
  /** How many move. */
  readonly files: number;
  readonly bytes: number;
  /** Files of the run that stay where they are, named where they are known. */
  readonly left_out: readonly LeftOut[];
  readonly left_out_count: number;
  /** Whether the run was not here at all before. */
  readonly is_new: boolean;
}

export interface SharedRun {
  readonly id: string;
  /** `null` where the run has none. */
  readonly snapshot: SharedSnapshot | null;
  /** `null` where records were not asked for, or the other side has none. */
  readonly records: SharedRecords | null;
}

export interface ShareOutcome {
  readonly remote: string;
  /** Without credentials. */
  readonly address: string;
  readonly dry_run: boolean;
  readonly runs: readonly SharedRun[];
  /** Commits below the snapshots that the remote was not known to have: code that goes along. */
  readonly unpushed_commits: number;
  /** Runs of the remote that are not recorded here, and were not asked for. */
  readonly elsewhere: number;
}

/** Somebody has to look at it. */
export function asksForLook({ snapshot, records }: SharedRun): boolean {
  return [snapshot, records].some(
    (shared) => shared?.state === "differs" || shared?.state === "refused" || shared?.state === "missing",
  );
}

export function isWorthTelling({ snapshot, records }: SharedRun): boolean {
  return snapshot !== null || records !== null;
}

export function withoutFiles(shared: SharedSnapshot): SharedRecords {
  return { ...shared, contents: [], files: 0, bytes: 0, left_out: [], left_out_count: 0, is_new: false };
}
