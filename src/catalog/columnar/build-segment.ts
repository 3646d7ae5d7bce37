/** Turns runs into the columns of a segment. */
import { metricParts, type QueriedRun } from "../../query/queried-run.js";
import { type Cell, type ColumnBuilder, createColumnBuilder } from "./columns.js";
import { createSegmentWriter } from "./segment-file.js";
import { zlib } from "./zlib.js";

/** What is looked at row by row stands side by side: the sum of what it rests on, 8 bytes, and its id. Ids are all of one length. */
export const idLength = 31;
export const rowLength = 40;

/** So many rows of what a list shows are packed together, as they are nearly the same. */
export const rowsInPack = 32;

export interface NewRow {
  readonly id: string;
  /** Of what it rests on, as that was when it was read. */
  readonly sum: number;
}

export interface SegmentBuilder {
  readonly rows: number;
  /** `shown`: as JSON. */
  add(row: NewRow, cells: Iterable<readonly [name: string, cell: Cell]>, shown: string): void;
  finish(): ReturnType<ReturnType<typeof createSegmentWriter>["finish"]>;
}

export function createSegmentBuilder(): SegmentBuilder {
  const columns = new Map<string, ColumnBuilder>();
  const rows: NewRow[] = [];
  const packs: Buffer[] = [];
  let open: string[] = [];
  const pack = () => {
    if (open.length > 0) packs.push(zlib().deflateRawSync(`[${open.join(",")}]`, { level: 1 }));
    open = [];
  };
  return {
    get rows() {
      return rows.length;
    },
    add(row, cells, shown) {
      for (const [name, cell] of cells) {
        const column = columns.get(name) ?? createColumnBuilder();
        columns.set(name, column);
        column.add(rows.length, cell);
      }
      rows.push(row);
      open.push(shown);
      if (open.length === rowsInPack) pack();
    },
    finish() {
      pack();
      const writer = createSegmentWriter();
      writer.add("rows", "rows", rowsOf(rows));
      const ends = new Uint32Array(packs.length);
      let end = 0;
      for (const [index, { length }] of packs.entries()) ends[index] = end += length;
      writer.add("shown ends", "u4", new Uint8Array(ends.buffer));
      writer.add("shown", "packs", Buffer.concat(packs));
      for (const [name, column] of columns) column.write(name, rows.length, writer);
      return writer.finish(rows.length);
    },
  };
}

function rowsOf(rows: readonly NewRow[]): Buffer {
  const bytes = Buffer.alloc(rows.length * rowLength);
  for (const [row, { id, sum }] of rows.entries()) {
    bytes.writeDoubleLE(sum, row * rowLength);
    bytes.write(id, row * rowLength + 8, "latin1");
  }
  return bytes;
}

/** Everything that is asked of a run, by the names of columns; nothing where the run says nothing. */
export function* cellsOf(run: QueriedRun, restsOn: readonly string[]): Generator<readonly [string, Cell]> {
  for (const name of attributeColumns) if (run[name] !== null) yield [name, run[name]];
  yield ["tags", run.tags];
  yield ["git", run.git];
  yield ["env", run.env];
  yield ["data", run.data];
  for (const name in run.params) yield [`param ${name}`, run.params[name]];
  for (const name in run.metrics) {
    const metric = run.metrics[name] as QueriedRun["metrics"][string];
    for (const part of metricParts) yield [`${part} ${name}`, metric[part]];
  }
  yield ["rests on", restsOn];
}

export const attributeColumns = [
  "name",
  "status",
  "pipeline",
  "started",
  "finished",
  "elapsed",
  "version",
] as const;
