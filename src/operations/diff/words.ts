/** The words of two commands: flags are compared by their names, other words by their places. */
import { type Comparison, compareNamed } from "./comparison.js";

type Words = readonly string[];

/** Only what differs. Whether anything does is decided by the words alone; how they are grouped is a reading of them. */
export function compareWords(a: Words, b: Words): Comparison<Words>[] {
  if (isSame(a, b)) return [];
  const differing = compareNamed(groupWords(a), groupWords(b), isSame).filter(
    ({ outcome }) => outcome !== "same",
  );
  return differing.length > 0 ? differing : [{ name: "words", outcome: "changed", a, b, reason: null }];
}

/** `--lr 3e-4`, `--lr=3e-4` and `lr=3e-4` are named; `-n 5` too where a number follows. */
function groupWords(words: Words): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  const add = (name: string, values: Words) => groups.set(name, [...(groups.get(name) ?? []), ...values]);
  let place = 0;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    const next = words[index + 1];
    const joined = /^((?:--?)?[A-Za-z_][\w.-]*)=(.*)$/s.exec(word);
    if (joined !== null) {
      add(joined[1] as string, [joined[2] as string]);
    } else if (takesNext(word, next)) {
      add(word, [next as string]);
      index += 1;
    } else if (/^--?[A-Za-z]/.test(word)) {
      add(word, []);
    } else {
      place += 1;
      add(`word ${place}`, [word]);
    }
  }
  return groups;
}

function takesNext(word: string, next: string | undefined): boolean {
  if (next === undefined) return false;
  if (/^--[A-Za-z_][\w.-]*$/.test(word)) return !/^--?[A-Za-z]/.test(next) && next !== "--";
  return /^-[A-Za-z]$/.test(word) && /^-?[0-9]/.test(next);
}

function isSame(a: Words, b: Words): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
