/** Turns runs into the columns of a segment. */
import { metricParts, type QueriedRun } from "../../query/queried-run.js";
import { type Cell, type ColumnBuilder, createColumnBuilder } from "./columns.js";
import { createSegmentWriter } from "./segment-file.js";
import { zlib } from "./zlib.js";

/** Ids of runs in a project are all of one length. */
export const idLength = 31;

/** So many rows of what a list shows are packed together, as they are nearly the same. */
export const rowsInPack = 32;

/** What a run rests on, and how that was when the run was read. */
export interface Footing {
  readonly paths: readonly string[];
  readonly sum: number;
}

export interface SegmentBuilder {
  readonly rows: number;
  /** `shown`: as JSON. */
  add(id: string, cells: Iterable<readonly [name: string, cell: Cell]>, shown: string): void;
  finish(): ReturnType<ReturnType<typeof createSegmentWriter>["finish"]>;
}

export function createSegmentBuilder(): SegmentBuilder {
  const columns = new Map<string, ColumnBuilder>();
  const ids: string[] = [];
  const packs: Buffer[] = [];
  let open: string[] = [];
  const pack = () => {
    if (open.length > 0) packs.push(zlib().deflateRawSync(`[${open.join(",")}]`, { level: 1 }));
    open = [];
  };
  return {
    get rows() {
      return ids.length;
    },
    add(id, cells, shown) {
      for (const [name, cell] of cells) {
        const column = columns.get(name) ?? createColumnBuilder();
        columns.set(name, column);
        column.add(ids.length, cell);
      }
      ids.push(id);
      open.push(shown);
      if (open.length === rowsInPack) pack();
    },
    finish() {
      pack();
      const writer = createSegmentWriter();
      writer.add("id", "id", Buffer.from(ids.join(""), "latin1"));
      const ends = new Uint32Array(packs.length);
      let end = 0;
      for (const [index, { length }] of packs.entries()) ends[index] = end += length;
      writer.add("shown ends", "u4", new Uint8Array(ends.buffer));
      writer.add("shown", "packs", Buffer.concat(packs));
      for (const [name, column] of columns) column.write(name, ids.length, writer);
      return writer.finish(ids.length);
    },
  };
}

/** Everything that is asked of a run, by the names of columns; nothing where the run says nothing. */
export function* cellsOf(run: QueriedRun, { paths, sum }: Footing): Generator<readonly [string, Cell]> {
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
  yield ["rests on", paths];
  yield ["sum", sum];
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
