/**
 * Reads JSON text token by token, to say where things stand and what `JSON.parse` would have passed over in silence:
 * duplicate keys, integers that lose digits, lone surrogates, `__proto__`, nesting without end.
 *
 * Slower than `JSON.parse`; used only where something is wrong or a place is wanted (see `parse.ts`).
 */
import { appendToPointer } from "./pointer.js";
import { type Fault, hex, maximumDepth, quote, type Scan, type Standing, shorten } from "./scan-result.js";

/** Thrown inside the scanner to leave the recursion; never leaves this file. */
class Stop extends Error {}

export function scanJson(text: string, wanted: ReadonlySet<string> = new Set()): Scan {
  const scanner = new Scanner(text, wanted);
  try {
    scanner.document();
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return { faults: scanner.faults, standings: scanner.standings };
}

class Scanner {
  readonly faults: Fault[] = [];
  readonly standings = new Map<string, Standing>();
  private at = 0;
  private readonly text: string;
  private readonly wanted: ReadonlySet<string>;

  constructor(text: string, wanted: ReadonlySet<string>) {
    this.text = text;
    this.wanted = wanted;
  }

  document(): void {
    this.space();
    if (this.at === this.text.length) this.stop("", "the document is empty", "Write a JSON object there.");
    this.value("", null, 1);
    this.space();
    if (this.at < this.text.length) {
      this.stop("", `found ${this.here()} after the end of the document`, "Keep one JSON value in the file.");
    }
  }

  private value(pointer: string, key: number | null, depth: number): void {
    if (this.wanted.has(pointer)) this.standings.set(pointer, { key, value: this.at });
    const character = this.text[this.at];
    if (character === "{" || character === "[") {
      if (depth > maximumDepth) {
        this.fault(
          "TOO_DEEP",
          pointer,
          this.at,
          `nests deeper than ${maximumDepth} levels`,
          "Flatten the document.",
        );
        throw new Stop();
      }
      if (character === "{") this.object(pointer, depth);
      else this.array(pointer, depth);
    } else if (character === '"') this.string(pointer);
    else if (character === "-" || (character !== undefined && character >= "0" && character <= "9"))
      this.number(pointer);
    else this.word(pointer);
  }

  private object(pointer: string, depth: number): void {
    const seen = new Set<string>();
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return;
    }
    for (;;) {
      const start = this.at;
      if (this.text[start] !== '"') {
        this.stop(
          pointer,
          `found ${this.here()} where a key in double quotes was expected`,
          "Quote the key, and leave out a trailing comma.",
        );
      }
      const key = this.string(pointer);
      const member = appendToPointer(pointer, key);
      this.key(key, member, start, seen);
      this.space();
      this.expect(":", member, "after the key");
      this.space();
      this.value(member, start, depth + 1);
      this.space();
      if (this.text[this.at] === "}") break;
      this.expect(",", pointer, "between two members");
      this.space();
    }
    this.at += 1;
  }

  private key(key: string, member: string, offset: number, seen: Set<string>): void {
    if (seen.has(key)) {
      this.fault(
        "DUPLICATE_KEY",
        member,
        offset,
        `the key ${quote(key)} stands twice in one object`,
        "Remove one of the two; readers disagree on which counts.",
      );
    }
    seen.add(key);
    if (key === "__proto__") {
      this.fault("FORBIDDEN_KEY", member, offset, 'the key "__proto__" is not allowed', "Rename the key.");
    }
    if (key.includes("\0")) {
      this.fault("FORBIDDEN_KEY", member, offset, "a key holds a NUL character", "Rename the key.");
    }
  }

  private array(pointer: string, depth: number): void {
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return;
    }
    for (let index = 0; ; index += 1) {
      this.value(appendToPointer(pointer, index), null, depth + 1);
      this.space();
      if (this.text[this.at] === "]") break;
      this.expect(",", pointer, "between two items");
      this.space();
    }
    this.at += 1;
  }

  private string(pointer: string): string {
    const start = this.at;
    for (this.at += 1; ; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (Number.isNaN(code))
        this.stop(pointer, "a string is not closed", 'Close it with a double quote (").', start);
      if (code < 0x20) {
        this.stop(pointer, `a string holds the control character ${hex(code)}`, `Write it as ${hex(code)}.`);
      }
      if (code === 0x5c) this.escape(pointer);
    }
    this.at += 1;
    const value = JSON.parse(this.text.slice(start, this.at)) as string;
    if (!value.isWellFormed()) {
      this.fault(
        "LONE_SURROGATE",
        pointer,
        start,
        "a string holds half of a surrogate pair",
        "Write the whole character.",
      );
    }
    return value;
  }

  private escape(pointer: string): void {
    const next = this.text[this.at + 1];
    if (next === "u" && /^[0-9a-fA-F]{4}$/.test(this.text.slice(this.at + 2, this.at + 6))) this.at += 5;
    else if (next !== undefined && '"\\/bfnrt'.includes(next)) this.at += 1;
    else this.stop(pointer, `\\${next ?? ""} is not an escape of JSON`, "Write a backslash as \\\\.");
  }

  private number(pointer: string): void {
    const start = this.at;
    const literal = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/.exec(
      this.text.slice(start, start + 4096),
    );
    const rest =
      literal === null ? "" : this.text.slice(start + literal[0].length, start + literal[0].length + 1);
    if (literal === null || /[0-9.eE+-]/.test(rest)) {
      this.stop(
        pointer,
        `${quote(this.token(start))} is not a number of JSON`,
        "Write digits, without leading zeros, bare points or plus signs.",
      );
    }
    this.at = start + literal[0].length;
    this.magnitude(literal[0], literal[1] === undefined && literal[2] === undefined, pointer, start);
  }

  private magnitude(literal: string, isInteger: boolean, pointer: string, offset: number): void {
    const value = Number(literal);
    if (!Number.isFinite(value)) {
      this.fault(
        "NUMBER_TOO_LARGE",
        pointer,
        offset,
        `${shorten(literal)} is beyond the largest double`,
        'Write it as a string, or "Infinity" where a metric is meant.',
      );
    } else if (isInteger && value !== 0 && String(value) !== literal) {
      // The rule is about spelling: 100000000000000000000 comes back as it was, 9007199254740993 does not.
      this.fault(
        "LOSSY_INTEGER",
        pointer,
        offset,
        `${shorten(literal)} cannot be kept exactly: it would become ${value}`,
        "Write it as a string.",
      );
    }
  }

  private word(pointer: string): void {
    for (const word of ["true", "false", "null"]) {
      if (
        this.text.startsWith(word, this.at) &&
        !/[A-Za-z0-9_]/.test(this.text[this.at + word.length] ?? "")
      ) {
        this.at += word.length;
        return;
      }
    }
    const token = this.token(this.at);
    if (/^-?(NaN|Infinity|inf|nan)$/.test(token)) {
      this.stop(
        pointer,
        `${token} is not a value of JSON`,
        `Write it as the string "${token.replace("inf", "Infinity").replace("nan", "NaN")}", or leave it out.`,
      );
    }
    if (this.text.startsWith("//", this.at) || this.text.startsWith("/*", this.at)) {
      this.stop(pointer, "JSON has no comments", "Remove the comment.");
    }
    this.stop(
      pointer,
      `found ${this.here()} where a value was expected`,
      "Write an object, array, string, number, true, false or null there.",
    );
  }

  private expect(character: string, pointer: string, where: string): void {
    if (this.text[this.at] !== character) {
      this.stop(
        pointer,
        `found ${this.here()} where "${character}" was expected ${where}`,
        `Put "${character}" there.`,
      );
    }
    this.at += 1;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private token(start: number): string {
    return /^[^\s,:{}[\]"]{1,40}/.exec(this.text.slice(start, start + 41))?.[0] ?? this.text[start] ?? "";
  }

  private here(): string {
    return this.at >= this.text.length ? "the end of the text" : quote(this.token(this.at));
  }

  private fault(code: string, pointer: string, offset: number, message: string, hint: string): void {
    this.faults.push({ code, pointer, offset, message, hint });
  }

  private stop(pointer: string, message: string, hint: string, offset = this.at): never {
    this.fault("INVALID_JSON", pointer, offset, message, hint);
    throw new Stop();
  }
}
