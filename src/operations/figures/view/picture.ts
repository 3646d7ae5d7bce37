/** What of a figure can be drawn. */
import type { Picture } from "../../../draw/figures/picture.js";
import { isObject } from "../../../manifest/validate.js";
import { defaultSourceField } from "../gather-figure.js";
import type { DrawnRow } from "../payload.js";
import type { FigureView } from "./view-figure.js";

export type { Picture } from "../../../draw/figures/picture.js";

/** `undefined` where there are no drawn rows. Labels of axes are members of the payload beside its rows. */
export function pictureOf({ manifest, recording, drawn, references }: FigureView): Picture | undefined {
  const { payload } = drawn;
  if (manifest === undefined || payload === null) return undefined;
  const says = (member: string) => {
    const value = isObject(payload.value) ? payload.value[member] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const unit = recording?.unit ?? says("unit") ?? "";
  const numberOf = new Map(references.map(({ source_id, number }) => [source_id, number]));
  const sources = recording?.source_field ?? defaultSourceField;
  return {
    type: recording?.type ?? manifest.figure.type,
    title: manifest.figure.title,
    unit,
    xLabel: says("x_label") ?? "",
    yLabel: says("y_label") ?? (payload.rows.some(({ y }) => typeof y === "number") ? "y" : unit),
    rows: payload.rows,
    value: recording?.invariance.field ?? onlyNumber(payload.rows),
    cited: payload.rows.map((row) => {
      const named = row[sources];
      const ids: readonly unknown[] = Array.isArray(named) ? named : [named];
      return ids.flatMap((id) => numberOf.get(id as string) ?? []);
    }),
  };
}

const places = new Set(["x", "y", "x0", "x1"]);

/** What another tool draws is known where the rows have one number that is no place. */
function onlyNumber(rows: readonly DrawnRow[]): string {
  const members = new Set(rows.flatMap((row) => Object.keys(row)));
  const numbers = [...members].filter(
    (member) => !places.has(member) && rows.every((row) => typeof row[member] === "number"),
  );
  return numbers.length === 1 ? (numbers[0] as string) : "value";
}
