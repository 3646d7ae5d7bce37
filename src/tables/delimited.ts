/**
 * CSV and TSV as in RFC 4180: the first record names the columns, a field in quotes may hold anything, a quote in it is
 * doubled. Lines end with LF or CRLF; empty lines are no records; every record has as many fields as the first.
 *
 * Bytes are looked at, not decoded: separators, quotes and line ends are the same bytes in all of UTF-8.
 */

import { type Separator, splitRecord } from "./split-record.js";
import type { TableCounter, TableDescription } from "./table-shape.js";
import { createUtf8Check } from "./utf8-check.js";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
/** Commas, tabs, quotes and line ends are not above it; almost everything else is. */
const highestSpecial = 0x2c;
const longestHeader = 1024 * 1024;
const byteOrderMark = Buffer.from("\uFEFF");

/** What the next byte follows. */
const start = 0;
const separation = 1;
const text = 2;
const openQuote = 3;
const closeQuote = 4;
const carriage = 5;
const emptyCarriage = 6;

export function createDelimitedCounter(separator: Separator): TableCounter {
  const separatorByte = separator.charCodeAt(0);
  const utf8 = createUtf8Check();
  let opening: Buffer | undefined = Buffer.alloc(0);
  let header: Buffer[] = [];
  let columns: readonly string[] | undefined;
  let rows = 0;
  let fields = 1;
  let state = start;
  let fault: string | undefined;

  /** A byte-order mark would hide a quote behind it, so the first bytes wait until there are enough to tell. */
  function push(chunk: Uint8Array): void {
    if (opening === undefined) {
      scan(chunk);
    } else {
      opening = Buffer.concat([opening, chunk]);
      if (opening.length >= byteOrderMark.length) open(opening);
    }
  }

  function open(bytes: Buffer): void {
    opening = undefined;
    const marked = bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark);
    scan(marked ? bytes.subarray(byteOrderMark.length) : bytes);
  }

  function scan(chunk: Uint8Array): void {
    if (fault === undefined && !utf8.push(chunk)) fault = "it is not UTF-8";
    const { length } = chunk;
    let recordStart = 0;
    for (let at = 0; at < length && fault === undefined; at++) {
      if (state === openQuote) {
        while (at < length && chunk[at] !== quote) at++;
        if (at < length) state = closeQuote;
      } else if (chunk[at] === lineFeed) {
        if (columns === undefined) keepHeader(chunk.subarray(recordStart, at));
        recordStart = at + 1;
        endRecord();
      } else if (chunk[at]! > highestSpecial) {
        meetText();
        while (at + 1 < length && chunk[at + 1]! > highestSpecial) at++;
      } else {
        meetSpecial(chunk[at]!);
      }
    }
    if (columns === undefined) keepHeader(chunk.subarray(recordStart));
  }

  function meetText(): void {
    if (state === closeQuote) fault = `${place()} has text after a closing quote`;
    else if (state >= carriage) fault = `${place()} has a carriage return without a line feed`;
    state = text;
  }

  function meetSpecial(byte: number): void {
    if (state >= carriage) {
      meetText();
    } else if (byte === separatorByte) {
      fields++;
      state = separation;
    } else if (byte === carriageReturn) {
      state = state === start ? emptyCarriage : carriage;
    } else if (byte === quote && state !== text) {
      state = openQuote;
    } else {
      meetText();
    }
  }

  function endRecord(): void {
    if (state === start || state === emptyCarriage) header = [];
    else if (columns === undefined) columns = splitRecord(Buffer.concat(header).toString(), separator);
    else if (fields !== columns.length)
      fault = `${place()} has ${fields} fields, the header ${columns.length}`;
    else rows++;
    fields = 1;
    state = start;
  }

  function keepHeader(bytes: Uint8Array): void {
    header.push(Buffer.from(bytes));
    const length = header.reduce((sum, part) => sum + part.length, 0);
    if (length > longestHeader) fault ??= `its header is longer than ${longestHeader} bytes`;
  }

  function place(): string {
    return columns === undefined ? "the header" : `row ${rows + 1}`;
  }

  function end(): TableDescription {
    if (opening !== undefined) open(opening);
    if (fault === undefined && !utf8.end()) fault = "it is not UTF-8";
    if (fault === undefined && state === openQuote) fault = `${place()} has a quote that is never closed`;
    if (fault === undefined && state >= carriage) meetText();
    if (fault === undefined) endRecord();
    if (fault !== undefined) return { shape: null, reason: fault };
    if (columns === undefined) return { shape: null, reason: "it is empty" };
    const shape = { row_count: rows, column_count: columns.length, ordered_columns: columns };
    return { shape, reason: null };
  }

  return { push, end };
}
