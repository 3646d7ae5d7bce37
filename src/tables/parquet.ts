/** The shape of a Parquet file, from the metadata at its end; no data page is read. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { TableDescription } from "./table-shape.js";

/** More metadata than this is a broken or hostile file: the length is read from the file itself. */
const longestMetadata = 256 * 1024 * 1024;

/** Columns are those of the top level: a struct or a list is one. Errors of the system are passed on. */
export async function describeParquet(path: string): Promise<TableDescription> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  const descriptor = openSync(path, "r");
  try {
    const byteLength = fstatSync(descriptor).size;
    const slice = (from: number, to = byteLength) => readSlice(descriptor, from, to);
    const metadata = await parquetMetadataAsync({ byteLength, slice }, { geoparquet: false });
    const rows = Number(metadata.num_rows);
    if (!Number.isSafeInteger(rows) || rows < 0) return { shape: null, reason: `it claims ${rows} rows` };
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const shape = { row_count: rows, column_count: columns.length, ordered_columns: columns };
    return { shape, reason: null };
  } catch (cause) {
    if (cause instanceof Error && "syscall" in cause) throw cause;
    return { shape: null, reason: `it is not Parquet: ${(cause as Error).message}` };
  } finally {
    closeSync(descriptor);
  }
}

function readSlice(descriptor: number, from: number, to: number): ArrayBuffer {
  const length = to - from;
  if (length > longestMetadata) throw new Error(`its metadata claims ${length} bytes`);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(descriptor, bytes, filled, length - filled, from + filled);
    if (read === 0) throw new Error("it ends too early");
    filled += read;
  }
  return bytes.buffer;
}
