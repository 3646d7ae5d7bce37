/** What a field is for every row of a segment: what a query makes of it, and what a sort compares. */
import { judgeValues, type NumberRange, rangeOf } from "../../query/match.js";
import { isMetricPart, type QueriedRun, type Scalar } from "../../query/queried-run.js";
import type { Condition, Field, Query } from "../../query/query.js";
import type { Cell, Column, Dictionary } from "./columns.js";
import type { OpenSegment } from "./known-rows.js";
import { type Segment, scalarsIn } from "./segment.js";

/** The rows that match all of them, ascending. What one query leaves out, the next is not asked about. */
export function selectRows(
  queries: readonly Query[],
  { segment, dropped }: OpenSegment,
  folderOf: (id: string) => string,
): Uint32Array {
  const parts = queries.flatMap(conjuncts).map((query) => {
    const plain = query.is === "condition" ? plainLayer(query.field, segment, folderOf) : null;
    return { query, plain };
  });
  let rows: Uint32Array | null = null;
  // Of a few different values, the rows of one are kept together.
  for (const { query, plain } of parts.sort((a, b) => differentIn(a.plain) - differentIn(b.plain)))
    rows = keepMatching(query, plain, rows, segment, folderOf);
  rows ??= Uint32Array.from({ length: segment.rows }, (_, row) => row);
  return dropped.size === 0 ? rows : rows.filter((row) => !dropped.has(row));
}

function conjuncts(query: Query): readonly Query[] {
  return query.is === "and" ? query.parts.flatMap(conjuncts) : [query];
}

function differentIn(layer: ColumnLayer | null): number {
  return layer === null ? Number.MAX_VALUE : layer.column.dictionary.length;
}

/** `rows`: of which; `null` for all. */
function keepMatching(
  query: Query,
  plain: ColumnLayer | null,
  rows: Uint32Array | null,
  segment: Segment,
  folderOf: (id: string) => string,
): Uint32Array {
  if (query.is !== "condition" || plain === null)
    return keepTrue(judgeRows(query, segment, folderOf), isTrue, rows);
  const { codes, rowsAt } = plain.column;
  const verdicts = judgeDictionary(query, plain);
  const only = verdicts.indexOf(1);
  const isAlone = only >= 0 && verdicts.indexOf(1, only + 1) < 0;
  return rows === null && isAlone && rowsAt !== null ? rowsAt(only) : keepTrue(codes, verdicts, rows);
}

/** As if verdicts were places in it. */
const isTrue = Int8Array.of(0, 1);

/** These loops begin in V8's interpreter, where a call for each row, one more question or a fraction takes longer than the rest. */
export function keepTrue(
  codes: Column["codes"] | Verdicts,
  verdicts: Verdicts,
  rows: Uint32Array | null,
): Uint32Array {
  const kept = new Uint32Array(rows?.length ?? codes.length);
  let count = 0;
  if (rows === null) {
    for (let row = 0; row < codes.length; row += 1)
      if (verdicts[codes[row] as number] === 1) kept[count++] = row;
  } else {
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index] as number;
      if (verdicts[codes[row] as number] === 1) kept[count++] = row;
    }
  }
  return kept.subarray(0, count);
}

/** Where every row has a value, and the field can mean no other column. */
export function plainLayer(
  field: Field,
  segment: Segment,
  folderOf: (id: string) => string,
): ColumnLayer | null {
  const [layer, ...others] = layersOf(field, segment, folderOf);
  const isPlain = layer !== undefined && others.length === 0 && "column" in layer && layer.column.at === null;
  return isPlain ? layer : null;
}

/** Of each row: 1 it matches, 0 it does not, -1 its record does not say. */
export type Verdicts = Int8Array;

export function judgeRows(query: Query, segment: Segment, folderOf: (id: string) => string): Verdicts {
  if (query.is === "condition") return judgeCondition(query, segment, folderOf);
  if (query.is === "not")
    return judgeRows(query.part, segment, folderOf).map((verdict) => (verdict < 0 ? -1 : 1 - verdict));
  const decisive = query.is === "or" ? 1 : 0;
  const result = new Int8Array(segment.rows).fill(1 - decisive);
  for (const part of query.parts) {
    const verdicts = judgeRows(part, segment, folderOf);
    for (let row = 0; row < result.length; row += 1) {
      const verdict = verdicts[row] as number;
      if (verdict === decisive) result[row] = decisive;
      else if (verdict < 0 && result[row] !== decisive) result[row] = -1;
    }
  }
  return result;
}

function judgeCondition(condition: Condition, segment: Segment, folderOf: (id: string) => string): Verdicts {
  const judge = (found: readonly Scalar[]) => verdictOf(judgeValues(condition, found));
  const result = new Int8Array(segment.rows).fill(judge([]));
  for (const layer of layersOf(condition.field, segment, folderOf)) {
    if ("textAt" in layer) {
      for (let row = 0; row < result.length; row += 1) result[row] = judge([layer.textAt(row)]);
      continue;
    }
    const { at, codes } = layer.column;
    const verdicts = judgeDictionary(condition, layer);
    for (let place = 0; place < codes.length; place += 1)
      result[at === null ? place : (at[place] as number)] = verdicts[codes[place] as number] as number;
  }
  return result;
}

/** Of each value in it. */
function judgeDictionary(condition: Condition, { column: { dictionary }, scalars }: ColumnLayer): Verdicts {
  const verdicts = new Int8Array(dictionary.length);
  const range = dictionary.areNumbers ? rangeOf(condition) : null;
  if (range !== null) return verdicts.fill(1, ...placesInRange(dictionary, range));
  return verdicts.map((_, code) => verdictOf(judgeValues(condition, scalars(dictionary.at(code)))));
}

/** From the first place to before the last. */
function placesInRange(dictionary: Dictionary, { low, high, except }: NumberRange): [number, number] {
  return [
    firstPlace(dictionary, (number) => number >= low && (number > low || low !== except)),
    firstPlace(dictionary, (number) => !(number <= high && (number < high || high !== except))),
  ];
}

/** The first from which on all are. What is not a number is above every range. */
function firstPlace({ length, at }: Dictionary, isAbove: (number: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const number = at(middle) as number;
    if (Number.isNaN(number) || isAbove(number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function verdictOf(found: boolean | null): number {
  return found === null ? -1 : Number(found);
}

/** The first value of each row; `undefined` where it has none. */
export function sortValues(
  field: Field,
  segment: Segment,
  folderOf: (id: string) => string,
): (row: number) => Scalar | undefined {
  const layers = layersOf(field, segment, folderOf);
  const [layer] = layers;
  if (layer === undefined) return () => undefined;
  if (layers.length === 1 && "column" in layer && layer.column.at === null) {
    const { codes, dictionary } = layer.column;
    return (row) => layer.scalars(dictionary.at(codes[row] as number))[0];
  }
  const values: (Scalar | undefined)[] = new Array(segment.rows).fill(undefined);
  for (const each of layers) {
    if ("textAt" in each) return each.textAt;
    const { at, codes, dictionary } = each.column;
    const first = dictionary.all().map((cell) => each.scalars(cell)[0]);
    for (let place = 0; place < codes.length; place += 1)
      values[at === null ? place : (at[place] as number)] = first[codes[place] as number];
  }
  return (row) => values[row];
}

/** Where a field is found: in a later layer, before an earlier one. */
type Layer = ColumnLayer | { readonly textAt: (row: number) => string };

export interface ColumnLayer {
  readonly column: Column;
  readonly scalars: (cell: Cell) => readonly Scalar[];
}

function layersOf(field: Field, segment: Segment, folderOf: (id: string) => string): Layer[] {
  const { entity, path } = field;
  const columnOf = (name: string, scalars: ColumnLayer["scalars"]): Layer[] => {
    const column = segment.column(name);
    return column === undefined ? [] : [{ column, scalars }];
  };
  const layer = (name: string, part: (cell: Cell) => Partial<QueriedRun>) =>
    columnOf(name, (cell) => scalarsIn(field, part(cell)));
  const numbersOf = (name: string) => columnOf(name, (cell) => [cell as number]);
  const whole = path.join(".");
  switch (entity) {
    case "attribute":
      if (whole === "id") return [{ textAt: segment.idAt }];
      if (whole === "folder") return [{ textAt: (row) => folderOf(segment.idAt(row)) }];
      return layer(whole, (cell) => ({ [whole]: cell }));
    case "metric": {
      const [name, part = ""] = [path.slice(0, -1).join("."), path.at(-1)];
      const isPart = path.length > 1 && isMetricPart(part);
      return [...(isPart ? numbersOf(`${part} ${name}`) : []), ...numbersOf(`last ${whole}`)];
    }
    case "param":
      return [
        ...(path.length > 1 ? stepping(field, layer) : []),
        ...layer(`param ${whole}`, (cell) => ({ params: { [whole]: cell } })),
      ];
    case "tag":
      return layer("tags", (cell) => ({ tags: cell as QueriedRun["tags"] }));
    default:
      return layer(entity, (cell) => ({ [entity]: cell }));
  }
}

/** A path leads into objects; a number has nothing inside, and where it stands there is nothing to find. */
function stepping(
  { path }: Field,
  layer: (name: string, part: (cell: Cell) => Partial<QueriedRun>) => Layer[],
): Layer[] {
  const [first = ""] = path;
  return layer(`param ${first}`, (cell) => ({ params: { [first]: cell } })).filter(
    (found) => "column" in found && !found.column.dictionary.areNumbers,
  );
}
