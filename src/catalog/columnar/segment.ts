/** A segment, open for questions. A column is read when somebody asks for it, and then kept. */
import { inflateRawSync } from "node:zlib";
import { type QueriedMetric, type QueriedRun, type Scalar, valuesOf } from "../../query/queried-run.js";
import type { Field } from "../../query/query.js";
import {
  attributeColumns,
  idLength,
  isMetricPart,
  type MetricPart,
  metricParts,
  rowsInPack,
} from "./build-segment.js";
import { type Cell, type Column, cellAt, readColumn } from "./columns.js";
import { Doubt, type SegmentFile } from "./segment-file.js";

export interface Segment {
  readonly rows: number;
  readonly columnNames: readonly string[];
  column(name: string): Column | undefined;
  cell(name: string, row: number): Cell | undefined;
  idAt(row: number): string;
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
    if (!columns.has(name)) columns.set(name, readColumn(file, name));
    return columns.get(name);
  };
  const bytesOf = (name: string) => {
    const [, at, length] = file.section(name) ?? [];
    if (at === undefined || length === undefined) throw new Doubt(`there is no ${name}`);
    return { at, length };
  };
  const idsAt = bytesOf("id").at;
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
    return JSON.parse(inflateRawSync(bytes).toString()) as unknown[];
  };
  const segment: Segment = {
    rows: file.rows,
    columnNames: file.names,
    column,
    cell(name, row) {
      const section = columns.has(name) ? undefined : file.section(name);
      // One number of many is read alone.
      return section?.[0] === "n"
        ? file.read(section[1] + row * 8, 8).readDoubleLE()
        : cellAt(column(name), row);
    },
    idAt: (row) => file.read(idsAt + row * idLength, idLength).toString("latin1"),
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
    queriedAt: (row, folder, fields) => queriedAt(segment, row, folder, fields),
    close: file.close,
  };
  return segment;
}

function queriedAt(
  segment: Segment,
  row: number,
  folder: string,
  fields: readonly Field[] | null,
): QueriedRun {
  const { cell } = segment;
  const asks = (entity: Field["entity"]) =>
    fields === null || fields.some((field) => field.entity === entity);
  const attribute = (name: (typeof attributeColumns)[number]) => {
    const isAsked =
      name === "name" || name === "status" || fields === null || fields.some(({ path }) => path[0] === name);
    return isAsked ? (cell(name, row) ?? null) : null;
  };
  return {
    id: segment.idAt(row),
    folder,
    ...(Object.fromEntries(attributeColumns.map((name) => [name, attribute(name)])) as Pick<
      QueriedRun,
      (typeof attributeColumns)[number]
    >),
    metrics: asks("metric") ? metricsAt(segment, row, metricsAsked(segment, fields)) : {},
    params: asks("param") ? paramsAt(segment, row, paramNames(segment, fields)) : {},
    tags: asks("tag") ? (cell("tags", row) as QueriedRun["tags"]) : [],
    git: asks("git") ? (cell("git", row) as QueriedRun["git"]) : {},
    env: asks("env") ? (cell("env", row) as QueriedRun["env"]) : {},
    data: asks("data") ? (cell("data", row) as QueriedRun["data"]) : {},
  };
}

/** Those that a field may mean: its whole path, or the path without its end, which may be a part of a summary. */
function metricsAsked(
  segment: Segment,
  fields: readonly Field[] | null,
): ReadonlyMap<string, ReadonlySet<MetricPart>> {
  if (fields === null)
    return new Map(namesBehind(segment, "last ").map((name) => [name, new Set(metricParts)]));
  const asked = new Map<string, Set<MetricPart>>();
  const ask = (name: string, part: MetricPart) =>
    asked.set(name, (asked.get(name) ?? new Set<MetricPart>(["last"])).add(part));
  for (const { entity, path } of fields) {
    if (entity !== "metric") continue;
    ask(path.join("."), "last");
    const part = path.at(-1) ?? "";
    if (path.length > 1 && isMetricPart(part)) ask(path.slice(0, -1).join("."), part);
  }
  return asked;
}

function paramNames(segment: Segment, fields: readonly Field[] | null): readonly string[] {
  if (fields === null) return namesBehind(segment, "param ");
  const paths = fields.filter(({ entity }) => entity === "param").map(({ path }) => path);
  return [...new Set(paths.flatMap((path) => [path.join("."), path[0] ?? ""]))];
}

export function namesBehind({ columnNames }: Segment, word: string): string[] {
  return columnNames.filter((name) => name.startsWith(word)).map((name) => name.slice(word.length));
}

function metricsAt(
  { cell }: Segment,
  row: number,
  asked: ReadonlyMap<string, ReadonlySet<MetricPart>>,
): QueriedRun["metrics"] {
  const found = [...asked].filter(([name]) => cell(`last ${name}`, row) !== undefined);
  return Object.fromEntries(
    found.map(([name, parts]) => [
      name,
      Object.fromEntries(
        Array.from(parts, (part) => [part, cell(`${part} ${name}`, row)]),
      ) as unknown as QueriedMetric,
    ]),
  );
}

function paramsAt({ cell }: Segment, row: number, names: readonly string[]): QueriedRun["params"] {
  const cells = names.map((name) => [name, cell(`param ${name}`, row)] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
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
