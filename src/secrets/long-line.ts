/**
 * A line that grew too long to hold, judged in overlapping pieces: what is given out has been seen together with much of
 * what stands before it and with all that may still belong to it, so a secret across a cut is found like any other.
 */
import { findSecrets, type LineReader } from "./line.js";
import type { Secret } from "./secret.js";
import { holdsTrigger } from "./triggers.js";

interface Piece {
  readonly text: string;
  readonly secrets: readonly Secret[];
}

export interface LongLine {
  /** Part of the line was given out and its end is still to come. */
  readonly active: boolean;
  /** As much of the front of `text` as may go; `consumed` characters are done with, the rest must be given again. */
  cut(text: string): Piece & { readonly consumed: number };
  /** The rest of the line. */
  finish(text: string): Piece;
}

/** Longer than any token: one that begins before the last so many characters is complete. */
const overlap = 16_384;
/** Longer than a name with its sign and quotes. */
const remembered = 1_024;

export function createLongLine(reader: LineReader): LongLine {
  let active = false;
  let before = "";
  /** A secret longer than all that could be held has begun: nothing passes until it ends. */
  let swallowing = false;

  return {
    get active() {
      return active;
    },
    cut(text) {
      active = true;
      const swallowed = countSwallowed(text);
      if (swallowing) return dropped(text, swallowed);
      const secrets = locate(text, swallowed, (line) => findSecrets(line, "prose"));
      const across = secrets.find(
        ({ start, end }) => start < text.length - overlap && end > text.length - overlap,
      );
      const grows = across?.end === text.length;
      if (grows && across.start <= swallowed) {
        swallowing = true;
        before = (before + text).slice(-remembered);
        return { text, secrets, consumed: text.length };
      }
      const consumed = across === undefined ? text.length - overlap : grows ? across.start : across.end;
      before = (before + text.slice(0, consumed)).slice(-remembered);
      return {
        text: text.slice(0, consumed),
        secrets: [...silenced(swallowed), ...secrets.filter(({ end }) => end <= consumed)],
        consumed,
      };
    },
    finish(text) {
      const swallowed = countSwallowed(text);
      const secrets = locate(text, swallowed, (line) => reader.find(line));
      active = false;
      before = "";
      swallowing = false;
      return { text, secrets: [...silenced(swallowed), ...secrets] };
    },
  };

  /** How much of the front belongs to the secret that has begun; ends the swallowing if the secret ends. */
  function countSwallowed(text: string): number {
    if (!swallowing) return 0;
    const end = text.search(/[\x00-\x20"'`&<>]/);
    if (end >= 0) swallowing = false;
    return end < 0 ? text.length : end;
  }

  function dropped(text: string, swallowed: number): Piece & { consumed: number } {
    before = text.slice(-remembered);
    return { text, secrets: silenced(swallowed), consumed: text.length };
  }

  /** The secrets of `text` seen behind what was given out before it. */
  function locate(text: string, from: number, find: (line: string) => Secret[]): Secret[] {
    const line = before + text;
    if (!holdsTrigger(line)) return [];
    return find(line)
      .map((secret) => ({ ...secret, start: secret.start - before.length, end: secret.end - before.length }))
      .filter(({ end }) => end > from)
      .map((secret) => ({ ...secret, start: Math.max(secret.start, from) }));
  }
}

function silenced(length: number): Secret[] {
  return length === 0 ? [] : [{ start: 0, end: length, rule: null }];
}
