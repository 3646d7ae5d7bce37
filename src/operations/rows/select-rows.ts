/**
 * The exact rows of a table that a figure was made from. The table is read twice: first whole, to know that it is the recorded one and
 * which keys it does not have; then for the rows, piece by piece, so that no answer is too large.
 */
import { ColophonError, FileError, RefusedError } from "../../errors.js";
import type { TableReading } from "../../tables/exact-table.js";
import { cellOf } from "../figures/payload.js";
import { readDrawnKeys } from "./drawn-keys.js";
import { findTable, type TableOfFigures } from "./find-table.js";
import { type RowKey, rowMatcher } from "./match-rows.js";
import type { RowPorts } from "./ports.js";
import { type AskedKey, badKey, type RowQuery } from "./row-query.js";

export type RowFormat = "csv" | "json";

export interface SelectedRows {
  readonly table: string;
  readonly path: string;
  /** 64 hexadecimal digits: of the table as it was recorded, and as it is. */
  readonly sha256: string;
  readonly figures: readonly string[];
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** How many keys were asked for; `null`: every row. */
  readonly asked: number | null;
  readonly missing: readonly RowKey[];
  /**
   * The text of the answer, in pieces. @throws RefusedError `BAD_ROW_KEY` for JSON of columns of one name; `TABLE_CHANGED` at its end
   * when the table was written to meanwhile
   */
  readonly text: (format: RowFormat) => AsyncIterable<string>;
}

/** @throws UsageError, RefusedError, FileError */
export async function selectRows(query: RowQuery, ports: RowPorts): Promise<SelectedRows> {
  const table = findTable(query.table, query.figureId, ports);
  const keys = keysOf(query, table, ports);
  const surveyed = await survey(table, keys, ports);
  return {
    table: table.name,
    path: table.path,
    figures: table.figures.map(({ figure }) => figure.id),
    asked: keys?.length ?? null,
    ...surveyed,
    text: (format) => {
      if (format === "json") refuseTwins(table, surveyed.columns);
      return formatRows(table, keys, surveyed, format, ports);
    },
  };
}

/** `null`: every row, since no figure says which. */
function keysOf(query: RowQuery, table: TableOfFigures, ports: RowPorts): readonly RowKey[] | null {
  const recorded = table.figures.flatMap(({ keyFields }) => (keyFields === null ? [] : [keyFields]));
  if (query.keys !== undefined) {
    const fields = query.fields ?? recorded[0];
    return query.keys.map((key) => rowKey(key, fields));
  }
  const asked = query.fields;
  if (asked !== undefined && recorded.length > 0 && !recorded.some((fields) => isSameSet(fields, asked)))
    throw badKey(
      `drawn values name rows of ${table.name} by ${recorded.map((one) => one.join(", ")).join("; or ")}`,
    );
  const drawn = table.figures.flatMap(({ figure, keyFields }) => {
    if (keyFields === null || (asked !== undefined && !isSameSet(keyFields, asked))) return [];
    const keys = readDrawnKeys(figure, ports).get(table.name) ?? [];
    return keys.map((values) => ({ fields: keyFields, values }));
  });
  const unique = new Map(drawn.map((key) => [JSON.stringify(key), key]));
  return unique.size === 0 ? null : [...unique.values()];
}

function rowKey(key: AskedKey, fields: readonly string[] | undefined): RowKey {
  if (!Array.isArray(key)) {
    const members = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
    return { fields: members.map(([field]) => field), values: members.map(([, value]) => value) };
  }
  if (fields === undefined)
    throw badKey("the values of a key stand in a list, and no key_fields say of which columns");
  if (fields.length !== key.length)
    throw badKey(`a key has ${key.length} values; its columns are ${fields.length}`);
  return { fields, values: key };
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** Whoever reads such an object keeps the last of its members, and never hears of the others. */
function refuseTwins({ path }: TableOfFigures, columns: readonly string[]): void {
  const twin = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twin !== undefined)
    throw new RefusedError(
      "BAD_ROW_KEY",
      `${path} has two columns named "${twin}", which an object of JSON cannot tell apart`,
      { hint: 'Ask for CSV: "format": "csv" in the request; the command prints it without --json.' },
    );
}

type Surveyed = Pick<SelectedRows, "sha256" | "columns" | "rowCount" | "missing">;

async function survey(
  table: TableOfFigures,
  keys: readonly RowKey[] | null,
  ports: RowPorts,
): Promise<Surveyed> {
  const matcher = rowMatcher(keys);
  const recorded = readRecorded(table, ports);
  let rowCount = 0;
  for await (const rows of recorded.batches) rowCount += rows.filter(matcher.matches).length;
  const columns = recorded.columns();
  const isAbsent = (field: string) => !columns.includes(field);
  if (keys?.some(({ fields }) => fields.some(isAbsent)))
    throw badKey(`a key has a column that ${table.path} does not have; it has ${columns.join(", ")}`);
  return { sha256: table.sha256 as string, columns, rowCount, missing: matcher.missing() };
}

/** The table as the figures have it. @throws RefusedError `TABLE_CHANGED`, at the latest behind its last row */
function readRecorded(table: TableOfFigures, ports: RowPorts): Pick<TableReading, "batches" | "columns"> {
  const { path, sha256 } = table;
  const reading = ports.readTable(path);
  if (sha256 === undefined)
    throw changed(table, "has no whole digest in the manifest, so nothing can be held against it");
  if (reading === undefined) throw changed(table, "is no table");
  async function* batches() {
    try {
      yield* (reading as TableReading).batches;
    } catch (fault) {
      if (fault instanceof FileError && fault.code === "DATA_NOT_FOUND")
        throw changed(table, "is not there any more");
      if (fault instanceof ColophonError || (await ports.digestFile(path)) === sha256) throw fault;
      throw changed(table);
    }
    if (reading?.sha256() !== sha256) throw changed(table);
  }
  return { batches: batches(), columns: reading.columns };
}

function changed(
  { name, path }: TableOfFigures,
  what = "is not what it was when the figure was recorded",
): RefusedError {
  return new RefusedError("TABLE_CHANGED", `${path}, the table ${name}, ${what}`, {
    hint: "Type: colophon figure verify, to see what changed; with Git, the recorded table is in the commit of that time.",
  });
}

async function* formatRows(
  table: TableOfFigures,
  keys: readonly RowKey[] | null,
  { columns, rowCount, missing }: Surveyed,
  format: RowFormat,
  ports: RowPorts,
): AsyncIterable<string> {
  const matcher = rowMatcher(keys);
  const head = { table: table.name, path: table.path, sha256: `sha256:${table.sha256}` };
  const told = {
    ...head,
    figures: table.figures.map(({ figure }) => figure.id),
    columns,
    asked: keys?.length ?? null,
    missing: missing.map(({ fields, values }) =>
      Object.fromEntries(fields.map((field, index) => [field, values[index]])),
    ),
    row_count: rowCount,
  };
  if (format === "csv") yield `${columns.map(cellOf).join(",")}\n`;
  else yield `${JSON.stringify(told).slice(0, -1)},"rows":[`;
  let separator = "\n";
  for await (const rows of readRecorded(table, ports).batches) {
    const chosen = rows.filter(matcher.matches);
    if (chosen.length === 0) continue;
    if (format === "csv") yield chosen.map((row) => `${row.formatCsv(columns)}\n`).join("");
    else yield separator + chosen.map((row) => row.formatJson()).join(",\n");
    separator = ",\n";
  }
  if (format === "json") yield "\n]}\n";
}
