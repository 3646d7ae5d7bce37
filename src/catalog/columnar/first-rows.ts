/** Of the rows of one segment, those that come first in an order. */
import { parseField } from "../../query/parse-query.js";
import type { Scalar } from "../../query/queried-run.js";
import { compareFound, type SortKey } from "../../query/sort.js";
import type { Question } from "../catalog.js";
import { compareStarts, takeFirst } from "../order.js";
import { type ColumnLayer, plainLayer, sortValues } from "./ask.js";
import type { Segment } from "./segment.js";

export interface FirstRow {
  readonly row: number;
  readonly id: string;
  /** When it began, which few orders come down to. */
  readonly start: () => number;
  readonly keys: readonly (Scalar | undefined)[];
}

export function firstRows(
  rows: Uint32Array,
  segment: Segment,
  { sort, limit }: Pick<Question, "sort" | "limit">,
  folderOf: (id: string) => string,
): FirstRow[] {
  const keys = sort.map(({ field, isDescending }) => ({
    at: sortValues(field, segment, folderOf),
    isDescending,
  }));
  const startAt = (row: number) => (segment.cell("started", row) as number | undefined) ?? 0;
  const compare = (a: number, b: number) => {
    for (const { at, isDescending } of keys) {
      const order = compareFound(at(a), at(b), isDescending);
      if (order !== 0) return order;
    }
    // Now many may be asked for theirs.
    segment.column("started");
    const [startA, startB] = [startAt(a), startAt(b)];
    return startA === startB ? compareStarts(0, segment.idAt(a), 0, segment.idAt(b)) : startB - startA;
  };
  const [first = newestFirst] = sort;
  const plain = limit === null ? null : plainLayer(first.field, segment, folderOf);
  const likely = limit === null || plain === null ? rows : likelyFirst(rows, plain, first, limit);
  return takeFirst(likely, compare, limit).map((row) => ({
    row,
    id: segment.idAt(row),
    start: () => startAt(row),
    keys: keys.map(({ at }) => at(row)),
  }));
}

const newestFirst: SortKey = { field: parseField("started"), isDescending: true };

/** Without rows that so many others come before. Comparing two rows takes as long as passing over hundreds. */
function likelyFirst(
  rows: Uint32Array,
  plain: ColumnLayer,
  { isDescending }: SortKey,
  limit: number,
): Uint32Array {
  const { numbers } = plain.column;
  return numbers === null
    ? firstByCell(rows, plain, isDescending, limit)
    : firstByNumber(rows, numbers, isDescending, limit);
}

/** As far as a sample tells; what is left out, if anything, comes behind all the rest. */
function firstByNumber(
  rows: Uint32Array,
  numbers: Float64Array,
  isDescending: boolean,
  limit: number,
): Uint32Array {
  const stride = Math.ceil(rows.length / 1024);
  const sample = new Float64Array(Math.floor(rows.length / stride) || 0);
  for (let index = 0; index < sample.length; index += 1)
    sample[index] = numbers[rows[index * stride] as number] as number;
  sample.sort();
  const last = sample.findLastIndex((value) => !Number.isNaN(value));
  const rank = Math.ceil((2 * limit) / stride) + 8;
  const bound = sample[isDescending ? last - rank : rank];
  if (rank > last || bound === undefined) return rows;
  const likely = isDescending
    ? rows.filter((row) => (numbers[row] as number) >= bound)
    : rows.filter((row) => (numbers[row] as number) <= bound);
  return likely.length < limit ? rows : likely;
}

/** The rows with the first cells in the order, and all that are equal to the last of these. */
function firstByCell(
  rows: Uint32Array,
  { column: { codes, dictionary }, scalars }: ColumnLayer,
  isDescending: boolean,
  limit: number,
): Uint32Array {
  const counts = new Uint32Array(dictionary.length);
  for (let index = 0; index < rows.length; index += 1) {
    const code = codes[rows[index] as number] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const values = dictionary.map((cell) => scalars(cell)[0]);
  const compare = (a: number, b: number) => compareFound(values[a], values[b], isDescending);
  const order = dictionary.map((_, code) => code).sort(compare);
  const isFirst = new Uint8Array(dictionary.length);
  let taken = 0;
  for (const [index, code] of order.entries()) {
    const before = order[index - 1];
    if (taken >= limit && (before === undefined || compare(before, code) !== 0)) break;
    isFirst[code] = 1;
    taken += counts[code] as number;
  }
  return rows.filter((row) => isFirst[codes[row] as number] === 1);
}
