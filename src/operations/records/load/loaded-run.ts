/** A recorded run as it is read back: the record, what is there of it, and what is known of a run that never ended. */
import type { Finding } from "../../../errors.js";
import type { MetricsSummary, ObservedFiles } from "../../../generated/types.js";
import type { ExperimentManifest } from "../../../kinds/experiment.js";
import type { RunManifest } from "../../../kinds/run/run.js";
import type { Reported } from "../../metrics/reports.js";

/**
 * `lost`: the tracker is gone and the run has no end. `unknown`: it runs elsewhere, or ran where we cannot look. Both stand in the
 * record as `running`.
 */
export type RunState = "running" | "completed" | "failed" | "lost" | "unknown";

export interface ObservedState {
  readonly state: RunState;
  /** How that is known, for `lost` and `unknown`; else `null`. */
  readonly reason: string | null;
  /** Whether `reconciled.jsonl` says so too. */
  readonly reconciled: boolean;
}

/**
 * `here`: the file is there. `not-here`: it is left out of Git by design and its digest is known, as in a clone.
 * `missing`: it is tracked and gone, or was never recorded.
 */
export type Availability = "here" | "not-here" | "missing";

export interface LoadedArtifact {
  readonly name: string;
  readonly stage: string;
  /** Relative to the run folder, POSIX. */
  readonly path: string;
  /** Absolute, whether or not anything is there. Of a reference, the small file that says where the content lay. */
  readonly absolute: string;
  readonly availability: Availability;
  /**
   * How the run has it; `null` where that is not recorded. Of what is `referenced` the run keeps no content: `absolute` is the
   * reference, while `sha256`, `bytes` and `mtime_utc` are those of the original, which lay elsewhere.
   */
  readonly how: "written" | "copied" | "linked" | "referenced" | null;
  /** 64 lower-case hexadecimal digits, when recorded. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  /** When the source was modified last, when recorded. */
  readonly mtime_utc: string | null;
}

/** A line of `notes.jsonl`. */
export interface Note {
  readonly time: string;
  readonly by: string | null;
  readonly tags: readonly string[];
  readonly untags: readonly string[];
  readonly text: string | null;
}

/** What the manifests say, and what is there of it: enough for a list. */
export interface LoadedRecord {
  /** The name of its folder. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  /** The version found on disk; `run` has the shape of version 3. */
  readonly version: number;
  readonly run: RunManifest;
  /** Pointers into `run` whose values an older version did not record. */
  readonly defaulted: readonly string[];
  /** `null` where the folder has none, as in the origin project's. */
  readonly manifest: ExperimentManifest | null;
  readonly observed: ObservedState;
  /** Of all stages, in their order. */
  readonly artifacts: readonly LoadedArtifact[];
  readonly notes: readonly Note[];
  /** What its program said of it while it ran. */
  readonly reported: Reported;
  /** Of severity `warning` and `notice` only: what is an error is thrown. */
  readonly findings: readonly Finding[];
}

export interface LoadedRun extends LoadedRecord {
  /** What `00_run_metadata/` says; `null` where the file is not there, predates it, or is not JSON. */
  readonly inputs: Readonly<Record<string, unknown>> | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly command: Readonly<Record<string, unknown>> | null;
  readonly environment: Readonly<Record<string, unknown>> | null;
  /** What its journals came to at its end; of a run without an end, `readMetrics` has the points. */
  readonly metrics: MetricsSummary | null;
  /** The files that its command was seen to open; `null` also where the record of them is not valid. */
  readonly observation: ObservedFiles | null;
}

/** `null` where the run has none of that name, as an origin run without `diagnostics_bundle`. */
export function artifactOf({ artifacts }: LoadedRecord, name: string): LoadedArtifact | null {
  return artifacts.findLast((artifact) => artifact.name === name) ?? null;
}
