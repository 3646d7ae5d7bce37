/** Files that live as long as one test file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import type { TableCounter, TableDescription } from "../../src/tables/table-shape.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-tables-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

export function makeFile(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Feeds the content in pieces of `size` bytes through one buffer, which is used again for every piece. */
export function count(counter: TableCounter, content: string | Uint8Array, size = 7): TableDescription {
  const bytes = Buffer.from(content as Uint8Array);
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    counter.push(buffer.subarray(0, length));
  }
  return counter.end();
}

export function shape(columns: readonly string[], rows: number): TableDescription {
  return { shape: { row_count: rows, column_count: columns.length, ordered_columns: columns }, reason: null };
}
