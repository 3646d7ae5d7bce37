/** The rows of input tables that a figure's drawn values say they come from. */
import { RefusedError } from "../../errors.js";
import { hexOf } from "../../kinds/figure/digests.js";
import { sha256 } from "../../manifest/digest.js";
import { isObject } from "../../manifest/validate.js";
import { parsePayload, rowKeysMember } from "../figures/payload.js";
import type { FigureReading } from "../figures/ports.js";
import type { RecordedFigure } from "./recorded-figure.js";
import type { KeyValue } from "./row-query.js";

export type DrawnKeys = ReadonlyMap<string, readonly (readonly KeyValue[])[]>;

/**
 * Keys by table, each once, in the order of the drawn rows; empty where the payload names none.
 * @throws RefusedError `FIGURE_CHANGED` when the payload is not the recorded one
 */
export function readDrawnKeys({ id, manifest }: RecordedFigure, ports: FigureReading): DrawnKeys {
  const { figure_path, figure_sha256 } = manifest.outputs;
  const bytes = ports.findBytes(figure_path);
  if (bytes === undefined || sha256(bytes) !== hexOf(figure_sha256))
    throw new RefusedError(
      "FIGURE_CHANGED",
      `${figure_path}, the drawn data of ${id}, ${bytes === undefined ? "is not there" : "is not what was recorded"}`,
      { hint: `Type: colophon figure verify ${id}` },
    );
  const keys = new Map<string, Map<string, readonly KeyValue[]>>();
  for (const row of parsePayload(bytes, figure_path).rows) {
    const named = Object.hasOwn(row, rowKeysMember) ? row[rowKeysMember] : undefined;
    for (const [table, list] of Object.entries(isObject(named) ? named : {})) {
      const known = keys.get(table) ?? new Map<string, readonly KeyValue[]>();
      for (const key of Array.isArray(list) ? (list as KeyValue[][]) : [])
        known.set(JSON.stringify(key), key);
      keys.set(table, known);
    }
  }
  return new Map([...keys].map(([table, known]) => [table, [...known.values()]]));
}
