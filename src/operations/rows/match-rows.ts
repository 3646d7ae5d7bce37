/** Rows by their keys. CSV knows only texts, so keys are compared as texts, in every format alike. */
import type { ExactRow } from "../../tables/exact-row.js";
import type { KeyValue } from "./row-query.js";

export interface RowKey {
  readonly fields: readonly string[];
  readonly values: readonly KeyValue[];
}

export interface RowMatcher {
  readonly matches: (row: ExactRow) => boolean;
  /** Keys that no row had so far, in the order in which they were asked for. */
  readonly missing: () => readonly RowKey[];
}

/** `keys` `null`: every row. */
export function rowMatcher(keys: readonly RowKey[] | null): RowMatcher {
  if (keys === null) return { matches: () => true, missing: () => [] };
  const groups = new Map<string, { fields: readonly string[]; wanted: Set<string> }>();
  for (const { fields, values } of keys) {
    const name = JSON.stringify(fields);
    const group = groups.get(name) ?? { fields, wanted: new Set<string>() };
    group.wanted.add(spelled(values));
    groups.set(name, group);
  }
  const met = new Set<string>();
  return {
    matches: (row) => {
      let isWanted = false;
      for (const [name, { fields, wanted }] of groups) {
        const key = spelledOf(row, fields);
        if (!wanted.has(key)) continue;
        met.add(`${name} ${key}`);
        isWanted = true;
      }
      return isWanted;
    },
    missing: () =>
      keys.filter(({ fields, values }) => !met.has(`${JSON.stringify(fields)} ${spelled(values)}`)),
  };
}

/** The same for a row, without a list in between. */
function spelledOf(row: ExactRow, fields: readonly string[]): string {
  const [field] = fields;
  if (fields.length !== 1 || field === undefined) return spelled(fields.map((each) => row.cell(each)));
  return String(row.cell(field) ?? "");
}

function spelled(values: readonly unknown[]): string {
  if (values.length === 1) return String(values[0] ?? "");
  return JSON.stringify(values.map((value) => String(value ?? "")));
}
