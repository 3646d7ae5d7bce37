/** Rows of a table as they stand in it: what a reader gets is what was written, digit by digit. */
import { type Separator, splitRecord } from "./split-record.js";

export interface ExactRow {
  /** The value of a column as its format has it: text in CSV and TSV. `undefined` where the row has none. */
  readonly cell: (column: string) => unknown;
  /** One record of CSV, without its line end; the columns are those of the whole table. */
  readonly formatCsv: (columns: readonly string[]) => string;
  /** One object of JSON. */
  readonly formatJson: () => string;
}

/** Of these there are millions, so that they share their functions. */
export class DelimitedRow implements ExactRow {
  private fields: readonly string[] | undefined;

  constructor(
    private readonly record: string,
    private readonly separator: Separator,
    private readonly columns: readonly string[],
  ) {}

  cell(column: string): string | undefined {
    return this.split()[this.columns.indexOf(column)];
  }

  /** Nobody else's quotes: an empty text in quotes stays one. */
  formatCsv(): string {
    return this.separator === "," ? this.record.replace(/\r$/, "") : this.split().map(formatField).join(",");
  }

  formatJson(): string {
    const fields = this.split();
    const members = this.columns.map(
      (column, index) => `${JSON.stringify(column)}:${JSON.stringify(fields[index])}`,
    );
    return `{${members.join(",")}}`;
  }

  private split(): readonly string[] {
    this.fields ??= splitRecord(this.record, this.separator);
    return this.fields;
  }
}

/** `line`: an object as it stands in the file. */
export function jsonRow(line: string): ExactRow {
  let parsed: Readonly<Record<string, unknown>> | undefined;
  const cell = (column: string) => {
    parsed ??= JSON.parse(line) as Record<string, unknown>;
    return Object.hasOwn(parsed, column) ? parsed[column] : undefined;
  };
  return {
    cell,
    formatCsv: (columns) => {
      const written = membersAsWritten(line);
      return columns.map((column) => formatField(textOf(cell(column), written.get(column)))).join(",");
    },
    formatJson: () => line.trim(),
  };
}

/** A number stays as it was written: JavaScript's own cannot hold every one. */
function textOf(value: unknown, written: string | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : (written ?? JSON.stringify(value));
}

/** The text of each member's value in a valid object; the last of those with one name counts, as in reading. */
export function membersAsWritten(line: string): Map<string, string> {
  const members = new Map<string, string>();
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let depth = 0;
  let name: string | undefined;
  let from = 0;
  let last: string | undefined;
  for (const { 0: text, index } of line.matchAll(token)) {
    if (depth === 1 && name !== undefined && (text === "," || text === "}")) {
      members.set(name, line.slice(from, index).trim());
      name = undefined;
    }
    if (depth === 1 && text === ":" && name === undefined) {
      name = JSON.parse(last as string) as string;
      from = index + 1;
    }
    if (text === "{" || text === "[") depth += 1;
    else if (text === "}" || text === "]") depth -= 1;
    last = text;
  }
  return members;
}

/** `values`: by column, in the table's order. Integers of 64 bits are `bigint`. */
export function parquetRow(values: Readonly<Record<string, unknown>>): ExactRow {
  return {
    cell: (column) => (Object.hasOwn(values, column) ? values[column] : undefined),
    formatCsv: (columns) =>
      columns
        .map((column) => {
          const value = values[column];
          return formatField(
            typeof value === "string" ? value : value == null ? "" : unquoted(spellJson(value)),
          );
        })
        .join(","),
    formatJson: () => spellJson(values),
  };
}

function unquoted(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** JSON of any value of Parquet: integers with all their digits, bytes that are no text in hexadecimal. */
function spellJson(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? spellNumber(value) : `"${value}"`;
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (value instanceof Uint8Array) return JSON.stringify(spellBytes(value));
  if (Array.isArray(value)) return `[${value.map(spellJson).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${spellJson(inner)}`);
  return `{${members.join(",")}}`;
}

/** `JSON.stringify` has no negative zero. */
function spellNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

export function spellBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  }
}

/** RFC 4180. */
export function formatField(text: string): string {
  return /[",\r\n\uFEFF]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
