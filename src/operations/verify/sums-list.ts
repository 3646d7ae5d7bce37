/** A list of sums in a run folder, and what holding a file against its line gives. */
import { ColophonError, type Finding } from "../../errors.js";
import type { Sum } from "../../files/sums.js";
import type { FileAnswer } from "../../store/runs/recorded-files.js";
import type { ReadRecord } from "./record.js";
import { asDigest, asFiles, type CheckResult, resultsOf } from "./result.js";

export interface ListPorts {
  readonly readFile: (folder: string, path: string, maximumBytes: number) => Uint8Array | Finding | null;
  /** Throws `FileError` for a line that is none. */
  readonly parseSums: (bytes: Uint8Array, encoding: SumsEncoding) => ParsedSums;
}

/** Names below `artifacts/` are bytes, with a character for each; those of tracked files are text. */
export type SumsEncoding = "utf8" | "latin1";

export interface ParsedSums {
  readonly sums: readonly Sum[];
  /** Whether the bytes are those that Colophon writes for these sums. */
  readonly isExact: boolean;
}

export interface List {
  readonly sums: readonly Sum[];
  /** Where the list is read, and does not stand there as it was written. */
  readonly fault: CheckResult | null;
}

export const sumsName = "SHA256SUMS";

/** A million lines. */
const mostSums = 256 * 1024 * 1024;

const { ok, differs, missing, unreadable } = resultsOf("sums");

/** `null` when there is none; the result when it cannot be read. */
export function readList(
  { folder }: ReadRecord,
  path: string,
  { readFile }: ListPorts,
): Uint8Array | CheckResult | null {
  const bytes = readFile(folder, path, mostSums);
  if (bytes === null || !("code" in bytes)) return bytes;
  return unreadable(path, { reason: bytes.message, finding: bytes });
}

/** Colophon's own lists have one exact form, so every change shows. */
export function parseList(
  { isOwn }: ReadRecord,
  path: string,
  bytes: Uint8Array,
  encoding: SumsEncoding,
  { parseSums }: ListPorts,
): List | CheckResult {
  try {
    const { sums, isExact } = parseSums(bytes, encoding);
    const isFaulty = isOwn && !isExact;
    const reason = "lists its files in another form than it was written in";
    return { sums, fault: isFaulty ? differs(path, { reason }) : null };
  } catch (error) {
    if (!(error instanceof ColophonError)) throw error;
    return differs(path, { reason: error.message });
  }
}

/** Nothing where all is well. */
export function compareFile(path: string, expected: string, answer: FileAnswer, list: string): CheckResult[] {
  const said = { expected: asDigest(expected) };
  switch (answer.state) {
    case "absent":
      return [missing(path, { ...said, reason: `is gone; ${list} lists it` })];
    case "unreadable":
      return [unreadable(path, { ...said, reason: answer.reason })];
    case "other":
      return [differs(path, { ...said, found: answer.what, reason: `is ${answer.what}` })];
    default:
      if (answer.sha256 === expected) return [];
      return [
        differs(path, { ...said, found: asDigest(answer.sha256), reason: `is not what ${list} lists` }),
      ];
  }
}

/** What is well is told once for the whole list. */
export function orAllWell(results: readonly CheckResult[], list: string, count: number): CheckResult[] {
  if (results.some(({ severity }) => severity === "error")) return [...results];
  return [ok(list, { expected: asFiles(count), found: asFiles(count) }), ...results];
}
