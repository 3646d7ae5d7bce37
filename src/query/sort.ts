/** The order of `--sort`: by one field after the other, what is not on record last. */
import { UsageError } from "../errors.js";
import { textOf } from "./match.js";
import { parseField, splitFields } from "./parse-query.js";
import { type QueriedRun, type Scalar, valuesOf } from "./queried-run.js";
import type { Field } from "./query.js";

export interface SortKey {
  readonly field: Field;
  readonly isDescending: boolean;
}

/** `metrics.loss`, `-started`, `params.lr DESC`; several behind commas. @throws UsageError */
export function parseSort(text: string): SortKey[] {
  return splitFields(text).map((part) => {
    const [, minus, name = "", word = ""] = /^\s*(-?)\s*(.*?)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? [];
    if (name === "") {
      throw new UsageError(
        "BAD_QUERY",
        `--sort takes fields, parted by commas; found ${JSON.stringify(text)}`,
        {
          hint: "Type: --sort metrics.loss,-started",
        },
      );
    }
    return { field: parseField(name), isDescending: (minus === "-") !== (word.toLowerCase() === "desc") };
  });
}

/** Equal runs stay in the order they come in. */
export function compareBy(keys: readonly SortKey[]): (a: QueriedRun, b: QueriedRun) => number {
  return (a, b) => compareAllFound(foundBy(keys, a), foundBy(keys, b), keys);
}

/** What a run has in each of the keys' fields; `undefined` where it has nothing. */
export function foundBy(keys: readonly SortKey[], run: QueriedRun): (Scalar | undefined)[] {
  return keys.map(({ field }) => valuesOf(field, run)[0]);
}

/** What two runs have in each of the keys' fields. A list compares thousands of times; an iterator each time would be most of its garbage. */
export function compareAllFound(
  a: readonly (Scalar | undefined)[],
  b: readonly (Scalar | undefined)[],
  keys: readonly SortKey[],
): number {
  for (let index = 0; index < keys.length; index += 1) {
    const order = compareFound(a[index], b[index], keys[index]?.isDescending === true);
    if (order !== 0) return order;
  }
  return 0;
}

/** What two runs have in one field; `undefined` where one has nothing. */
export function compareFound(x: Scalar | undefined, y: Scalar | undefined, isDescending: boolean): number {
  return isLast(x) || isLast(y)
    ? Number(isLast(x)) - Number(isLast(y))
    : compareValues(x, y) * (isDescending ? -1 : 1);
}

function isLast(value: Scalar | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}

/** Numbers before text, text by its characters. */
function compareValues(a: Scalar, b: Scalar): number {
  // Infinity is no distance from itself.
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a < b ? -1 : 1;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  const [x, y] = [textOf(a), textOf(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}
