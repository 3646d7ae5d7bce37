/** Figures in the programmatic API: their documents, and recording them. */
import { resolve } from "node:path";
import type { Finding } from "../errors.js";
import type { FigureSpec } from "../generated/types.js";
import type { FigureIndex, FigureManifest } from "../kinds/figure/kind.js";
import { kinds } from "../kinds/table.js";
import { documentPorts } from "../local-ports/api.js";
import { type FigurePipeline, pipelineFrom } from "../operations/figures/pipeline.js";
import type { RecordedFigure } from "../operations/figures/record-figure.js";
import {
  type DocumentCalls,
  documentCalls,
  type ReadOptions,
  type ValidationOptions,
} from "../operations/manifests/documents.js";

export type { FigureSpec } from "../generated/types.js";
export type { FigureIndex, FigureManifest, Recording } from "../kinds/figure/kind.js";
export type { FigurePipeline, PipelineTransform } from "../operations/figures/pipeline.js";
export type { RecordedFigure } from "../operations/figures/record-figure.js";

const figures: DocumentCalls<FigureManifest> = documentCalls(kinds.figure, documentPorts);
const figureIndexes: DocumentCalls<FigureIndex> = documentCalls(kinds["figure-index"], documentPorts);

/** Judges any value as a figure manifest of version 1.0. `mode: "tolerant"` reads what the founding document's model reads. */
export function validateFigureManifest(value: unknown, options?: ValidationOptions): Finding[] {
  return figures.validate(value, options);
}

/** @throws ValidationError with all findings, unless the value is a valid figure manifest. */
export function assertFigureManifest(
  value: unknown,
  options?: ValidationOptions,
): asserts value is FigureManifest {
  figures.assert(value, options);
}

/** As `readManifest`, for `<name>.<sha8>.manifest.json`. */
export function readFigureManifest(path: string | URL, options?: ReadOptions): FigureManifest {
  return figures.read(path, options);
}

/** As `readManifest`, for the index of all figures, `manifest.json` in the artifacts root. */
export function readFigureIndex(path: string | URL, options?: ReadOptions): FigureIndex {
  return figureIndexes.read(path, options);
}

/** As `writeManifest`, for a figure manifest. `recordFigure` writes one whose facts it has found out itself. */
export function writeFigureManifest(manifest: object, path: string | URL): void {
  figures.write(manifest, path);
}

/** As `publishManifest`, for a figure manifest. */
export function publishFigureManifest(
  manifest: object,
  path: string | URL,
  options?: ValidationOptions,
): void {
  figures.publish(manifest, path, options);
}

export interface RecordFigureOptions {
  /** The folder whose project is meant; default the current one. Paths of the specification are relative to the project. */
  readonly directory?: string;
  /** Write over output of that name which differs. */
  readonly accept?: boolean;
  /** The drawn data, instead of a file: an object whose `data` is the list of drawn rows. */
  readonly payload?: object;
  /** Steps that ran in this program; what the last one left is the payload. */
  readonly pipeline?: FigurePipeline<object>;
  /** Rows before aggregation, instead of a table. */
  readonly before?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Records a figure: digests, rows, hashes, references and both sums are found out from the files, judged, and written to the artifacts
 * root: payload, CSV, references and manifest, at last the index.
 *
 * @throws ConfigError, RefusedError, FileError, ValidationError; nothing is written then.
 */
export async function recordFigure(
  spec: FigureSpec,
  { directory = ".", accept = false, payload, pipeline, before }: RecordFigureOptions = {},
): Promise<RecordedFigure> {
  const [{ recordFigure }, { figurePorts }] = await Promise.all([
    import("../operations/figures/record-figure.js"),
    import("../local-ports/figures/figures.js"),
  ]);
  const drawn = pipeline?.slice ?? payload;
  const request = {
    accept,
    named: "the specification",
    payload: drawn,
    transforms: pipeline?.transforms,
    before,
  };
  return recordFigure(spec, request, figurePorts(resolve(directory), process.env));
}

/**
 * Runs transforms one after the other, and digests each slice as it goes:
 *
 *     const joined = figurePipeline(rows);
 *     const annual = await joined.step("derive.annualize", "1.1.0", { days: 365 }, annualize);
 *     const pipeline = await annual.step("slice.stacked", "1.0.0", { unit: "kg" }, stack);
 *     await recordFigure(spec, { pipeline, before: annual.slice });
 */
export function figurePipeline<Slice>(slice: Slice): FigurePipeline<Slice> {
  return pipelineFrom(slice);
}
