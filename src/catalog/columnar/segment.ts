/** A segment, open for questions. A column is read when somebody asks for it, and then kept. */
import { type QueriedRun, type Scalar, valuesOf } from "../../query/queried-run.js";
import type { Field } from "../../query/query.js";
import { idLength, rowLength, rowsInPack } from "./build-segment.js";
import { type Cell, type Column, cellAt, isColumn, readColumn } from "./columns.js";
import { type RowReader, rowReader } from "./row-reader.js";
import { Doubt, orDoubt, type Section, type SegmentFile } from "./segment-file.js";
import { zlib } from "./zlib.js";

export interface Segment {
  readonly rows: number;
  readonly columnNames: readonly string[];
  column(name: string): Column | undefined;
  cell(name: string, row: number): Cell | undefined;
  idAt(row: number): string;
  /** Of what the row rests on. */
  sumAt(row: number): number;
  /** Rows stand in the order of their ids, the last first. -1 where the id has none. */
  rowOf(id: string): number;
  /** The first row whose id is not above; `rows` where there is none. */
  firstNotAbove(id: string): number;
  /** As JSON. */
  shownAt(row: number): string;
  /** `fields`: what will be looked at; `null` for everything. */
  queriedAt(row: number, folder: string, fields: readonly Field[] | null): QueriedRun;
  close(): void;
}

/** Every call of it may throw a Doubt. */
export function openSegment(file: SegmentFile): Segment {
  const columns = new Map<string, Column | undefined>();
  const column = (name: string) => {
    if (!columns.has(name))
      columns.set(
        name,
        orDoubt(() => readColumn(file, name)),
      );
    return columns.get(name);
  };
  const bytesOf = (name: string) => {
    const [, at, length] = file.section(name) ?? [];
    if (at === undefined || length === undefined) throw new Doubt(`there is no ${name}`);
    return { at, length };
  };
  const rowsAt = bytesOf("rows").at;
  let ends: Uint32Array | undefined;
  const packs = new Map<number, readonly unknown[]>();
  const readPack = (index: number): readonly unknown[] => {
    if (ends === undefined) {
      const { at, length } = bytesOf("shown ends");
      const bytes = file.read(at, length);
      ends = new Uint32Array(bytes.buffer, bytes.byteOffset, length / 4);
    }
    const from = index === 0 ? 0 : (ends[index - 1] as number);
    const bytes = file.read(bytesOf("shown").at + from, (ends[index] as number) - from);
    return orDoubt(() => JSON.parse(zlib().inflateRawSync(bytes).toString()) as unknown[]);
  };
  let reader: { readonly fields: readonly Field[] | null; readonly read: RowReader } | undefined;
  const segment: Segment = {
    rows: file.rows,
    get columnNames() {
      return file.names.filter((name) => isColumn(file.section(name) as Section));
    },
    column,
    cell: (name, row) => cellAt(column(name), row),
    idAt: (row) => file.read(rowsAt + row * rowLength + 8, idLength).toString("latin1"),
    sumAt: (row) => file.read(rowsAt + row * rowLength, 8).readDoubleLE(),
    rowOf(id) {
      const row = segment.firstNotAbove(id);
      return row < file.rows && segment.idAt(row) === id ? row : -1;
    },
    firstNotAbove(id) {
      let [low, high] = [0, file.rows];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (segment.idAt(middle) > id) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    shownAt(row) {
      const index = Math.floor(row / rowsInPack);
      const known = packs.get(index) ?? readPack(index);
      if (packs.size > 64) packs.clear();
      packs.set(index, known);
      return JSON.stringify(known[row % rowsInPack]);
    },
    queriedAt(row, folder, fields) {
      if (reader === undefined || reader.fields !== fields)
        reader = { fields, read: rowReader(segment, fields) };
      return reader.read(row, folder);
    },
    close: file.close,
  };
  return segment;
}

/** What a field finds in one cell, as if it were all there is of a run. */
export function scalarsIn(field: Field, part: Partial<QueriedRun>): readonly Scalar[] {
  return valuesOf(field, { ...nothing, ...part });
}

const nothing: QueriedRun = {
  id: "",
  name: "",
  status: "",
  folder: "",
  pipeline: null,
  started: null,
  finished: null,
  elapsed: null,
  version: 0,
  metrics: {},
  params: {},
  tags: [],
  git: {},
  env: {},
  data: {},
};
