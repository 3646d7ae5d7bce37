/** Reads columns of a table row by row, in constant memory: CSV, TSV and JSON Lines as they come, Parquet a group of rows at a time. */
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { type Separator, splitRecord } from "./split-record.js";

/** A value as its format has it: text in CSV and TSV. `undefined` where a row has no such column. */
export type OnRow = (values: readonly unknown[]) => void;

/** For a table that is known to be well formed, by the ending of its name. */
export async function readRows(path: string, columns: readonly string[], onRow: OnRow): Promise<void> {
  const ending = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? "";
  if (ending === ".parquet") return readParquet(path, columns, onRow);
  if (ending === ".jsonl" || ending === ".ndjson") return readJsonLines(path, columns, onRow);
  return readDelimited(path, ending === ".tsv" ? "\t" : ",", columns, onRow);
}

async function readDelimited(
  path: string,
  separator: Separator,
  columns: readonly string[],
  onRow: OnRow,
): Promise<void> {
  let places: readonly number[] | undefined;
  for await (const record of records(path, true)) {
    const fields = splitRecord(record, separator);
    if (places === undefined) places = columns.map((column) => fields.indexOf(column));
    else onRow(places.map((place) => fields[place]));
  }
}

async function readJsonLines(path: string, columns: readonly string[], onRow: OnRow): Promise<void> {
  for await (const record of records(path, false)) {
    const row = JSON.parse(record) as Record<string, unknown>;
    onRow(columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined)));
  }
}

/** Lines that are not blank; in `quoted` text a line end between quotes, which come in pairs, ends nothing. */
async function* records(path: string, quoted: boolean): AsyncIterable<string> {
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const decoder = new TextDecoder();
  let pending = "";
  let from = 0;
  let isOpen = false;
  const cut = function* (text: string): Iterable<string> {
    pending += text;
    let begin = 0;
    for (; from < pending.length; from += 1) {
      const unit = pending.charCodeAt(from);
      if (quoted && unit === 0x22) isOpen = !isOpen;
      else if (unit === 0x0a && !isOpen) {
        const record = pending.slice(begin, from);
        if (record !== "" && record !== "\r") yield record;
        begin = from + 1;
      }
    }
    pending = pending.slice(begin);
    from = pending.length;
  };
  for await (const chunk of stream) yield* cut(decoder.decode(chunk as Buffer, { stream: true }));
  yield* cut(`${decoder.decode()}\n`);
}

async function readParquet(path: string, columns: readonly string[], onRow: OnRow): Promise<void> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const descriptor = openSync(path, "r");
  try {
    const byteLength = statSync(path).size;
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
    const file = { byteLength, slice };
    const metadata = await parquetMetadataAsync(file, { geoparquet: false });
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd });
      for (const row of rows) onRow(columns.map((column) => row[column]));
      rowStart = rowEnd;
    }
  } finally {
    closeSync(descriptor);
  }
}
