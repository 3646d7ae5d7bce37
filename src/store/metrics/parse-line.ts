/** The JSON of one line, fast where nothing needs a closer look; journals have millions of lines. */
import { scanJson } from "../../manifest/scan.js";
import { maximumDepth } from "../../manifest/scan-result.js";

/** A text says what is wrong. */
export function parseLine(text: string): { readonly object: unknown } | string {
  const object = parse(text);
  if (object === undefined) return parseBareWords(text) ?? `is not JSON: ${firstFault(text)}`;
  if (isPlain(text) && countKeys(text) === countMembers(object, 1)) return { object };
  return doubtOf(text) ?? { object };
}

/** Whether a text looks like the beginning of a line: what a writer that was killed leaves. */
export function looksTorn(text: string): boolean {
  const line = text.trim();
  return line.startsWith("{") && (!line.endsWith("}") || firstFault(line).includes("the end of the text"));
}

/**
 * Of lines that stand one after the other on one line, what is behind those that `take` took. A few texts that are none are tried, as what
 * looks like the end of a line may be inside of it.
 */
export function splitRunTogether(text: string, take: (part: string) => boolean): string {
  let from = 0;
  let refused = 0;
  for (const { 0: end, index } of text.matchAll(/\}\s*(?=\{\s*")/g)) {
    if (refused === mostTries) break;
    if (take(text.slice(from, index + 1))) from = index + end.length;
    else refused += 1;
  }
  return text.slice(from);
}

/** The whole line that somebody added behind a torn one, without beginning on a line of its own. */
export function* wholeLinesIn(text: string): Iterable<string> {
  const beginnings = text.matchAll(/\{\s*"/g);
  for (let tried = 0; tried < mostTries; tried += 1) {
    const { value } = beginnings.next();
    if (value === undefined) return;
    if (value.index > 0) yield text.slice(value.index);
  }
}

const mostTries = 16;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Python's `json.dumps` writes NaN and infinities as bare words: no JSON, but there is no doubt what is meant. */
function parseBareWords(text: string): { readonly object: unknown } | string | undefined {
  if (!/NaN|Infinity/.test(text)) return undefined;
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)/g, (all, word) =>
    word === undefined ? all : `"${word}"`,
  );
  const object = quoted === text ? undefined : parse(quoted);
  return object === undefined ? undefined : (doubtOf(quoted) ?? { object });
}

/** In a text without these, every key is followed by its colon, and nothing else reads as the end of one unless inside of a text. */
function isPlain(text: string): boolean {
  return !text.includes("\\") && !/"\s/.test(text);
}

function countKeys(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

/**
 * At least as many `":` stand in the text as keys, and at most as many members remain of them: equal numbers leave no room for a
 * duplicate. Deep nesting has no number, so that it is looked at closely.
 */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth > maximumDepth) return Number.NaN;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const key in value) count += countMembers((value as Record<string, unknown>)[key], depth + 1);
  return count;
}

const doubtful: ReadonlySet<string> = new Set(["DUPLICATE_KEY", "TOO_DEEP"]);

function doubtOf(text: string): string | undefined {
  const fault = scanJson(text).faults.find(({ code }) => doubtful.has(code));
  return fault && `cannot be read without doubt: ${fault.message}`;
}

function firstFault(text: string): string {
  return scanJson(text).faults.find(({ code }) => code === "INVALID_JSON")?.message ?? "it ends early";
}
