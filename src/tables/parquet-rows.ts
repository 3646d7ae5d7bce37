/** Rows of Parquet, a group of them at a time, with every digit they have. */
import { fstatSync, readSync } from "node:fs";
import type { FileMetaData, SchemaElement } from "hyparquet";
import { type ExactRow, parquetRow, spellBytes } from "./exact-row.js";

const rowsAtOnce = 10_000;

/** Columns are those of the top level. Of decimals the text with all their places is given, of times ISO 8601. */
export async function* readParquetRows(
  descriptor: number,
  onColumns: (columns: readonly string[]) => void,
): AsyncIterable<readonly ExactRow[]> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const file = openParquet(descriptor);
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  onColumns(parquetSchema(metadata).children.map(({ element }) => element.name));
  const decimals = metadata.schema.filter(isDecimal);
  const plain = withoutDecimals(metadata);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += rowsAtOnce) {
      const rowEnd = Math.min(groupEnd, rowStart + rowsAtOnce);
      const rows = await parquetReadObjects({
        file,
        metadata: plain,
        rowStart,
        rowEnd,
        utf8: false,
        parsers,
      });
      yield rows.map((row) => parquetRow(spellRow(row, decimals)));
    }
    groupStart = groupEnd;
  }
}

/** What the library reads from. */
export function openParquet(descriptor: number) {
  const byteLength = fstatSync(descriptor).size;
  const slice = (from: number, to = byteLength) => {
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, bytes.length - filled, from + filled);
      if (read === 0) throw new Error("it ends too early");
      filled += read;
    }
    return bytes.buffer;
  };
  return { byteLength, slice };
}

/** In place of `Date`, which has no more than milliseconds. */
export const parsers = {
  timestampFromMilliseconds: (value: bigint) => spellTime(BigInt(value), 3),
  timestampFromMicroseconds: (value: bigint) => spellTime(BigInt(value), 6),
  timestampFromNanoseconds: (value: bigint) => spellTime(BigInt(value), 9),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
};

/** A page may hold nulls among its values. */
function spellTime(value: bigint, places: 3 | 6 | 9): string {
  const unit = 10n ** BigInt(places);
  const fraction = ((value % unit) + unit) % unit;
  const seconds = new Date(Number((value - fraction) / unit) * 1000).toISOString().slice(0, -5);
  return `${seconds}.${String(fraction).padStart(places, "0")}Z`;
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

/** The library would make floating-point numbers of them. */
function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (!isDecimal(element)) return element;
    const { converted_type: _converted, logical_type: _logical, ...rest } = element;
    return rest;
  });
  return { ...metadata, schema };
}

function spellRow(
  row: Readonly<Record<string, unknown>>,
  decimals: readonly SchemaElement[],
): Readonly<Record<string, unknown>> {
  const cells = Object.entries(row).map(([name, value]) => {
    const decimal = value == null ? undefined : decimals.find((element) => element.name === name);
    if (decimal !== undefined) return [name, spellDecimal(value, decimal.scale ?? 0)];
    return [name, value instanceof Uint8Array ? spellBytes(value) : value];
  });
  return Object.fromEntries(cells) as Record<string, unknown>;
}

/** `value`: an integer, or the bytes of one, the highest first, with a sign. */
function spellDecimal(value: unknown, scale: number): unknown {
  if (typeof value !== "bigint" && typeof value !== "number" && !(value instanceof Uint8Array)) return value;
  const whole = value instanceof Uint8Array ? integerOf(value) : BigInt(value);
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, "0");
  const [before, after] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  return `${whole < 0n ? "-" : ""}${before}${scale > 0 ? `.${after}` : ""}`;
}

function integerOf(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return hex === "" ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}
