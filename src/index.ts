/**
 * The programmatic API of Colophon.
 *
 * Functions are named after the founding documents' own, per kind: `build · validate · assert · read · write · publish`.
 */
import type { Finding } from "./errors.js";
import type { ExperimentManifest } from "./kinds/experiment.js";
import type { RunManifest } from "./kinds/run.js";
import { kinds } from "./kinds/table.js";
import { buildManifestPorts, documentPorts } from "./local-ports/api.js";
import { type BuildManifestOptions, buildManifestFrom } from "./operations/build-manifest.js";
import {
  type DocumentCalls,
  documentCalls,
  type ReadOptions,
  type ValidationOptions,
} from "./operations/documents.js";

export {
  ColophonError,
  ConfigError,
  FileError,
  type Finding,
  GitError,
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
export type { RunManifest, Stage } from "./kinds/run.js";
export { formatCanonical, formatDisk } from "./manifest/canonical.js";
export { contentId, digestOfBytes, digestOfValue } from "./manifest/digest.js";
export type { BuildManifestOptions } from "./operations/build-manifest.js";
export type { ReadOptions, ValidationOptions } from "./operations/documents.js";
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

/** Judges any value as a run manifest of version 3. `profile: "complete"` holds it to what a completed run must have. */
export function validateRunManifest(value: unknown, options?: ValidationOptions): Finding[] {
  return runs.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid run manifest. */
export function assertRunManifest(value: unknown, options?: ValidationOptions): asserts value is RunManifest {
  runs.assert(value, options);
}

/** As `readManifest`, for `run_manifest.json`. */
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
