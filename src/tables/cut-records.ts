/** Cuts text that comes in pieces into records: lines of JSON, or records of CSV and TSV, in which a field in quotes may hold line ends. */
import type { Separator } from "./split-record.js";

export interface RecordCutter {
  readonly push: (text: string) => string[];
  readonly end: () => string[];
}

/** Blank lines are no records; a carriage return before the line end stays. `separator`: of fields that may stand in quotes. */
export function createRecordCutter(separator: Separator | undefined): RecordCutter {
  let pending = "";
  /** How far `pending` is known to hold no line end outside of quotes. */
  let known = 0;
  let isOpen = false;

  function push(text: string): string[] {
    pending += text;
    const records: string[] = [];
    let begin = 0;
    for (;;) {
      const end = findEnd(begin);
      if (end < 0) break;
      const record = pending.slice(begin, end);
      if (record !== "" && record !== "\r") records.push(record);
      begin = end + 1;
      known = begin;
    }
    pending = pending.slice(begin);
    known -= begin;
    return records;
  }

  /** The next line end outside of quotes, or -1. */
  function findEnd(begin: number): number {
    for (;;) {
      if (isOpen && !passQuoted()) return -1;
      const line = pending.indexOf("\n", known);
      const quote = separator === undefined ? -1 : pending.indexOf('"', known);
      if (quote < 0 || (line >= 0 && line < quote)) {
        if (line < 0) known = pending.length;
        return line;
      }
      // Only at the beginning of a field does a quote open it; elsewhere it is text.
      isOpen = quote === begin || pending[quote - 1] === separator;
      known = quote + 1;
    }
  }

  /** To behind the closing quote; false when that is not there yet, or what follows it could still double it. */
  function passQuoted(): boolean {
    for (;;) {
      const quote = pending.indexOf('"', known);
      if (quote < 0) known = pending.length;
      else known = quote;
      if (quote < 0 || quote + 1 === pending.length) return false;
      const isDoubled = pending[quote + 1] === '"';
      known = quote + (isDoubled ? 2 : 1);
      if (isDoubled) continue;
      isOpen = false;
      return true;
    }
  }

  return { push, end: () => push("\n") };
}
