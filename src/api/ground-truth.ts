/** The calls of the API about ground truth. */
import { resolve } from "node:path";
import type { Finding } from "../errors.js";
import type { GroundTruthGeneration } from "../generated/types.js";
import {
  buildGroundTruth,
  type GroundTruthConfig,
  type GroundTruthState,
} from "../kinds/ground-truth/build.js";
import type { GroundTruthManifest } from "../kinds/ground-truth/ground-truth.js";
import { kinds } from "../kinds/table.js";
import { documentPorts } from "../local-ports/api.js";
import { generateTruthPorts, writeTablesPorts } from "../local-ports/synthetic/ground-truth.js";
import type { CellQuestion, TracedCell } from "../operations/ground-truth/answers/trace-cell.js";
import type { DataTable } from "../operations/ground-truth/data-table.js";
import { outputDiffers, type WrittenFile } from "../operations/ground-truth/plan-tables.js";
import {
  type WriteTablesOptions,
  type WrittenTables,
  writeTables as writeTablesTo,
} from "../operations/ground-truth/write-tables.js";
import {
  type DocumentCalls,
  documentCalls,
  type ReadOptions,
  type ValidationOptions,
} from "../operations/manifests/documents.js";

export type { GroundTruthGeneration } from "../generated/types.js";
export type { GroundTruthConfig, GroundTruthState } from "../kinds/ground-truth/build.js";
export type { GroundTruthManifest } from "../kinds/ground-truth/ground-truth.js";
export { corruptedRows } from "../operations/ground-truth/answers/corrupted.js";
export { crossingsOf } from "../operations/ground-truth/answers/crossings.js";
export { thresholdDrift } from "../operations/ground-truth/answers/drift.js";
export { eventsOf } from "../operations/ground-truth/answers/events.js";
export { labelsOf } from "../operations/ground-truth/answers/labels.js";
export { recoverTable } from "../operations/ground-truth/answers/recover-table.js";
export { splitOf, splitTable } from "../operations/ground-truth/answers/split.js";
export { summarizeGroundTruth } from "../operations/ground-truth/answers/summary.js";
export { tapeOf } from "../operations/ground-truth/answers/tape.js";
export type { CellQuestion, TracedCell } from "../operations/ground-truth/answers/trace-cell.js";
export { pairsByAdjustment, undeliverablePairs } from "../operations/ground-truth/answers/undeliverable.js";
export type { DataTable } from "../operations/ground-truth/data-table.js";
export type { WriteTablesOptions, WrittenTables } from "../operations/ground-truth/write-tables.js";

const groundTruths: DocumentCalls<GroundTruthManifest> = documentCalls(kinds["ground-truth"], documentPorts);

/**
 * Builds the ground truth of a synthetic dataset from a generator's configuration and what it found out while it made the tables:
 * sorted, every entity with an entry for every event table, sums and digests computed. The same two give the same bytes, whatever
 * the order in which they name things. It is not validated; `assertGroundTruthManifest` or `publishGroundTruthManifest` do that.
 *
 * @throws UsageError for a sample rate outside of (0, 1], or a sampled entity without a trajectory.
 */
export function buildGroundTruthManifest(
  config: GroundTruthConfig,
  state: GroundTruthState,
): GroundTruthManifest {
  return buildGroundTruth(config, state);
}

/** Judges any value as a ground-truth manifest of version 1.0. The kind is closed: there is no extension key. */
export function validateGroundTruthManifest(value: unknown, options?: ValidationOptions): Finding[] {
  return groundTruths.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid ground-truth manifest. */
export function assertGroundTruthManifest(
  value: unknown,
  options?: ValidationOptions,
): asserts value is GroundTruthManifest {
  groundTruths.assert(value, options);
}

/** As `readManifest`, for the `manifest.json` beside generated tables, up to 256 MiB. What an earlier writer left out stays absent. */
export function readGroundTruthManifest(path: string | URL, options?: ReadOptions): GroundTruthManifest {
  return groundTruths.read(path, options);
}

/** As `writeManifest`, for a ground-truth manifest. */
export function writeGroundTruthManifest(manifest: object, path: string | URL): void {
  groundTruths.write(manifest, path);
}

/** As `publishManifest`, for a ground-truth manifest. */
export function publishGroundTruthManifest(
  manifest: object,
  path: string | URL,
  options?: ValidationOptions,
): void {
  groundTruths.publish(manifest, path, options);
}

/**
 * Writes generated tables into a folder: `<name>.csv` of each, `SHA256SUMS` of all files, and, when a manifest was given and
 * `config.manifest.include` is not false, `manifest.json` last. What stands there already is left; other content is refused.
 *
 *     const manifest = buildGroundTruthManifest(config, state);
 *     writeTables({ fct_engagement: { columns: ["entity", "mrr"], rows } }, config, { directory: "output", manifest });
 *
 * @throws UsageError for a table that CSV cannot hold, or a manifest of another configuration; ValidationError; RefusedError
 * `OUTPUT_DIFFERS`, with nothing written, unless `accept` is true.
 */
export function writeTables(
  tables: Readonly<Record<string, DataTable>>,
  config: GroundTruthConfig,
  options: WriteTablesOptions,
): WrittenTables {
  return writeTablesTo(tables, config, options, writeTablesPorts);
}

export interface GenerateGroundTruthOptions {
  /** Where tables and manifest are written; they are written nowhere when it is left out. */
  readonly directory?: string;
  /** Whether files that are there and differ are replaced. */
  readonly accept?: boolean;
}

export interface GeneratedGroundTruth {
  /** As they are written. */
  readonly tables: Readonly<Record<string, DataTable>>;
  /** As they were before anything went wrong with them. */
  readonly clean: Readonly<Record<string, DataTable>>;
  readonly manifest: GroundTruthManifest;
  /** Null without a directory. */
  readonly written: {
    readonly status: "written" | "unchanged" | "replaced";
    readonly files: readonly WrittenFile[];
  } | null;
}

/**
 * Makes tables and everything that is true of them from a configuration (`spec/ground-truth-config.schema.json`): the same ones on every
 * machine.
 *
 *     const { tables, clean, manifest } = await generateGroundTruth(config, { directory: "output" });
 *
 * @throws ConfigError with every fault of the configuration; RefusedError `OUTPUT_DIFFERS`, with nothing written, unless `accept` is true.
 */
export async function generateGroundTruth(
  config: GroundTruthGeneration,
  { directory, accept = false }: GenerateGroundTruthOptions = {},
): Promise<GeneratedGroundTruth> {
  const { checkConfig } = await import("../operations/ground-truth/check-config.js");
  const { generateGroundTruth: generateTo, makeGroundTruth } = await import(
    "../operations/ground-truth/generate-ground-truth.js"
  );
  const checked = checkConfig(config, "the configuration");
  if (directory === undefined) {
    const { world, manifest } = await makeGroundTruth(checked);
    return { tables: world.tables, clean: world.clean, manifest, written: null };
  }
  const request = { config: checked, directory: resolve(directory), accept };
  const { world, manifest, status, files, diff } = await generateTo(request, generateTruthPorts);
  if (status === "differs")
    throw outputDiffers(
      directory,
      (diff?.files ?? []).map(({ path }) => path),
    );
  return { tables: world.tables, clean: world.clean, manifest, written: { status, files } };
}

/** What is wrong with a configuration, each finding with its pointer; none when a world can be made from it. */
export async function validateGroundTruthConfig(config: unknown): Promise<Finding[]> {
  const { validateConfig } = await import("../operations/ground-truth/check-config.js");
  return validateConfig(config);
}

/**
 * One cell of a fact table step by step, from the label to what is written, and where each step was found: in the manifest, or derived by
 * making it again. `table` is the corrupted one, or nothing.
 *
 * @throws ConfigError for another configuration than the manifest's; UsageError for a cell that there is none of.
 */
export async function traceMetricCell(
  manifest: GroundTruthManifest,
  config: GroundTruthGeneration,
  question: CellQuestion,
  table?: DataTable,
): Promise<TracedCell> {
  const { checkConfigOf } = await import("../operations/ground-truth/check-config.js");
  const { traceCell } = await import("../operations/ground-truth/answers/trace-cell.js");
  const checked = checkConfigOf(manifest, { values: config, text: "", path: "the configuration" });
  return traceCell(manifest, checked, question, () => table);
}
