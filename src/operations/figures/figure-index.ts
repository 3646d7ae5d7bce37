/** The index of all figures, `manifest.json` in the artifacts root. */

import { ValidationError } from "../../errors.js";
import type { FigureIndex, FigureManifest } from "../../kinds/figure/kind.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { formatDisk } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import type { Kind } from "../../manifest/kind.js";
import { locateFindings, parseJson } from "../../manifest/parse.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import type { BuiltFigure } from "./build-figure.js";
import type { FigureReading } from "./ports.js";

export type IndexEntry = FigureIndex["figures"][number];

export function indexPath({ artifacts }: Pick<FigureReading, "artifacts">): string {
  return `${artifacts}/manifest.json`;
}

/** `undefined` when there is none yet. @throws ValidationError */
export function readIndex(ports: FigureReading): FigureIndex | undefined {
  return readKind<FigureIndex>(indexPath(ports), kinds["figure-index"], ports)?.document;
}

export interface Read<T> {
  readonly document: T;
  readonly bytes: Uint8Array;
}

/** A valid document, or `undefined` when there is none. @throws ValidationError */
export function readKind<T>(
  path: string,
  kind: Kind,
  { findBytes, namespace }: Pick<FigureReading, "findBytes" | "namespace">,
): Read<T> | undefined {
  const bytes = findBytes(path);
  if (bytes === undefined) return undefined;
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new ValidationError(path, parsed.findings);
  const findings = validateDocument(parsed.value, kind, defaultRules({ namespace }));
  if (!isValid(findings)) throw new ValidationError(path, locateFindings(parsed.text, findings));
  return { document: parsed.value as T, bytes };
}

/** `manifestText`: the bytes that stand in the file, which may be those of an earlier build. */
export function entryFor(
  { id, manifest, manifestPath, figureText, csvText, refsText }: BuiltFigure,
  manifestText: string,
): IndexEntry {
  const { figure, dataset, outputs }: FigureManifest = manifest;
  return {
    id,
    layer_id: figure.layer_id,
    reference_year: dataset.reference_year,
    figure_path: outputs.figure_path,
    figure_sha256: `sha256:${sha256(figureText)}`,
    manifest_path: manifestPath,
    manifest_sha256: `sha256:${sha256(manifestText)}`,
    csv_path: outputs.download_csv,
    csv_sha256: `sha256:${sha256(csvText)}`,
    refs_path: outputs.download_refs,
    refs_sha256: `sha256:${sha256(refsText)}`,
  };
}

export function formatIndex(entries: readonly IndexEntry[]): string {
  const figures = entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return formatDisk({
    $schema: "https://colophon.example/spec/figure-index.schema.json",
    index_version: "1.0",
    figures,
  });
}
