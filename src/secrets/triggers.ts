/**
 * Where a secret could be. Almost no line of a log holds one, and the rules are for the few that might: every secret has
 * on its own line a word that names secrets, an address, or the beginning of a known token.
 */
import { families } from "./families.js";
import { createNeedleSearch, type Needle, type NeedleSearch } from "./needles.js";

/** The first place at or behind `from` where a trigger begins, or -1. */
export function findTrigger(bytes: Uint8Array, from: number): number {
  return prepareSearch()(bytes, from);
}

/** Characters beyond latin1 lose their upper bits here, which can make a trigger of none, never none of one. */
export function holdsTrigger(text: string): boolean {
  return findTrigger(Buffer.from(text, "latin1"), 0) >= 0;
}

let search: NeedleSearch | undefined;

function prepareSearch(): NeedleSearch {
  search ??= createNeedleSearch([
    ...names.map((name) => ({ ...name, anyCase: true })),
    ...literals.map((text) => ({ text })),
    ...families.flatMap(({ needles }) => needles.map((text) => ({ text }))),
  ]);
  return search;
}

/** The words of names; what must not follow keeps out the commonest words that only begin like one. */
const names: readonly Needle[] = [
  { text: "pass", unless: ["ed", "es", "ing"] },
  { text: "pwd" },
  { text: "secret" },
  { text: "token", unless: ["s", "iz"] },
  { text: "key", unless: ["board", "error", "point", "word"] },
  { text: "auth", unless: ["or"] },
  { text: "authoriz" },
  { text: "cred" },
  { text: "bearer" },
  { text: "cookie" },
  { text: "signature" },
  { text: "sig=" },
];

const literals = [
  "://",
  ":\\/\\/",
  "-----BEGIN ",
  ...["-u", "-U"].flatMap((flag) => [`${flag} `, `${flag}\t`, `${flag}=`]),
  "--user",
  "--proxy-user",
];
