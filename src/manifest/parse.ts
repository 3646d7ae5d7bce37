/**
 * Bytes to value, strictly: UTF-8 without BOM, one JSON value, no duplicate keys, no integer that would lose digits,
 * no `__proto__`, no lone surrogate, nesting of at most 64 levels. Everything else is a finding with its place.
 */
import type { Finding } from "../errors.js";
import { parentOfPointer } from "./pointer.js";
import { scanJson } from "./scan.js";
import { type Fault, maximumDepth } from "./scan-result.js";

export const defaultMaximumBytes = 8 * 1024 * 1024;

export type Parsed =
  | { readonly ok: true; readonly value: unknown; readonly text: string }
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly text: string | undefined };

export function parseJson(bytes: Uint8Array, maximumBytes = defaultMaximumBytes): Parsed {
  if (bytes.length > maximumBytes) return refused(tooLarge(bytes.length, maximumBytes));
  const decoded = decodeUtf8(bytes);
  if (typeof decoded !== "string") return refused(decoded);
  return parseText(decoded);
}

export function tooLarge(bytes: number, maximumBytes: number): Finding {
  return documentFinding(
    "TOO_LARGE",
    `is ${bytes} bytes long; at most ${maximumBytes} are read`,
    `Move bulk content out of the manifest, or raise the cap with --max-bytes ${bytes}.`,
  );
}

/** The same for text that is already decoded. */
export function parseText(text: string): Parsed {
  const value = parseIfPlain(text);
  if (value !== undefined) return { ok: true, value, text };
  const { faults } = scanJson(text);
  if (faults.length > 0) return { ok: false, text, findings: faults.map((fault) => locate(text, fault)) };
  return { ok: true, value: JSON.parse(text) as unknown, text };
}

/** Gives findings about a value the line and column at which it stands, or the nearest thing around it that is there. */
export function locateFindings(text: string, findings: readonly Finding[]): Finding[] {
  if (findings.length === 0) return [];
  const wanted = new Set<string>();
  for (const { pointer } of findings) {
    for (let at = pointer; ; at = parentOfPointer(at)) {
      wanted.add(at);
      if (at === "") break;
    }
  }
  const { standings } = scanJson(text, wanted);
  const lines = lineStarts(text);
  return findings.map((finding) => {
    let pointer = finding.pointer;
    while (pointer !== "" && !standings.has(pointer)) pointer = parentOfPointer(pointer);
    const standing = standings.get(pointer);
    if (standing === undefined) return finding;
    const atKey = finding.code === "FOREIGN_KEY" || finding.code === "UNKNOWN_FIELD";
    return { ...finding, ...place(lines, atKey ? (standing.key ?? standing.value) : standing.value) };
  });
}

/**
 * The fast way for documents in which nothing needs a closer look: one pass over the text that leaps from quote to quote.
 * `undefined` means "look closer", never "wrong". Duplicates show as fewer members in the value than keys in the text.
 */
function parseIfPlain(text: string): unknown {
  if (text.includes("\\u") || text.includes("__proto__")) return undefined;
  const keys = countKeysIfPlain(text);
  if (keys === undefined) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return countMembers(value) === keys ? value : undefined;
  } catch {
    return undefined; // The scanner says what is wrong, and where.
  }
}

function countKeysIfPlain(text: string): number | undefined {
  let keys = 0;
  let depth = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = closingQuote(text, at);
      digits = 0;
      if (at < 0) return undefined;
    } else if (code >= 0x30 && code <= 0x39) {
      digits += 1;
      if (digits > 15) return undefined;
    } else {
      digits = 0;
      if (code === 0x3a) keys += 1;
      else if (code === 0x2e)
        digits = Number.NEGATIVE_INFINITY; // A fraction may have any number of digits.
      else if (code === 0x7b || code === 0x5b) {
        depth += 1;
        if (depth > maximumDepth) return undefined;
      } else if (code === 0x7d || code === 0x5d) depth -= 1;
      else if (code === 0x45 || (code === 0x65 && isDigit(text.charCodeAt(at - 1)))) return undefined;
    }
  }
  return keys;
}

function closingQuote(text: string, opening: number): number {
  let at = opening;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return -1;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) {
    let inside = 0;
    for (const item of value) inside += countMembers(item);
    return inside;
  }
  let count = 0;
  for (const key in value) count += 1 + countMembers((value as Record<string, unknown>)[key]);
  return count;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function decodeUtf8(bytes: Uint8Array): string | Finding {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) {
    return documentFinding("BOM", "begins with a byte order mark", "Save the file as UTF-8 without BOM.", {
      line: 1,
      column: 1,
    });
  }
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) {
    return documentFinding("INVALID_UTF8", "is UTF-16, not UTF-8", "Save the file as UTF-8 without BOM.", {
      line: 1,
      column: 1,
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return invalidUtf8(bytes);
  }
}

function invalidUtf8(bytes: Uint8Array): Finding {
  // The longest valid prefix, found by halving: decoding is prefix-monotone with `stream: true`.
  let valid = 0;
  let end = bytes.length;
  while (end - valid > 1) {
    const middle = (valid + end) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), {
        stream: true,
      });
      valid = middle;
    } catch {
      end = middle;
    }
  }
  // What decodes of that prefix ends before the faulty sequence, which may have begun well.
  const before = new TextDecoder("utf-8").decode(bytes.subarray(0, valid), { stream: true });
  const offset = Buffer.byteLength(before);
  return documentFinding(
    "INVALID_UTF8",
    `is not UTF-8: the byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")} at offset ${offset} belongs to no character`,
    "Save the file as UTF-8 without BOM.",
    place(lineStarts(before), before.length),
  );
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function locate(text: string, { code, pointer, message, hint, offset }: Fault): Finding {
  return { code, severity: "error", pointer, message, hint, ...place(lineStarts(text), offset) };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based line and column (in UTF-16 code units, as editors count) of an offset. */
function place(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] as number) + 1 };
}

function documentFinding(
  code: string,
  message: string,
  hint: string,
  at: { line: number; column: number } | undefined = undefined,
): Finding {
  return {
    code,
    severity: "error",
    pointer: "",
    message,
    hint,
    line: at?.line ?? null,
    column: at?.column ?? null,
  };
}

function refused(finding: Finding): Parsed {
  return { ok: false, findings: [finding], text: undefined };
}
