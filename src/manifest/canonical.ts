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
  return write(value, "", 1, null);
}

/** The text of a manifest file. */
export function formatDisk(value: unknown): string {
  return `${write(value, "", 1, "\n")}\n`;
}

/** Why a value cannot be written, with the pointer of the first thing in the way; `undefined` when it can. */
export function findUnwritable(
  value: unknown,
): { readonly pointer: string; readonly what: string } | undefined {
  try {
    write(value, "", 1, null);
    return undefined;
  } catch (error) {
    if (error instanceof Unwritable) return error;
    throw error;
  }
}

/** `newline` is the line break with the indentation of the surrounding level, or `null` for the digest form. */
function write(value: unknown, pointer: string, depth: number, newline: string | null): string {
  switch (typeof value) {
    case "string":
      return writeString(value, pointer);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw new Unwritable(pointer, `${value} is not a number of JSON`);
      return Object.is(value, -0) ? "0" : String(value);
    case "object":
      if (value === null) return "null";
      if (depth > maximumDepth)
        throw new Unwritable(pointer, `nests deeper than ${maximumDepth} levels, or contains itself`);
      return Array.isArray(value)
        ? writeArray(value, pointer, depth, newline)
        : writeObject(value, pointer, depth, newline);
    default:
      throw new Unwritable(pointer, `a ${typeof value} has no form in JSON`);
  }
}

function writeArray(
  items: readonly unknown[],
  pointer: string,
  depth: number,
  newline: string | null,
): string {
  const inner = indented(newline);
  const written: string[] = [];
  for (let index = 0; index < items.length; index += 1) {
    if (!(index in items)) throw new Unwritable(appendToPointer(pointer, index), "an array has a hole there");
    written.push(write(items[index], appendToPointer(pointer, index), depth + 1, inner));
  }
  return enclose("[", written, "]", newline, inner);
}

function writeObject(object: object, pointer: string, depth: number, newline: string | null): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new Unwritable(pointer, `a ${object.constructor?.name ?? "class instance"} is not a plain object`);
  }
  const inner = indented(newline);
  const colon = newline === null ? ":" : ": ";
  const written: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const member = appendToPointer(pointer, key);
    if (key === "__proto__") throw new Unwritable(member, 'the key "__proto__" is not allowed');
    const value = write((object as Record<string, unknown>)[key], member, depth + 1, inner);
    written.push(`${writeString(key, member)}${colon}${value}`);
  }
  return enclose("{", written, "}", newline, inner);
}

function writeString(text: string, pointer: string): string {
  if (!text.isWellFormed()) throw new Unwritable(pointer, "a string holds half of a surrogate pair");
  return JSON.stringify(text);
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

class Unwritable extends ColophonError {
  readonly pointer: string;
  readonly what: string;

  constructor(pointer: string, what: string) {
    super("NOT_JSON", `cannot write ${pointer || "the document"}: ${what}`, {
      hint: "Give strings, finite numbers, booleans, null, arrays and plain objects.",
    });
    this.pointer = pointer;
    this.what = what;
  }
}
