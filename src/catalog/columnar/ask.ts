/** What a field is for every row of a segment: what a query makes of it, and what a sort compares. */
import { judgeNumbers, judgeValues } from "../../query/match.js";
import type { QueriedRun, Scalar } from "../../query/queried-run.js";
import type { Condition, Field, Query } from "../../query/query.js";
import type { Cell, Column } from "./columns.js";
import type { OpenSegment } from "./known-rows.js";
import { type Segment, scalarsIn } from "./segment.js";

/** The rows that match all of them, ascending. What one query leaves out, the next is not asked about. */
export function selectRows(
  queries: readonly Query[],
  { segment, dropped }: OpenSegment,
  folderOf: (id: string) => string,
): Uint32Array {
  let rows: Uint32Array = new Uint32Array(segment.rows - dropped.size);
  for (let row = 0, count = 0; row < segment.rows; row += 1)
    if (dropped.size === 0 || !dropped.has(row)) rows[count++] = row;
  for (const part of queries.flatMap(conjuncts)) rows = keepMatching(part, rows, segment, folderOf);
  return rows;
}

function conjuncts(query: Query): readonly Query[] {
  return query.is === "and" ? query.parts.flatMap(conjuncts) : [query];
}

/** Where every row has a number, it need not be looked at for all of them first. */
function keepMatching(
  query: Query,
  rows: Uint32Array,
  segment: Segment,
  folderOf: (id: string) => string,
): Uint32Array {
  const kept = new Uint32Array(rows.length);
  const numbers = query.is === "condition" ? plainNumbers(query.field, segment, folderOf) : null;
  let count = 0;
  if (numbers !== null) {
    const isTrue = judgeNumbers(query as Condition);
    for (const row of rows) if (isTrue(numbers[row] as number)) kept[count++] = row;
  } else {
    const verdicts = judgeRows(query, segment, folderOf);
    for (const row of rows) if (verdicts[row] === 1) kept[count++] = row;
  }
  return kept.subarray(0, count);
}

/** Of every row, where that is all that the field may mean. */
export function plainNumbers(
  field: Field,
  segment: Segment,
  folderOf: (id: string) => string,
): Float64Array | null {
  const [layer, ...others] = layersOf(field, segment, folderOf);
  return layer !== undefined && others.length === 0 && "column" in layer && layer.column.at === null
    ? layer.column.numbers
    : null;
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
  const asVerdict = (found: boolean | null) => (found === null ? -1 : found ? 1 : 0);
  const judge = (found: readonly Scalar[]) => asVerdict(judgeValues(condition, found));
  const isTrue = judgeNumbers(condition);
  const result = new Int8Array(segment.rows).fill(judge([]));
  for (const layer of layersOf(condition.field, segment, folderOf)) {
    if ("textAt" in layer) {
      for (let row = 0; row < result.length; row += 1) result[row] = judge([layer.textAt(row)]);
      continue;
    }
    const { column, scalars } = layer;
    const { at, numbers, codes, dictionary } = column;
    if (numbers !== null)
      for (let place = 0; place < numbers.length; place += 1)
        result[at === null ? place : (at[place] as number)] = isTrue(numbers[place] as number) ? 1 : 0;
    else {
      const verdicts = Int8Array.from(dictionary, (cell) => judge(scalars(cell)));
      for (let place = 0; place < codes.length; place += 1)
        result[at === null ? place : (at[place] as number)] = verdicts[codes[place] as number] as number;
    }
  }
  return result;
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
    const { numbers, codes, dictionary } = layer.column;
    if (numbers !== null) return (row) => numbers[row];
    const first = dictionary.map((cell) => layer.scalars(cell)[0]);
    return (row) => first[codes[row] as number];
  }
  const values: (Scalar | undefined)[] = new Array(segment.rows).fill(undefined);
  for (const each of layers) {
    if ("textAt" in each) return each.textAt;
    const { at, numbers, codes, dictionary } = each.column;
    const first = dictionary.map((cell) => each.scalars(cell)[0]);
    const count = numbers?.length ?? codes.length;
    for (let place = 0; place < count; place += 1)
      values[at === null ? place : (at[place] as number)] =
        numbers === null ? first[codes[place] as number] : numbers[place];
  }
  return (row) => values[row];
}

/** Where a field is found: in a later layer, before an earlier one. Numbers are what they are. */
type Layer =
  | { readonly column: Column; readonly scalars: (cell: Cell) => readonly Scalar[] }
  | { readonly textAt: (row: number) => string };

function layersOf(field: Field, segment: Segment, folderOf: (id: string) => string): Layer[] {
  const { entity, path } = field;
  const layer = (name: string, part: (cell: Cell) => Partial<QueriedRun>): Layer[] => {
    const column = segment.column(name);
    return column === undefined ? [] : [{ column, scalars: (cell) => scalarsIn(field, part(cell)) }];
  };
  const whole = path.join(".");
  switch (entity) {
    case "attribute":
      if (whole === "id") return [{ textAt: segment.idAt }];
      if (whole === "folder") return [{ textAt: (row) => folderOf(segment.idAt(row)) }];
      return layer(whole, (cell) => ({ [whole]: cell }));
    case "metric": {
      const [name, part = ""] = [path.slice(0, -1).join("."), path.at(-1)];
      const isPart = path.length > 1 && ["last", "min", "max", "count"].includes(part);
      // Columns of metrics hold nothing but numbers.
      return [...(isPart ? layer(`${part} ${name}`, () => ({})) : []), ...layer(`last ${whole}`, () => ({}))];
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
    (found) => "column" in found && found.column.numbers === null,
  );
}
