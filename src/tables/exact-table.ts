/** Reads a table row by row, in constant memory, and digests what it reads: rows and digest are of the same bytes. */
import { createHash } from "node:crypto";
import { fstatSync, read } from "node:fs";
import { promisify } from "node:util";
import { createRecordCutter } from "./cut-records.js";
import { DelimitedRow, type ExactRow, jsonRow } from "./exact-row.js";
import { readParquetRows } from "./parquet-rows.js";
import { splitRecord } from "./split-record.js";
import { formatOfTable } from "./table-reader.js";

export interface TableReading {
  /** Pieces of the table; none of them is kept. */
  readonly batches: AsyncIterable<readonly ExactRow[]>;
  /** In the order in which the table has them; of JSON Lines those that were met so far. */
  readonly columns: () => readonly string[];
  /** 64 hexadecimal digits, when the last batch was taken. */
  readonly sha256: () => string;
}

/** `descriptor`: of a file whose name is `name`; it stays open. `undefined` for what is no table by its name. */
export function readTable(descriptor: number, name: string): TableReading | undefined {
  const format = formatOfTable(name);
  if (format === "parquet") return readParquet(descriptor);
  if (format === "jsonl") return readJsonLines(descriptor);
  if (format === undefined) return undefined;
  return readDelimited(descriptor, format === "tsv" ? "\t" : ",");
}

function readDelimited(descriptor: number, separator: "," | "\t"): TableReading {
  let columns: readonly string[] | undefined;
  const { texts, sha256 } = readTexts(descriptor, separator);
  async function* batches() {
    for await (const records of texts) {
      const rest = columns === undefined ? records.slice(1) : records;
      if (records.length > 0) columns ??= splitRecord(records[0] as string, separator);
      if (rest.length > 0)
        yield rest.map((record) => new DelimitedRow(record, separator, columns as string[]));
    }
  }
  return { batches: batches(), columns: () => columns ?? [], sha256 };
}

function readJsonLines(descriptor: number): TableReading {
  const columns = new Set<string>();
  const { texts, sha256 } = readTexts(descriptor, undefined);
  async function* batches() {
    for await (const lines of texts) {
      const written = lines.filter((line) => line.trim() !== "");
      for (const line of written) for (const key of Object.keys(JSON.parse(line) as object)) columns.add(key);
      if (written.length > 0) yield written.map(jsonRow);
    }
  }
  return { batches: batches(), columns: () => [...columns], sha256 };
}

/** Records as they come; a byte-order mark at the beginning is no part of the first. */
function readTexts(descriptor: number, separator: "," | "\t" | undefined) {
  const digest = createHash("sha256");
  let sha256 = "";
  async function* texts() {
    const decoder = new TextDecoder();
    const cutter = createRecordCutter(separator);
    for await (const chunk of chunksOf(descriptor)) {
      digest.update(chunk);
      yield cutter.push(decoder.decode(chunk, { stream: true }));
    }
    yield cutter.push(decoder.decode());
    yield cutter.end();
    sha256 = digest.digest("hex");
  }
  return { texts: texts(), sha256: () => sha256 };
}

/** Parquet is read from its end and by parts, so its bytes are digested before, and it must be the same file afterwards. */
function readParquet(descriptor: number): TableReading {
  let sha256 = "";
  let columns: readonly string[] = [];
  async function* batches() {
    const stamp = () => {
      const { size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
      return `${size} ${mtimeNs} ${ctimeNs}`;
    };
    const before = stamp();
    const digest = createHash("sha256");
    for await (const chunk of chunksOf(descriptor)) digest.update(chunk);
    yield* readParquetRows(descriptor, (found) => {
      columns = found;
    });
    // What was written to meanwhile has no digest.
    sha256 = stamp() === before ? digest.digest("hex") : "";
  }
  return { batches: batches(), columns: () => columns, sha256: () => sha256 };
}

const readPart = promisify(read);

/** A chunk is read over by the next one. Nothing is being read while nobody waits for it, so that the file may be closed. */
async function* chunksOf(descriptor: number): AsyncIterable<Buffer> {
  const buffer = Buffer.alloc(256 * 1024);
  for (let position = 0; ; ) {
    const { bytesRead } = await readPart(descriptor, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
