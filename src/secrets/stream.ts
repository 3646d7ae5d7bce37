/**
 * Logs, scanned while they are written. Lines are judged whole: an unfinished one is held, so it does not matter where
 * the chunks are cut. Bytes are read as latin1, in which every byte is one character and comes out as it went in.
 */
import { createHeldBytes } from "./held-bytes.js";
import { createLineReader } from "./line.js";
import { createLongLine } from "./long-line.js";
import { formatMarker, mergeRedactions, type Redactions } from "./redactions.js";
import { countSecrets, replaceSecrets, type Secret } from "./secret.js";
import { findTrigger } from "./triggers.js";

export interface StreamRedactor {
  /** Bytes that may be written to the log now; a view of `chunk` where nothing had to change. */
  push(chunk: Uint8Array): Uint8Array;
  /** Bytes taken in and not yet given out (a line that has not ended), never more than 64 KiB. */
  readonly held: Uint8Array;
  /** What is left at the end of the stream. */
  end(): Uint8Array;
  readonly redactions: Redactions;
}

/** Longer lines are rare, and held for every stream. */
export const longestHeld = 65_536;

export function createStreamRedactor(): StreamRedactor {
  const reader = createLineReader("prose");
  const longLine = createLongLine(reader);
  const held = createHeldBytes();
  const counts = new Map<string, number>();

  return {
    push(chunk) {
      const ended = findLastLineEnd(chunk) + 1;
      const lines = ended === 0 ? nothing : redactLines(held.takeWith(chunk.subarray(0, ended)));
      held.append(chunk.subarray(ended));
      return held.length <= longestHeld ? lines : concat([lines, redactOverflow()]);
    },
    get held() {
      return held.copy();
    },
    end() {
      return redactLines(held.takeWith(nothing));
    },
    get redactions() {
      return mergeRedactions(Object.fromEntries(counts));
    },
  };

  /** Only lines that could hold a secret are cut out and judged; all between them passes as it is. */
  function redactLines(bytes: Uint8Array): Uint8Array {
    const first = longLine.active ? endOfLine(bytes, 0) : 0;
    const written = first === 0 ? [] : [write(longLine.finish(decode(bytes.subarray(0, first))))];
    let from = first;
    for (let at = from; at < bytes.length; ) {
      const trigger = reader.insideKey ? at : findTrigger(bytes, at);
      if (trigger < 0) break;
      const start = startOfLine(bytes, trigger, at);
      const end = endOfLine(bytes, trigger);
      const line = decode(bytes.subarray(start, end));
      const secrets = reader.find(line);
      if (secrets.length > 0) {
        written.push(bytes.subarray(from, start), write({ text: line, secrets }));
        from = end;
      }
      at = skipLineEnd(bytes, end);
    }
    return written.length === 0 ? bytes : concat([...written, bytes.subarray(from)]);
  }

  /** A line too long to hold is given out in pieces. */
  function redactOverflow(): Uint8Array {
    const written: Uint8Array[] = [];
    while (held.length > longestHeld) {
      const text = decode(held.takeWith(nothing));
      const piece = longLine.cut(text);
      written.push(write(piece));
      held.append(encode(text.slice(piece.consumed)));
    }
    return concat(written);
  }

  function write({ text, secrets }: { text: string; secrets: readonly Secret[] }): Uint8Array {
    for (const [rule, count] of Object.entries(countSecrets(secrets)))
      counts.set(rule, (counts.get(rule) ?? 0) + count);
    return encode(replaceSecrets(text, secrets, formatMarkerBytes));
  }
}

const nothing = new Uint8Array(0);

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function encode(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** The marker's UTF-8 bytes, each as a character. */
function formatMarkerBytes(rule: string): string {
  return Buffer.from(formatMarker(rule), "utf8").toString("latin1");
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  return filled.length === 1 ? filled[0]! : Buffer.concat(filled);
}

const isLineEnd = (byte: number | undefined) => byte === 10 || byte === 13;

function findLastLineEnd(bytes: Uint8Array): number {
  return Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13));
}

function startOfLine(bytes: Uint8Array, at: number, from: number): number {
  let start = at;
  while (start > from && !isLineEnd(bytes[start - 1])) start -= 1;
  return start;
}

function endOfLine(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && !isLineEnd(bytes[end])) end += 1;
  return end;
}

function skipLineEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && isLineEnd(bytes[next])) next += 1;
  return next;
}
