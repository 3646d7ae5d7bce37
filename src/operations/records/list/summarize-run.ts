/** What a list and a page of a run say of it first, in words that go into `--json` as they are. */
import type { DataProvenance, ExperimentManifest } from "../../../kinds/experiment.js";
import type { RunManifest, Stage } from "../../../kinds/run/run.js";
import { kinds } from "../../../kinds/table.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import { capabilityOf } from "../load/extension.js";
import type { LoadedRecord, RunState } from "../load/loaded-run.js";
import { tagsOf } from "../notes/notes.js";

export interface RunSummary {
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly state: RunState;
  /** How a state that is not on record is known. */
  readonly reason: string | null;
  readonly reconciled: boolean;
  /** Why it failed, where no stage is to blame. */
  readonly failure: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  /** So far, for a run that runs; `null` for one of which nobody knows when it ended. */
  readonly elapsed_seconds: number | null;
  readonly stages: readonly Pick<Stage, "name" | "status" | "elapsed_seconds" | "message">[];
  /** `null` where no experiment manifest is there. */
  readonly code: ExperimentManifest["git"] | null;
  readonly data: DataProvenance | null;
  readonly tags: readonly string[];
  /** Id of the run that this one repeats, where `colophon reproduce` made it. */
  readonly reproduces: string | null;
}

export function summarizeRun(
  { id, folder, run, manifest, observed, notes }: LoadedRecord,
  now: number,
): RunSummary {
  return {
    id,
    folder,
    name: run.run_name,
    state: observed.state,
    reason: observed.reason,
    reconciled: observed.reconciled,
    failure: failureOf(run),
    started_at: run.started_at,
    finished_at: run.finished_at,
    elapsed_seconds: secondsBetween(
      run.started_at,
      run.finished_at,
      observed.state === "running" ? now : null,
    ),
    stages: run.stages.map(({ name, status, elapsed_seconds, message }) => ({
      name,
      status,
      elapsed_seconds,
      message,
    })),
    code: manifest?.git ?? null,
    data: manifest?.data_provenance ?? null,
    tags: tagsOf(notes),
    reproduces: reproducedBy(manifest),
  };
}

function reproducedBy(manifest: ExperimentManifest | null): string | null {
  const of = capabilityOf(manifest, kinds.experiment, "reproduction")?.of;
  return typeof of === "string" ? of : null;
}

function failureOf(run: RunManifest): string | null {
  const message = capabilityOf(run, kinds.run, "failure")?.message;
  return typeof message === "string" ? message : null;
}

function secondsBetween(from: string, to: string | null, now: number | null): number | null {
  const [start, end] = [parseUtc(from), to === null ? now : parseUtc(to)];
  return start === undefined || end === undefined || end === null ? null : Math.max(0, end - start) / 1000;
}
