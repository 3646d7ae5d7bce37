/** What a figure was made from, as the founding document has it answered: its manifest word by word, and the rows behind it by their keys. */
import { sha256 } from "../../manifest/digest.js";
import { type DrawnKeys, readDrawnKeys } from "./drawn-keys.js";
import type { RowPorts } from "./ports.js";
import { type RecordedFigure, readFigure } from "./recorded-figure.js";

/** @throws UsageError `NO_SUCH_FIGURE`, ValidationError, RefusedError `FIGURE_CHANGED` */
export function formatFigureTrace(id: string, ports: RowPorts): string {
  const figure = readFigure(id, ports);
  const head = {
    figure_id: figure.id,
    manifest_path: figure.path,
    manifest_sha256: `sha256:${sha256(figure.bytes)}`,
  };
  const keys = compactKeys(figure, readDrawnKeys(figure, ports));
  const manifest = new TextDecoder().decode(figure.bytes).trim();
  // The manifest is not written again: its bytes are those of the file.
  return `${JSON.stringify(head).slice(0, -1)},"manifest":${manifest},"trace_keys":${JSON.stringify(keys)}}\n`;
}

/** `keys`: of the rows that drawn values name, in the order of `key_fields`; `null` where the figure does not say. */
export function compactKeys({ manifest }: RecordedFigure, drawn: DrawnKeys) {
  return manifest.trace_keys.upstream_keys.map(({ table, key_fields }) => ({
    table,
    key_fields,
    keys: drawn.get(table) ?? null,
  }));
}
