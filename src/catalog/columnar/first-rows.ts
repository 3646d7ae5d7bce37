/** Of the rows of one segment, those that come first in an order. */
import { parseField } from "../../query/parse-query.js";
import type { Scalar } from "../../query/queried-run.js";
import { compareAllFound, compareFound, type SortKey } from "../../query/sort.js";
import type { Question } from "../catalog.js";
import { compareStarts, takeFirst } from "../order.js";
import { type ColumnLayer, keepTrue, plainLayer, sortValues, type Verdicts } from "./ask.js";
import type { Column } from "./columns.js";
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
  const order = sort.length > 0 ? sort : [newestFirst];
  const keysAt = order.map(({ field }) => sortValues(field, segment, folderOf));
  const startAt = (row: number) => (segment.cell("started", row) as number | undefined) ?? 0;
  const compare = (a: KeyedRow, b: KeyedRow) =>
    compareAllFound(a.keys, b.keys, order) ||
    compareStarts(startAt(a.row), segment.idAt(a.row), startAt(b.row), segment.idAt(b.row));
  const keyed = Array.from(likelyFirst(rows, segment, order[0] as SortKey, limit, folderOf), (row) => ({
    row,
    keys: keysAt.map((at) => at(row)),
  }));
  return takeFirst(keyed, compare, limit).map(({ row, keys }) => ({
    row,
    keys,
    id: segment.idAt(row),
    start: () => startAt(row),
  }));
}

type KeyedRow = Pick<FirstRow, "row" | "keys">;

const newestFirst: SortKey = { field: parseField("started"), isDescending: true };

/** Without rows that so many others come before. Comparing two rows takes as long as passing over hundreds. */
function likelyFirst(
  rows: Uint32Array,
  segment: Segment,
  { field, isDescending }: SortKey,
  limit: number | null,
  folderOf: (id: string) => string,
): Uint32Array {
  const plain = limit === null ? null : plainLayer(field, segment, folderOf);
  if (limit === null || limit === 0 || plain === null || rows.length <= limit) return rows;
  if (!plain.column.dictionary.areNumbers)
    return keepTrue(plain.column.codes, firstCells(rows, plain, isDescending, limit), rows);
  const stride = Math.ceil(rows.length / 1024);
  const sampled = keepFirst(rows, plain.column, isDescending, stride, Math.ceil((2 * limit) / stride) + 8);
  return keepFirst(sampled.length < limit ? rows : sampled, plain.column, isDescending, 1, limit);
}

/** Those that are not behind the last of `count`, of every so many rows; what is not a number comes behind all. */
function keepFirst(
  rows: Uint32Array,
  { codes, dictionary }: Column,
  isDescending: boolean,
  stride: number,
  count: number,
): Uint32Array {
  const sample = new Uint32Array(Math.floor(rows.length / stride));
  for (let index = 0; index < sample.length; index += 1)
    sample[index] = codes[rows[index * stride] as number] as number;
  sample.sort();
  const end = dictionary.length - Number(Number.isNaN(dictionary.at(dictionary.length - 1)));
  const numbers = sample.findLastIndex((code) => code < end) + 1;
  if (numbers < count) return rows;
  const last = sample[isDescending ? numbers - count : count - 1] as number;
  const equal = last + (isDescending ? -1 : 1);
  // Only -0 and 0 are equal and have two places.
  const isTwice = equal >= 0 && equal < end && dictionary.at(equal) === dictionary.at(last);
  const bound = isTwice ? equal : last;
  const isFirst = new Int8Array(dictionary.length).fill(1, ...(isDescending ? [bound, end] : [0, bound + 1]));
  return keepTrue(codes, isFirst, rows);
}

/** The first cells in the order that so many rows have, and all that are equal to the last of these. */
function firstCells(
  rows: Uint32Array,
  { column: { codes, dictionary }, scalars }: ColumnLayer,
  isDescending: boolean,
  limit: number,
): Verdicts {
  const counts = new Uint32Array(dictionary.length);
  for (let index = 0; index < rows.length; index += 1) {
    const code = codes[rows[index] as number] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const values = dictionary.all().map((cell) => scalars(cell)[0]);
  const compare = (a: number, b: number) => compareFound(values[a], values[b], isDescending);
  const order = values.map((_, code) => code).sort(compare);
  const isFirst = new Int8Array(dictionary.length);
  let taken = 0;
  for (const [index, code] of order.entries()) {
    const before = order[index - 1];
    if (taken >= limit && (before === undefined || compare(before, code) !== 0)) break;
    isFirst[code] = 1;
    taken += counts[code] as number;
  }
  return isFirst;
}
