/** Where two JSON values differ, by pointer. */
import { formatCanonical } from "../../manifest/canonical.js";
import { appendToPointer } from "../../manifest/pointer.js";

export interface Difference {
  readonly pointer: string;
  /** As JSON, `undefined` where there is nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function differencesOf(before: unknown, after: unknown, pointer = ""): Difference[] {
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    const [a, b] = [spelled(before), spelled(after)];
    return a === b ? [] : [{ pointer, before: a, after: b }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differencesOf(before[key], after[key], appendToPointer(pointer, key)));
}

/** A few lines for people. */
export function formatDifferences(differences: readonly Difference[], most = 12): string {
  const lines = differences
    .slice(0, most)
    .map(({ pointer, before, after }) => `  ${pointer}: ${cut(before)} → ${cut(after)}`);
  const more = differences.length > most ? [`  and ${differences.length - most} more`] : [];
  return [...lines, ...more].join("\n");
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function spelled(value: unknown): string | undefined {
  return value === undefined ? undefined : formatCanonical(value);
}

function cut(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
