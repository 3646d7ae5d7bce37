/** Random numbers from a seed: sfc32 with integer arithmetic alone, so that every machine draws the same. */
import { formatCanonical } from "../manifest/canonical.js";
import { sha256 } from "../manifest/digest.js";

export interface Random {
  /** An integer from `least` to `greatest`, both included; they lie at most 2^32 - 1 apart. */
  readonly between: (least: number, greatest: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  /** From 0 up to, but not including, 1: a multiple of 2^-53. */
  readonly fraction: () => number;
  /** How many numbers have been drawn. */
  readonly draws: () => number;
}

/** Any change of `seed`, a plain JSON value, gives another sequence. */
export function seededRandom(seed: unknown): Random {
  const next = sfc32(sha256(formatCanonical(seed)));
  let draws = 0;
  const between = (least: number, greatest: number) => {
    draws += 1;
    return least + Math.floor((next() / 2 ** 32) * (greatest - least + 1));
  };
  return {
    between,
    pick: <T>(items: readonly T[]) => items[between(0, items.length - 1)] as T,
    fraction: () => {
      draws += 1;
      const high = next() >>> 5;
      return (high * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
    },
    draws: () => draws,
  };
}

/** Chris Doty-Humphrey's small fast counting generator, from the first 96 bits of a digest. */
function sfc32(digest: string): () => number {
  const word = (place: number) => Number.parseInt(digest.slice(8 * place, 8 * place + 8), 16) | 0;
  let [a, b, c, counter] = [word(0), word(1), word(2), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warm = 0; warm < 12; warm += 1) next();
  return next;
}
