/**
 * One serialiser, two byte forms of the same value.
 *
 * - the digest form: RFC 8785 (JCS), nothing between tokens;
 * - the disk form: the same keys in the same order, indented by two spaces, one member a line, one final newline.
 *
 * Keys are sorted by UTF-16 code unit and written one by one: `JSON.stringify` of a rebuilt object would move keys that
 * look like integers. What JSON cannot hold is refused with the pointer of the value, never dropped or turned into `null`.
 */
import { ColophonError } from "../errors.js";
import { appendToPointer } from "./pointer.js";
import { maximumDepth } from "./scan-result.js";

/** RFC 8785 text; the SHA-256 of its UTF-8 bytes is the digest of the value. */
export function formatCanonical(value: unknown): string {
  return write(value, null);
}

/** The text of a manifest file. */
export function formatDisk(value: unknown): string {
  return `${write(value, "\n")}\n`;
}

/** Why a value cannot be written, with the pointer of the first thing in the way; `undefined` when it can. */
export function findUnwritable(
  value: unknown,
): { readonly pointer: string; readonly what: string } | undefined {
  // Almost all values can, and most of the time would go into a text that nobody reads.
  if (isWritable(value, 1)) return undefined;
  try {
    write(value, null);
    return undefined;
  } catch (error) {
    if (error instanceof Unwritable) return error;
    throw error;
  }
}

/** `newline` is the line break of the outermost level, or `null` for the digest form. */
function write(value: unknown, newline: string | null): string {
  // Thousands of entries have the same few keys.
  return writeValue(value, 1, newline, new Map());
}

type Keys = Map<string, string>;

function writeValue(value: unknown, depth: number, newline: string | null, keys: Keys): string {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new Unwritable(`${value} is not a number of JSON`);
      return Object.is(value, -0) ? "0" : String(value);
    case "object":
      if (value === null) return "null";
      if (depth > maximumDepth)
        throw new Unwritable(`nests deeper than ${maximumDepth} levels, or contains itself`);
      return Array.isArray(value)
        ? writeArray(value, depth, newline, keys)
        : writeObject(value, depth, newline, keys);
    default:
      throw new Unwritable(`a ${typeof value} has no form in JSON`);
  }
}

function writeArray(items: readonly unknown[], depth: number, newline: string | null, keys: Keys): string {
  const inner = indented(newline);
  const written: string[] = [];
  let index = 0;
  try {
    for (; index < items.length; index += 1) {
      if (!(index in items)) throw new Unwritable("an array has a hole there");
      written.push(writeValue(items[index], depth + 1, inner, keys));
    }
  } catch (error) {
    throw inside(error, index);
  }
  return enclose("[", written, "]", newline, inner);
}

function writeObject(object: object, depth: number, newline: string | null, keys: Keys): string {
  if (!isPlain(object))
    throw new Unwritable(`a ${object.constructor?.name ?? "class instance"} is not a plain object`);
  const inner = indented(newline);
  const written: string[] = [];
  let key = "";
  try {
    for (key of sortedKeys(object)) {
      if (key === "__proto__") throw new Unwritable('the key "__proto__" is not allowed');
      const value = writeValue((object as Record<string, unknown>)[key], depth + 1, inner, keys);
      written.push(writeKey(key, newline === null ? ":" : ": ", keys) + value);
    }
  } catch (error) {
    throw inside(error, key);
  }
  return enclose("{", written, "}", newline, inner);
}

function writeKey(key: string, colon: string, keys: Keys): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const written = writeString(key) + colon;
  keys.set(key, written);
  return written;
}

/** Nothing in it needs an escape. */
const plainText = /^[ !#-[\]-~]*$/;

function writeString(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new Unwritable("a string holds half of a surrogate pair");
  return JSON.stringify(text);
}

/** By UTF-16 code unit; most objects that were read from a file of ours have them so already. */
function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  for (let index = 1; index < keys.length; index += 1)
    if ((keys[index] as string) < (keys[index - 1] as string)) return keys.sort();
  return keys;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether `writeValue` would write it. */
function isWritable(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      return value.isWellFormed();
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      if (depth > maximumDepth) return false;
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index += 1)
          if (!(index in value && isWritable(value[index], depth + 1))) return false;
        return true;
      }
      if (!isPlain(value)) return false;
      for (const key of Object.keys(value)) {
        if (key === "__proto__" || !key.isWellFormed()) return false;
        if (!isWritable((value as Record<string, unknown>)[key], depth + 1)) return false;
      }
      return true;
    default:
      return false;
  }
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  outer: string | null,
  inner: string | null,
): string {
  if (parts.length === 0) return open + close;
  return inner === null
    ? open + parts.join(",") + close
    : `${open}${inner}${parts.join(`,${inner}`)}${outer}${close}`;
}

function indented(newline: string | null): string | null {
  return newline === null ? null : `${newline}  `;
}

/** The way to what is at fault is told on the way back, so that nothing is spent on it where nothing is. */
function inside(error: unknown, segment: string | number): unknown {
  return error instanceof Unwritable
    ? new Unwritable(error.what, appendToPointer("", segment) + error.pointer)
    : error;
}

class Unwritable extends ColophonError {
  readonly pointer: string;
  readonly what: string;

  constructor(what: string, pointer = "") {
    super("NOT_JSON", `cannot write ${pointer || "the document"}: ${what}`, {
      hint: "Give strings, finite numbers, booleans, null, arrays and plain objects.",
    });
    this.pointer = pointer;
    this.what = what;
  }
}
