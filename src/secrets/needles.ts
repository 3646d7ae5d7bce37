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

/** Three bytes at a time, five bits each and so with their case folded, against a table; only what it knows is compared. */
export function createNeedleSearch(needles: readonly Needle[]): NeedleSearch {
  const known = new Uint8Array(1 << 15);
  const byKey = new Map<number, Needle[]>();
  for (const needle of needles) {
    const key = [0, 1, 2].reduce((folded, index) => (folded << 5) | (needle.text.charCodeAt(index) & 31), 0);
    known[key] = 1;
    byKey.set(key, [...(byKey.get(key) ?? []), needle]);
  }

  return (bytes, from) => {
    let key = 0;
    for (let index = from; index < bytes.length; index += 1) {
      key = ((key << 5) | (bytes[index]! & 31)) & 0x7fff;
      if (known[key] === 1 && index >= from + 2 && anyStandsAt(bytes, index - 2, byKey.get(key)!))
        return index - 2;
    }
    return -1;
  };
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
