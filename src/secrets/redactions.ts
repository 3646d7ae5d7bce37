/** What was taken out of a value: the count of every rule that found something, never the thing itself. */

/** Rule id to count, in the order of the ids. */
export type Redactions = Readonly<Record<string, number>>;

export interface Redacted<T> {
  readonly value: T;
  readonly redactions: Redactions;
}

/** What stands in the place of a secret. Nothing of the secret is kept, not even its first characters. */
export function formatMarker(rule: string): string {
  return `«redacted:${rule}»`;
}

export function mergeRedactions(...counts: readonly Redactions[]): Redactions {
  const merged = new Map<string, number>();
  for (const redactions of counts) {
    for (const [rule, count] of Object.entries(redactions)) merged.set(rule, (merged.get(rule) ?? 0) + count);
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}
