/**
 * Tables as CSV, cell by cell, in both directions: RFC 4180 with LF. A cell without a value is an empty field; an empty text stands in
 * quotes. The same table gives the same bytes everywhere, and what was written is read back with the same cells, as text.
 */
import { FileError, UsageError } from "../errors.js";

export interface CsvTable<Cell = string | number | boolean | null> {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** `name` is for the error. @throws UsageError for what a file could not give back. */
export function formatCsvTable({ columns, rows }: CsvTable, name: string): string {
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    throw bad(name, "has no columns, or two of one name");
  const lines = [lineOf(columns, name, "the header")];
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length)
      throw bad(name, `has ${row.length} cells in row ${index}; its columns are ${columns.length}`);
    lines.push(lineOf(row, name, `row ${index}`));
  }
  return `${lines.join("\n")}\n`;
}

function lineOf(cells: CsvTable["rows"][number], name: string, place: string): string {
  const fields = cells.map((cell) => {
    const spelled = spellCell(cell);
    if (spelled === undefined) throw bad(name, `has in ${place} a cell that CSV cannot hold`);
    return spelled === null ? "" : quoted(spelled);
  });
  if (fields.length === 1 && fields[0] === "")
    throw bad(name, `has in ${place}, its only column, no value; the line would be empty`);
  return fields.join(",");
}

/** The text of a cell; `undefined` for what is no text, number, boolean or null. */
export function spellCell(cell: unknown): string | null | undefined {
  switch (typeof cell) {
    case "string":
      return cell.isWellFormed() ? cell : undefined;
    case "number":
      return Number.isFinite(cell) ? String(cell) : undefined;
    case "boolean":
      return String(cell);
    default:
      return cell === null ? null : undefined;
  }
}

function quoted(text: string): string {
  return text === "" || /[",\r\n\uFEFF]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function bad(name: string, what: string): UsageError {
  return new UsageError("BAD_TABLE", `the table ${JSON.stringify(name)} ${what}`, {
    hint: "Give texts, finite numbers, booleans and null, as many in every row as there are columns.",
  });
}

const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** A byte-order mark at the beginning is no part of it. `name` is for the error. @throws FileError when the text is no CSV. */
export function parseCsvTable(text: string, name: string): CsvTable<string | null> {
  const form = new RegExp(field);
  form.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  while (form.lastIndex < text.length || record.length > 0) {
    const match = form.exec(text);
    if (match === null)
      throw notCsv(name, `record ${records.length + 1} has a quote in the middle of a field`);
    const [, inQuotes, plain = "", end] = match;
    record.push(inQuotes === undefined ? plain || null : inQuotes.replaceAll('""', '"'));
    if (end === ",") continue;
    const isEmptyLine = record.length === 1 && record[0] === null;
    if (!isEmptyLine) records.push(record);
    record = [];
  }
  const [header = [], ...rows] = records;
  const odd = rows.findIndex(({ length }) => length !== header.length);
  if (odd >= 0) throw notCsv(name, `row ${odd} has ${rows[odd]?.length} fields, the header ${header.length}`);
  return { columns: header.map((column) => column ?? ""), rows };
}

function notCsv(name: string, what: string): FileError {
  return new FileError("NOT_CSV", `${name}: ${what}`, { hint: "Check that it is the CSV that was written." });
}
