/** How many rows and which columns a table has, by the ending of its name: CSV, TSV, JSON Lines, Parquet. */
import { createReadStream } from "node:fs";
import { createDelimitedCounter } from "./delimited.js";
import { createJsonLinesCounter } from "./json-lines.js";
import type { TableCounter, TableDescription, TableReader } from "./table-shape.js";

/** The formats that are read from front to back. */
export type CountedKind = "csv" | "tsv" | "jsonl";

const counters: { readonly [Kind in CountedKind]: () => TableCounter } = {
  csv: () => createDelimitedCounter(","),
  tsv: () => createDelimitedCounter("\t"),
  jsonl: createJsonLinesCounter,
};

const kindsByEnding: Readonly<Record<string, CountedKind | "parquet">> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".parquet": "parquet",
};

export const tableReader: TableReader = { counterFor, describeTable };

export function createTableCounter(kind: CountedKind): TableCounter {
  return counters[kind]();
}

/** `undefined` for Parquet, whose shape stands at its end, and for everything that is no table by its name. */
export function counterFor(path: string): TableCounter | undefined {
  const kind = formatOfTable(path);
  return kind === undefined || kind === "parquet" ? undefined : createTableCounter(kind);
}

/** Reads a file from front to back in constant memory, of Parquet only the metadata. Errors of the system are passed on. */
export async function describeTable(path: string): Promise<TableDescription> {
  if (formatOfTable(path) === "parquet") {
    const { describeParquet } = await import("./parquet.js");
    return describeParquet(path);
  }
  const counter = counterFor(path);
  if (counter === undefined) {
    return { shape: null, reason: `its name ends in none of ${Object.keys(kindsByEnding).join(", ")}` };
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) counter.push(chunk);
  return counter.end();
}

/** By the ending of its name; `undefined` for what is no table. */
export function formatOfTable(path: string): CountedKind | "parquet" | undefined {
  const ending = /\.[^./]+$/.exec(path)?.[0].toLowerCase();
  return ending === undefined ? undefined : kindsByEnding[ending];
}
