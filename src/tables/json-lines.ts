/**
 * JSON Lines: one object a line; the columns are all keys in the order in which they first appear; blank lines say nothing.
 * (Of the keys that a line is the first to have, JavaScript puts those that read as integers before the others.)
 */
import { isUtf8 } from "node:buffer";
import type { TableCounter, TableDescription } from "./table-shape.js";

const lineFeed = 0x0a;
const longestLine = 64 * 1024 * 1024;
const mostColumns = 100_000;

export function createJsonLinesCounter(): TableCounter {
  const columns = new Set<string>();
  let pieces: Buffer[] = [];
  let pendingLength = 0;
  let line = 0;
  let rows = 0;
  let fault: string | undefined;

  function push(chunk: Uint8Array): void {
    if (fault !== undefined) return;
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      readLines(Buffer.concat([...pieces, chunk.subarray(0, end)]));
      pieces = [];
      pendingLength = 0;
    }
    pieces.push(Buffer.from(chunk.subarray(end)));
    pendingLength += chunk.length - end;
    if (pendingLength > longestLine) fault ??= `line ${line + 1} is longer than ${longestLine} bytes`;
  }

  function readLines(bytes: Buffer): void {
    if (!isUtf8(bytes)) {
      fault = "it is not UTF-8";
      return;
    }
    const text = bytes.toString();
    for (let from = 0; from < text.length && fault === undefined; ) {
      const lineEnd = text.indexOf("\n", from);
      const to = lineEnd < 0 ? text.length : lineEnd;
      line++;
      readLine(line === 1 ? text.slice(from, to).replace(/^\uFEFF/, "") : text.slice(from, to));
      from = to + 1;
    }
  }

  function readLine(content: string): void {
    if (content.trim() === "") return;
    const row = parse(content);
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      fault = `line ${line} is no JSON object`;
      return;
    }
    for (const key in row) columns.add(key);
    if (columns.size > mostColumns) fault = `it has more than ${mostColumns} different keys`;
    rows++;
  }

  function end(): TableDescription {
    if (fault === undefined) readLines(Buffer.concat(pieces));
    if (fault !== undefined) return { shape: null, reason: fault };
    if (rows === 0) return { shape: null, reason: "it is empty" };
    const shape = { row_count: rows, column_count: columns.size, ordered_columns: [...columns] };
    return { shape, reason: null };
  }

  return { push, end };
}

/** `undefined` for what is not JSON: the caller says so in the same words as for JSON that is no object. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
