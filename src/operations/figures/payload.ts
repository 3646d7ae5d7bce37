/** The drawn data of a figure: an object whose `data` is the list of drawn rows, without a clock and without a number that is none. */
import { RefusedError } from "../../errors.js";
import { formatCanonical } from "../../manifest/canonical.js";
import { parseJson } from "../../manifest/parse.js";
import { isObject } from "../../manifest/validate.js";

export type DrawnRow = Readonly<Record<string, unknown>>;

export interface Payload {
  readonly value: object;
  readonly rows: readonly DrawnRow[];
  /** The text of the figure file: RFC 8785. */
  readonly text: string;
}

/** The member of a drawn row that names rows of input tables: `{table: [[value, …], …]}`. */
export const rowKeysMember = "row_keys";

export function parsePayload(bytes: Uint8Array, path: string): Payload {
  const parsed = parseJson(bytes);
  if (parsed.ok) return payloadOf(parsed.value, path);
  const [fault] = parsed.findings;
  throw bad("BAD_PAYLOAD", `${path}:${fault?.line ?? 1}:${fault?.column ?? 1} ${fault?.message}`);
}

/** @throws ColophonError `NOT_JSON` for what no JSON can hold, such as NaN. */
export function payloadOf(value: unknown, named: string): Payload {
  const rows = isObject(value) ? value.data : undefined;
  if (!isObject(value) || !Array.isArray(rows) || !rows.every(isObject))
    throw bad("BAD_PAYLOAD", `${named} must be an object whose "data" is a list of objects, the drawn rows`);
  const text = formatCanonical(value);
  const clock = findClock({ ...value, data: [] }, "");
  if (clock !== undefined)
    throw new RefusedError(
      "PAYLOAD_HAS_CLOCK",
      `${named}: ${clock} says when it was made; the same inputs must give the same bytes`,
      { hint: "Leave it out; the manifest says when the figure was made." },
    );
  return { value, rows, text };
}

const clocks =
  /^(?:(?:generated|created|updated|modified|built|rendered|exported|written|recorded)(?:_?at|_?on|_?time)?|timestamp|build_?(?:time|date|id)|now)$/i;

/** Among the members beside the rows, which may well have times: their own. */
function findClock(value: unknown, pointer: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const place = `${pointer}/${key}`;
    const found = clocks.test(key) && typeof inner !== "object" ? place : findClock(inner, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Ids of sources in the order in which the drawn rows name them first. */
export function orderReferences({ rows }: Payload, field: string): string[] {
  const order = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const named = Object.hasOwn(row, field) ? row[field] : [];
    const ids: unknown[] = Array.isArray(named) ? named : [named];
    for (const id of ids) {
      if (typeof id !== "string" || id === "")
        throw bad(
          "BAD_PAYLOAD",
          `data.${index}.${field} must be ids of sources; found ${JSON.stringify(id)}`,
        );
      order.add(id);
    }
  }
  return [...order];
}

/** The drawn rows as CSV, RFC 4180 with line feeds. */
export function formatDownload(
  { rows }: Payload,
  sourceField: string,
  columns: readonly string[] | undefined,
): string {
  const all = new Set(rows.flatMap((row) => Object.keys(row)));
  all.delete(rowKeysMember);
  const chosen = columns ?? [...all].sort();
  const absent = chosen.find((column) => !all.has(column));
  if (absent !== undefined && rows.length > 0)
    throw bad("BAD_PAYLOAD", `no drawn row has "${absent}", a column of the CSV download`);
  const line = (cells: readonly string[]) => `${cells.map(cellOf).join(",")}\n`;
  return (
    line(chosen) +
    rows
      .map((row) => line(chosen.map((column) => textOf(cellIn(row, column), column === sourceField))))
      .join("")
  );
}

/** A row without the column may still inherit something of that name. */
function cellIn(row: DrawnRow, column: string): unknown {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

function textOf(value: unknown, isSources: boolean): string {
  if (value === undefined || value === null) return "";
  if (isSources && Array.isArray(value)) return value.join(";");
  return typeof value === "string" ? value : formatCanonical(value);
}

/** A field of RFC 4180. */
export function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function bad(code: string, message: string): RefusedError {
  return new RefusedError(code, message, {
    hint: 'Write {"data": [{…}, …]}: one object a drawn row, finite numbers, no clock.',
  });
}
