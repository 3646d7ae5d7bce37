/** A run as queries see it, from the columns of its row. */
import {
  isMetricPart,
  type MetricPart,
  metricParts,
  type QueriedMetric,
  type QueriedRun,
} from "../../query/queried-run.js";
import type { Field } from "../../query/query.js";
import { attributeColumns } from "./build-segment.js";
import type { Segment } from "./segment.js";

export type RowReader = (row: number, folder: string) => QueriedRun;

/** `fields`: what will be looked at; `null` for everything. Worked out once for many rows. */
export function rowReader(segment: Segment, fields: readonly Field[] | null): RowReader {
  const { cell } = segment;
  const asks = (entity: Field["entity"]) =>
    fields === null || fields.some((field) => field.entity === entity);
  const attributes = attributeColumns.filter(
    (name) =>
      name === "name" || name === "status" || fields === null || fields.some(({ path }) => path[0] === name),
  );
  const nested = (["tags", "git", "env", "data"] as const).filter((name) =>
    asks(name === "tags" ? "tag" : name),
  );
  const metrics = metricsAsked(segment, fields);
  const params = asks("param") ? paramNames(segment, fields) : [];
  return (row, folder) => {
    const found: Record<string, unknown> = { ...unasked, id: segment.idAt(row), folder };
    for (const name of attributes) found[name] = cell(name, row) ?? null;
    for (const name of nested) found[name] = cell(name, row);
    found.metrics = metricsAt(segment, row, metrics);
    found.params = paramsAt(segment, row, params);
    return found as unknown as QueriedRun;
  };
}

const unasked = {
  ...Object.fromEntries(attributeColumns.map((name) => [name, null])),
  tags: [],
  git: {},
  env: {},
  data: {},
};

/** Those that a field may mean: its whole path, or the path without its end, which may be a part of a summary. */
function metricsAsked(
  segment: Segment,
  fields: readonly Field[] | null,
): readonly (readonly [name: string, parts: readonly MetricPart[]])[] {
  if (fields === null) return namesBehind(segment, "last ").map((name) => [name, metricParts]);
  const asked = new Map<string, Set<MetricPart>>();
  const ask = (name: string, part: MetricPart) =>
    asked.set(name, (asked.get(name) ?? new Set<MetricPart>(["last"])).add(part));
  for (const { entity, path } of fields) {
    if (entity !== "metric") continue;
    ask(path.join("."), "last");
    const part = path.at(-1) ?? "";
    if (path.length > 1 && isMetricPart(part)) ask(path.slice(0, -1).join("."), part);
  }
  return Array.from(asked, ([name, parts]) => [name, [...parts]] as const);
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
  asked: ReturnType<typeof metricsAsked>,
): QueriedRun["metrics"] {
  const found = asked.filter(([name]) => cell(`last ${name}`, row) !== undefined);
  return Object.fromEntries(
    found.map(([name, parts]) => [
      name,
      Object.fromEntries(
        parts.map((part) => [part, cell(`${part} ${name}`, row)]),
      ) as unknown as QueriedMetric,
    ]),
  );
}

function paramsAt({ cell }: Segment, row: number, names: readonly string[]): QueriedRun["params"] {
  const cells = names.map((name) => [name, cell(`param ${name}`, row)] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
}
