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
    markPairs(pairs, needle, 0);
    markPairs(pairs, needle, 1);
    const [first, second, third] = [0, 1, 2].map((at) => needle.text.charCodeAt(at) & 31) as [
      number,
      number,
      number,
    ];
    const key = (first << 10) | (second << 5) | third;
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

/** Marks two bytes of the needle as they may stand in memory, each as one number. */
function markPairs(pairs: Uint8Array, { text, anyCase = false }: Needle, at: number): void {
  const fold = anyCase ? ~0x20 : ~0;
  const one = text.charCodeAt(at);
  const other = text.charCodeAt(at + 1);
  for (const first of [one, one & fold]) {
    for (const second of [other, other & fold])
      pairs[isLittleEndian ? first | (second << 8) : (first << 8) | second] = 1;
  }
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

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
