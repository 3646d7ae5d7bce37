/** What `colophon reproduce` found. It goes into `--json` as it is. */
import type { WorktreeFault } from "../../git/worktree/open-worktree.js";
import type { Outcome } from "../diff/comparison.js";

/** From the best to the worst of those that compare something. */
export const agreements = ["identical", "same-numbers", "within-tolerance", "differs"] as const;

export type Agreement = (typeof agreements)[number];

export type ReproductionVerdict = Agreement | "same-exit-status" | "could-not-run" | "not-attempted";

/** Something without which the command cannot be run as it was. */
export interface Missing {
  readonly what:
    | "argument"
    | "artifact"
    | "code"
    | "command"
    | "end"
    | "input"
    | "interrupted"
    | "left-out"
    | "program"
    | "record"
    | "repository"
    | "snapshot"
    | WorktreeFault["what"];
  /** A path, a name, a number of an argument. */
  readonly subject: string;
  readonly reason: string;
  /** What to do about it; `null` where nothing can be done. */
  readonly hint: string | null;
}

export interface RecordedCommand {
  /** `null` where the run has one command only. */
  readonly stage: string | null;
  readonly argv: readonly string[];
}

/** Brought into the tree from elsewhere, since Git does not have it. */
export interface Brought {
  /** Relative to the root. */
  readonly path: string;
  readonly what: "input" | "read" | "left-out" | "environment" | "folder";
  readonly from: string;
}

export interface EnvironmentDifference {
  readonly name: string;
  readonly outcome: Outcome;
  readonly recorded: string | null;
  readonly now: string | null;
}

export interface ComparedArtifact {
  readonly name: string;
  readonly outcome: Agreement | "unknown";
  readonly recorded_sha256: string | null;
  readonly now_sha256: string | null;
  /** Whether the places of the run stand in it, and were taken for those of the recorded one. */
  readonly places_replaced: boolean;
  /** Of its numbers, relative; `null` where they were not compared. */
  readonly largest_difference: number | null;
  readonly reason: string | null;
}

/** A number, or `NaN`, `Infinity`, `-Infinity` as text. */
export type MetricValue = number | string;

export interface PartedPoint {
  readonly metric: string;
  readonly step: number | null;
  /** `null` where that run has no such point. */
  readonly recorded: MetricValue | null;
  readonly now: MetricValue | null;
}

export interface ComparedMetrics {
  /** `none`: no metric is on record. */
  readonly outcome: Agreement | "none";
  /** `summary`: the journal of the recorded run is not here, as in a clone, and its summary is what is held against the other's. */
  readonly of: "journal" | "summary";
  /** Points on record, and how many of them came out equal. */
  readonly points: number;
  readonly equal: number;
  /** The first point, in the order of the record, that is not equal, or not within the tolerance. */
  readonly first: PartedPoint | null;
  readonly largest_difference: number | null;
}

export interface ComparedExit {
  readonly recorded: string;
  readonly now: string;
  readonly same: boolean;
}

/** One time that the command was run again. */
export interface Attempt {
  /** The run that it is on record as. */
  readonly id: string;
  readonly folder: string;
  readonly verdict: Agreement | "same-exit-status";
  readonly exit: ComparedExit;
  readonly metrics: ComparedMetrics;
  readonly artifacts: readonly ComparedArtifact[];
  /** Other files that both runs were seen to write; they decide where neither a metric nor an artifact is on record. */
  readonly written: readonly ComparedArtifact[];
  /** What the command printed; it never decides. `null` where it is not kept. */
  readonly same_stdout: boolean | null;
}

export interface Reproduction {
  readonly verdict: ReproductionVerdict;
  readonly summary: string;
  readonly run: { readonly id: string; readonly folder: string; readonly name: string };
  readonly code: { readonly commit: string; readonly tree: string; readonly snapshot: boolean } | null;
  /** Relative to the root of the repository. */
  readonly cwd: string | null;
  readonly commands: readonly RecordedCommand[];
  /** Why the record may not have been made on this machine; `null` when it was. */
  readonly elsewhere: string | null;
  /** What differs, or is not known to be equal; `null` where it did not come to that. */
  readonly environment: readonly EnvironmentDifference[] | null;
  readonly missing: readonly Missing[];
  readonly brought: readonly Brought[];
  readonly notes: readonly string[];
  readonly tolerance: number | null;
  readonly attempts: readonly Attempt[];
  /** Whether the attempts came out equal; `null` with fewer than two. */
  readonly agrees_with_itself: boolean | null;
  /** Likely ones, where not all is identical. */
  readonly causes: readonly string[];
  /** The work tree that was kept. */
  readonly worktree: string | null;
}
