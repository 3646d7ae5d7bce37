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
  const compare = (a: KeyedRow, b: KeyedRow) => {
    const compared = compareAllFound(a.keys, b.keys, order);
    if (compared !== 0) return compared;
    const [startA, startB] = [startAt(a.row), startAt(b.row)];
    return startB - startA || compareStarts(0, segment.idAt(a.row), 0, segment.idAt(b.row));
  };
  const likely = likelyFirst(rows, segment, [...order, newestFirst], limit, folderOf);
  const keyed = Array.from(likely, (row) => ({ row, keys: keysAt.map((at) => at(row)) }));
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
  [key, ...others]: readonly SortKey[],
  limit: number | null,
  folderOf: (id: string) => string,
): Uint32Array {
  if (limit === null || key === undefined || rows.length <= limit) return rows;
  const plain = plainLayer(key.field, segment, folderOf);
  const found = plain === null ? null : firstPlaces(rows, plain, key.isDescending, limit);
  if (plain === null || found === null) return rows;
  const before = keepTrue(plain.column.codes, found.before, rows);
  const equal = keepTrue(plain.column.codes, found.last, rows);
  const likely = likelyFirst(equal, segment, others, limit - before.length, folderOf);
  return joined(before, likely);
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** By their places: what the last of so many rows has, and all that comes before it. */
interface FirstPlaces {
  readonly before: Verdicts;
  readonly last: Verdicts;
}

/** `null` where too few rows have something to be put in order. */
function firstPlaces(
  rows: Uint32Array,
  layer: ColumnLayer,
  isDescending: boolean,
  limit: number,
): FirstPlaces | null {
  return layer.column.dictionary.areNumbers
    ? firstNumbers(rows, layer.column, isDescending, limit)
    : firstCells(rows, layer, isDescending, limit);
}

function firstNumbers(
  rows: Uint32Array,
  { codes, dictionary }: Column,
  isDescending: boolean,
  limit: number,
): FirstPlaces | null {
  // What is not a number comes last both ways.
  const end = dictionary.length - Number(Number.isNaN(dictionary.at(dictionary.length - 1)));
  const places = (from: number, to: number) => new Int8Array(dictionary.length).fill(1, from, to);
  const lastOf = (count: number, of: Uint32Array, stride: number) => {
    const sample = new Uint32Array(Math.floor(of.length / stride));
    for (let index = 0; index < sample.length; index += 1)
      sample[index] = codes[of[index * stride] as number] as number;
    sample.sort();
    const numbers = sample.findLastIndex((code) => code < end) + 1;
    return numbers < count ? undefined : sample[isDescending ? numbers - count : count - 1];
  };
  // As far as a sample tells, and then exactly.
  const stride = Math.ceil(rows.length / 1024);
  const bound = lastOf(Math.ceil((2 * limit) / stride) + 8, rows, stride) ?? (isDescending ? 0 : end - 1);
  const likely = keepTrue(codes, isDescending ? places(bound, end) : places(0, bound + 1), rows);
  const last = lastOf(limit, likely.length < limit ? rows : likely, 1);
  if (last === undefined) return null;
  // Only -0 and 0 are equal and have two places.
  const isEqual = (code: number) => code >= 0 && code < end && dictionary.at(code) === dictionary.at(last);
  const [from, to] = [isEqual(last - 1) ? last - 1 : last, isEqual(last + 1) ? last + 2 : last + 1];
  return { before: isDescending ? places(to, end) : places(0, from), last: places(from, to) };
}

function firstCells(
  rows: Uint32Array,
  { column: { codes, dictionary }, scalars }: ColumnLayer,
  isDescending: boolean,
  limit: number,
): FirstPlaces {
  const counts = new Uint32Array(dictionary.length);
  for (let index = 0; index < rows.length; index += 1) {
    const code = codes[rows[index] as number] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const values = dictionary.all().map((cell) => scalars(cell)[0]);
  const compare = (a: number, b: number) => compareFound(values[a], values[b], isDescending);
  const order = values.map((_, code) => code).sort(compare);
  let taken = 0;
  const last = order.find((code) => {
    taken += counts[code] as number;
    return taken >= limit;
  }) as number;
  const verdicts = (isOne: (order: number) => boolean) =>
    Int8Array.from(values, (_, code) => Number(isOne(compare(code, last))));
  return { before: verdicts((order) => order < 0), last: verdicts((order) => order === 0) };
}
