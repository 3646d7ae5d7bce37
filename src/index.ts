/**
 * The programmatic API of Colophon.
 *
 * Functions are named after the founding documents' own, per kind: `build · validate · assert · read · write · publish`.
 */
import { resolve } from "node:path";
import type { Finding } from "./errors.js";
import type { ExperimentManifest } from "./kinds/experiment.js";
import type { RunManifest } from "./kinds/run/run.js";
import { kinds } from "./kinds/table.js";
import { buildManifestPorts, documentPorts, type MetricReading, readJournals } from "./local-ports/api.js";
import { listRunsAt, loadRunAt } from "./local-ports/records/records.js";
import type { RunDiff } from "./operations/diff/diff-runs.js";
import type { LiveRun } from "./operations/live/live-run.js";
import type { StartRunOptions } from "./operations/live/start-live-run.js";
import { type BuildManifestOptions, buildManifestFrom } from "./operations/manifests/build-manifest.js";
import {
  type DocumentCalls,
  documentCalls,
  type ReadOptions,
  type ValidationOptions,
} from "./operations/manifests/documents.js";
import type { ListedRun } from "./operations/records/list/list-runs.js";
import type { LoadedRun } from "./operations/records/load/loaded-run.js";
import type { VerifiedRun } from "./operations/verify/result.js";

export * from "./api/figures.js";
export {
  assertFixture,
  type GeneratedFixture,
  type GenerateFixtureOptions,
  generateFixture,
  loadFixture,
  publishFixture,
  readFixture,
  replayFixture,
  validateFixture,
  verifyFixture,
  writeFixture,
} from "./api/fixtures.js";
export * from "./api/ground-truth.js";
export {
  ColophonError,
  ConfigError,
  FileError,
  type Finding,
  FixtureError,
  type FixtureFault,
  GitError,
  LifecycleError,
  RefusedError,
  type Severity,
  UsageError,
  ValidationError,
} from "./errors.js";
export {
  type DataProvenance,
  type ExperimentManifest,
  type Extensions,
  external,
  synthetic,
} from "./kinds/experiment.js";
export type { FixtureEvent, FixtureRecord } from "./kinds/fixture/event.js";
export {
  buildFixture,
  type EventBatch,
  type ExpectedOutputManifest,
  type FixtureFacts,
  type ReplayPlan,
} from "./kinds/fixture/manifest.js";
export type { RunManifest, Stage } from "./kinds/run/run.js";
export type { JournalProblems, MetricPoint, MetricReading } from "./local-ports/api.js";
export { formatCanonical, formatDisk } from "./manifest/canonical.js";
export { contentId, digestOfBytes, digestOfValue } from "./manifest/digest.js";
export type { RunDiff } from "./operations/diff/diff-runs.js";
export type { LoadedFixture, LoadFixtureOptions } from "./operations/fixtures/load-fixture.js";
export type { OnEvent, Replayed, ReplayOptions } from "./operations/fixtures/replay-fixture.js";
export type { VerifiedFixture } from "./operations/fixtures/verify/verify-fixture.js";
export type { LogOptions } from "./operations/live/live-metrics.js";
export type { ArtifactOptions, LiveRun, LiveStage, RecordedArtifact } from "./operations/live/live-run.js";
export type { StartRunOptions } from "./operations/live/start-live-run.js";
export type { BuildManifestOptions } from "./operations/manifests/build-manifest.js";
export type { ReadOptions, ValidationOptions } from "./operations/manifests/documents.js";
export type { ListedRun } from "./operations/records/list/list-runs.js";
export {
  type Availability,
  artifactOf,
  type LoadedArtifact,
  type LoadedRun,
  type Note,
  type ObservedState,
  type RunState,
} from "./operations/records/load/loaded-run.js";
export type { CheckResult, CheckState, Verdict, VerifiedRun } from "./operations/verify/result.js";
export { version } from "./version.js";

const experiments: DocumentCalls<ExperimentManifest> = documentCalls(kinds.experiment, documentPorts);
const runs: DocumentCalls<RunManifest> = documentCalls(kinds.run, documentPorts);

/**
 * Builds an experiment manifest: captures the commit of the repository around `directory`, the runtimes and the time
 * (UTC, milliseconds) at the call. It is not validated; `assertManifest` or `publishManifest` do that.
 *
 * @throws GitError when there is no repository, no commit, or Git cannot be read.
 */
export async function buildManifest(options: BuildManifestOptions): Promise<ExperimentManifest> {
  return buildManifestFrom(options, await buildManifestPorts());
}

/**
 * Starts a run that the calling program records of itself, stage by stage; every change is on disk when its call returns.
 *
 *     await using run = await startRun({ params: { lr: 3e-4 }, dataProvenance: synthetic(42) });
 *     await run.stage("20_model_fit", async (stage) => {
 *       await stage.artifact("model", "model.bin");
 *     });
 *     await run.finish();
 *
 * A stage that throws fails the run. A process that ends without `finish` leaves a run that is recorded as failed, or, when it was
 * killed, found to be lost; it is never completed.
 *
 * @throws GitError when there is no commit to name; RefusedError without provenance; UsageError, ConfigError, FileError.
 */
export async function startRun(options: StartRunOptions = {}): Promise<LiveRun> {
  const [{ startLiveRun }, { unrecordedRun }, { livePorts, metricsOfRank, rankHere }] = await Promise.all([
    import("./operations/live/start-live-run.js"),
    import("./operations/live/unrecorded-run.js"),
    import("./local-ports/run/live.js"),
  ]);
  const rank = rankHere();
  const directory = resolve(options.directory ?? ".");
  if (rank !== null && rank !== 0) return unrecordedRun(rank, await metricsOfRank(directory, rank));
  return startLiveRun(options, directory, process.argv, livePorts(directory));
}

/** Judges any value as an experiment manifest: every violation, each naming its field, in a fixed order. Never throws. */
export function validateManifest(value: unknown, options?: ValidationOptions): Finding[] {
  return experiments.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid experiment manifest. */
export function assertManifest(
  value: unknown,
  options?: ValidationOptions,
): asserts value is ExperimentManifest {
  experiments.assert(value, options);
}

/**
 * Reads and judges a file: strict UTF-8 JSON of at most 8 MiB and 64 levels, without duplicate keys or lossy integers.
 *
 * @throws FileError when it cannot be read; ValidationError, with lines and columns, when it is not valid.
 */
export function readManifest(path: string | URL, options?: ReadOptions): ExperimentManifest {
  return experiments.read(path, options);
}

/**
 * Writes the canonical text of any JSON value, atomically: a temporary file beside the target, synced, renamed, and the
 * folder synced. Only persists; the parent folder must exist.
 *
 * @throws ColophonError `NOT_JSON` before anything is opened; FileError when it cannot be written, nothing left behind.
 */
export function writeManifest(manifest: object, path: string | URL): void {
  experiments.write(manifest, path);
}

/** Validates strictly, writes as `writeManifest` does, and reads back. @throws ValidationError before anything is written. */
export function publishManifest(manifest: object, path: string | URL, options?: ValidationOptions): void {
  experiments.publish(manifest, path, options);
}

/** Judges any value as a run manifest of version 0 to 3. `profile: "complete"` holds it to what a completed run must have. */
export function validateRunManifest(value: unknown, options?: ValidationOptions): Finding[] {
  return runs.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid run manifest. */
export function assertRunManifest(value: unknown, options?: ValidationOptions): asserts value is RunManifest {
  runs.assert(value, options);
}

/**
 * As `readManifest`, for `run_manifest.json`. Versions 0 to 2 come in the shape of version 3: what they did not record has a default, such
 * as null or a status that follows from `finished_at`. Which values those are is told by `loadRun`, in `defaulted`.
 */
export function readRunManifest(path: string | URL, options?: ReadOptions): RunManifest {
  return runs.read(path, options);
}

/** As `writeManifest`, for `run_manifest.json`. */
export function writeRunManifest(manifest: object, path: string | URL): void {
  runs.write(manifest, path);
}

/** As `publishManifest`, for `run_manifest.json`. */
export function publishRunManifest(manifest: object, path: string | URL, options?: ValidationOptions): void {
  runs.publish(manifest, path, options);
}

export interface LoadOptions {
  /** The extension key of the run; default that of the project around it, else `colophon`. */
  readonly namespace?: string;
}

/**
 * Loads a recorded run from its folder or its `run_manifest.json`, wherever it lies: judged, upgraded to version 3, every artifact
 * with its absolute path and whether it is there.
 *
 * @throws LifecycleError, with a code for each cause, when it cannot be loaded.
 */
export function loadRun(pathOrFolder: string | URL, { namespace }: LoadOptions = {}): LoadedRun {
  return loadRunAt(documentPorts.pathOf(pathOrFolder), namespace);
}

/**
 * The runs that are direct children of a folder, newest `started_at` first, then by the folder's name. One that cannot be loaded
 * stands among the others, with the error instead of the run.
 *
 * @throws LifecycleError only when the folder itself cannot be listed.
 */
export function listRuns(folder: string | URL, { namespace }: LoadOptions = {}): ListedRun<LoadedRun>[] {
  return listRunsAt(documentPorts.pathOf(folder), namespace);
}

/**
 * Every metric that a run logged, one point after the other: of `metrics.jsonl`, then of the journals of other processes of its job. Journals
 * may be larger than memory. A run that goes on, or was lost, is read as far as it came; in a clone there is nothing to read.
 * What of a journal is no point is counted, by file and line, in `problems`, once the iteration has ended.
 */
export function readMetrics(runFolder: string | URL): MetricReading {
  return readJournals(resolve(documentPorts.pathOf(runFolder)));
}

export interface DiffOptions {
  /** The folder whose repository is asked first for the two commits; default the current one. Then those around the runs. */
  readonly directory?: string;
  /** Whether to read every changed line of code too. */
  readonly hunks?: boolean;
}

/**
 * What differs between two loaded runs, in code, data, parameters, environment, stages, artifacts and result; `summary` says it in
 * a sentence. `diffRuns(b, a)` is the same with `a` and `b` exchanged. What a record does not say is `unknown`, never a difference.
 */
export async function diffRuns(
  a: LoadedRun,
  b: LoadedRun,
  { directory = ".", hunks = false }: DiffOptions = {},
): Promise<RunDiff> {
  const [{ diffRuns }, { diffPorts }] = await Promise.all([
    import("./operations/diff/diff-runs.js"),
    import("./local-ports/records/diff.js"),
  ]);
  return diffRuns(a, b, diffPorts(resolve(directory), process.env, [a, b], hunks ? "all" : "none"));
}

export interface VerifyOptions extends LoadOptions {
  /** The folder whose repository a run outside of any is held against; default the current one. */
  readonly directory?: string;
}

/**
 * Holds a recorded run against what is there now: its manifests and facts, `SHA256SUMS`, every input and artifact by its bytes, the
 * commit and the snapshot. Changes nothing; what differs, is missing or cannot be read is a check of the result, never thrown.
 *
 * @throws LifecycleError when there is no run.
 */
export async function verifyRun(
  pathOrFolder: string | URL,
  { directory = ".", namespace }: VerifyOptions = {},
): Promise<VerifiedRun> {
  const [{ verifyRun }, { verifyPorts }] = await Promise.all([
    import("./operations/verify/verify-runs.js"),
    import("./local-ports/records/verify.js"),
  ]);
  const path = resolve(documentPorts.pathOf(pathOrFolder));
  return verifyRun(path, verifyPorts(resolve(directory), process.env, { namespace }));
}
