/** Many short texts sought at once in bytes, without an expression that would have to be compiled. */

export interface Needle {
  /** Three ASCII characters or more; in lower case where case does not matter. */
  readonly text: string;
  readonly anyCase?: boolean;
  /** Not found where one of these follows, in any case. */
  readonly unless?: readonly string[];
}

/** Gives the first place at or behind `from` where a needle begins, or -1. */
export type NeedleSearch = (bytes: Uint8Array, from: number) => number;

/**
 * Two bytes at a time: of the first three of a needle, two stand at an even place in memory. Only where those are known, the three are
 * looked up, five bits each and so with their case folded; and only where those are known too, needles are compared.
 */
export function createNeedleSearch(needles: readonly Needle[]): NeedleSearch {
  const pairs = new Uint8Array(1 << 16);
  const byKey = new Map<number, Needle[]>();
  const known = new Uint8Array(1 << 15);
  for (const needle of needles) {
    for (const at of [0, 1]) for (const pair of pairsOf(needle, at)) pairs[pair] = 1;
    const key = foldKey(Buffer.from(needle.text, "latin1"), 0);
    known[key] = 1;
    byKey.set(key, [...(byKey.get(key) ?? []), needle]);
  }
  const standsAt = (bytes: Uint8Array, at: number): boolean => {
    const key = foldKey(bytes, at);
    return known[key] === 1 && anyStandsAt(bytes, at, byKey.get(key)!);
  };

  return (bytes, from) => {
    const odd = (bytes.byteOffset + from) & 1;
    const count = Math.max(0, (bytes.length - from - odd) >> 1);
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset + from + odd, count);
    for (let index = 0; index < count; index += 1) {
      if (pairs[words[index]!] === 0) continue;
      const at = from + odd + 2 * index;
      if (at > from && standsAt(bytes, at - 1)) return at - 1;
      if (standsAt(bytes, at)) return at;
    }
    return -1;
  };
}

/** Behind the end of the bytes stand zeros. */
function foldKey(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! & 31) << 10) | ((bytes[at + 1]! & 31) << 5) | (bytes[at + 2]! & 31);
}

/** Two bytes of the needle as they may stand in memory, each as one number. */
function pairsOf({ text, anyCase = false }: Needle, at: number): number[] {
  const spellings = (index: number) => {
    const code = text.charCodeAt(index);
    return anyCase ? [code, code & ~0x20] : [code];
  };
  return spellings(at).flatMap((one) =>
    spellings(at + 1).map((other) => new Uint16Array(Uint8Array.of(one, other).buffer)[0]!),
  );
}

function anyStandsAt(bytes: Uint8Array, at: number, needles: readonly Needle[]): boolean {
  for (const { text, anyCase = false, unless = [] } of needles) {
    if (!matches(bytes, at, text, anyCase)) continue;
    if (!unless.some((next) => matches(bytes, at + text.length, next, true))) return true;
  }
  return false;
}

function matches(bytes: Uint8Array, at: number, text: string, anyCase: boolean): boolean {
  const fold = anyCase ? 0x20 : 0;
  for (let index = 0; index < text.length; index += 1) {
    if ((bytes[at + index]! | fold) !== text.charCodeAt(index)) return false;
  }
  return true;
}
