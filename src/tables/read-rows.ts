/** Reads columns of a table row by row, in constant memory: CSV, TSV and JSON Lines as they come, Parquet a group of rows at a time. */
import { closeSync, createReadStream, openSync } from "node:fs";
import { createRecordCutter } from "./cut-records.js";
import { openParquet, parsers } from "./parquet-rows.js";
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
  for await (const record of records(path, separator)) {
    const fields = splitRecord(record, separator);
    if (places === undefined) places = columns.map((column) => fields.indexOf(column));
    else onRow(places.map((place) => fields[place]));
  }
}

async function readJsonLines(path: string, columns: readonly string[], onRow: OnRow): Promise<void> {
  for await (const record of records(path, undefined)) {
    const row = JSON.parse(record) as Record<string, unknown>;
    onRow(columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined)));
  }
}

/** Lines that are not blank; with a separator, records, whose fields in quotes may hold line ends. */
async function* records(path: string, separator: Separator | undefined): AsyncIterable<string> {
  const decoder = new TextDecoder();
  const cutter = createRecordCutter(separator);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    yield* cutter.push(decoder.decode(chunk as Buffer, { stream: true }));
  yield* cutter.push(decoder.decode());
  yield* cutter.end();
}

async function readParquet(path: string, columns: readonly string[], onRow: OnRow): Promise<void> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const descriptor = openSync(path, "r");
  try {
    const file = openParquet(descriptor);
    const metadata = await parquetMetadataAsync(file, { geoparquet: false });
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({
        file,
        metadata,
        columns: [...columns],
        rowStart,
        rowEnd,
        parsers,
      });
      for (const row of rows) onRow(columns.map((column) => row[column]));
      rowStart = rowEnd;
    }
  } finally {
    closeSync(descriptor);
  }
}
