/** What a comparison of two runs, called `a` and `b`, is made of. It goes into `--json` as it is. */
import { formatCanonical } from "../../manifest/canonical.js";

export type Outcome = "same" | "changed" | "only_a" | "only_b" | "unknown";

/** Of everything together: unknown is never the same, and never a difference. */
export type Verdict = "same" | "changed" | "unknown";

/** One named thing in both runs; `null` where a run does not have it, or does not say. */
export interface Comparison<Value> {
  readonly name: string;
  readonly outcome: Outcome;
  readonly a: Value | null;
  readonly b: Value | null;
  /** Why, where the outcome is `unknown`. It speaks of neither run, so that it holds from both sides. */
  readonly reason: string | null;
}

export interface Section {
  readonly outcome: Verdict;
  /** Why, where the outcome is `unknown` as a whole. */
  readonly reason: string | null;
}

type Judged = { readonly outcome: Outcome };

export function verdictOf(items: readonly Judged[]): Verdict {
  if (items.some(({ outcome }) => outcome !== "same" && outcome !== "unknown")) return "changed";
  return items.some(({ outcome }) => outcome === "unknown") ? "unknown" : "same";
}

export function isDifferent({ outcome }: Judged): boolean {
  return outcome !== "same" && outcome !== "unknown";
}

/** `undefined` is what a run does not have; `null` may be a value. */
export function compare<Value>(
  name: string,
  a: Value | undefined,
  b: Value | undefined,
  isSame: (a: Value, b: Value) => boolean = isEqual,
): Comparison<Value> {
  const sides = { name, a: a ?? null, b: b ?? null, reason: null };
  if (a === undefined || b === undefined)
    return { ...sides, outcome: a === b ? "same" : b === undefined ? "only_a" : "only_b" };
  return { ...sides, outcome: isSame(a, b) ? "same" : "changed" };
}

/** Sorted by name, so that both directions have one order. */
export function compareNamed<Value>(
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
  isSame?: (a: Value, b: Value) => boolean,
): Comparison<Value>[] {
  return namesOf(a, b).map((name) => compare(name, a.get(name), b.get(name), isSame));
}

export function unknown<Value>(
  name: string,
  a: Value | undefined,
  b: Value | undefined,
  reason: string,
): Comparison<Value> {
  return { name, outcome: "unknown", a: a ?? null, b: b ?? null, reason };
}

export function namesOf(...maps: readonly ReadonlyMap<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();
}

export function isEqual(a: unknown, b: unknown): boolean {
  return a === b || formatCanonical(a) === formatCanonical(b);
}
