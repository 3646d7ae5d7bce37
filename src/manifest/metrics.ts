/** What a metric is, wherever it is read or written: its name, its value, its step, its line. */

export const longestName = 1000;

/** The longest line of a journal, in bytes; longer ones are passed over without being held in memory. */
export const longestLine = 1024 * 1024;

/** What is wrong with the name of a metric; `null` when nothing is. */
export function faultOfName(name: string): string | null {
  if (name === "") return "is empty";
  // No document of ours may hold it as a key.
  if (name === "__proto__") return "is __proto__";
  // Characters, as the schema counts them, and not halves of surrogate pairs.
  if (name.length > longestName && [...name].length > longestName)
    return `is longer than ${longestName} characters`;
  if (/[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(name)) return "holds a control character";
  return name.isWellFormed() ? null : "holds half of a surrogate pair";
}

/** Steps may be fractions, such as of an epoch. */
export function isStep(step: unknown): step is number {
  return typeof step === "number" && Math.abs(step) <= Number.MAX_SAFE_INTEGER;
}

/** JSON has no words for these three. */
const spelled: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** `undefined` for what is no value of a metric. */
export function parseMetric(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return spelled.get(value);
}

/** As a member of a JSON document. */
export function spellMetric(value: number): number | "NaN" | "Infinity" | "-Infinity" {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/** In JSON. */
export function formatMetric(value: number): string {
  // `String` remembers what it made, which a number that never comes again only pays for.
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}
