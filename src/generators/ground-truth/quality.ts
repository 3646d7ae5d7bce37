/** What goes wrong with tables after they were made, and what has to be known to undo it. */
import type { GroundTruthGeneration, QualityIssueConfig } from "../../generated/types.js";
import {
  type CleanValue,
  type QualityInjection,
  sentinelColumns,
} from "../../kinds/ground-truth/ground-truth.js";
import { toDigits } from "../elementary.js";
import type { Random } from "../random.js";
import { drawPlaces, type Streams } from "./streams.js";
import type { WorldTable, WorldTables } from "./tables.js";

export interface Corrupted {
  readonly tables: WorldTables;
  readonly injections: readonly QualityInjection[];
}

/** A row that keeps its identity while others come between. */
type Row = CleanValue[];

interface Draft {
  columns: string[];
  rows: Row[];
}

interface Injected {
  readonly column: string;
  readonly rows: readonly Row[];
  readonly clean: readonly CleanValue[];
}

/** One issue after the other, each on what the one before left; rows are counted in the table as it is at the end. */
export function corruptTables(
  { quality }: GroundTruthGeneration,
  tables: WorldTables,
  streams: Streams,
): Corrupted {
  const issues = quality?.quality_issues ?? [];
  const drafts = new Map(
    Object.entries(tables).map(([name, { columns, rows }]): [string, Draft] => [
      name,
      { columns: [...columns], rows: rows.map((row) => [...row]) },
    ]),
  );
  const injected = issues.map((issue, index) =>
    inject(issue, drafts.get(issue.table) as Draft, streams("quality", index)),
  );
  const places = new Map<Row, number>();
  for (const { rows } of drafts.values()) for (const [place, row] of rows.entries()) places.set(row, place);
  return {
    tables: Object.fromEntries([...drafts].map(([name, draft]): [string, WorldTable] => [name, draft])),
    injections: issues.map(({ issue_type, table }, issue_index) => {
      const { column, rows, clean } = injected[issue_index] as Injected;
      return {
        issue_index,
        issue_type,
        table,
        column,
        row_indices: rows.map((row) => places.get(row) as number),
        clean_values: [...clean],
      };
    }),
  };
}

function inject(issue: QualityIssueConfig, draft: Draft, random: Random): Injected {
  const count = Math.min(draft.rows.length, Math.ceil(draft.rows.length * issue.rate));
  switch (issue.issue_type) {
    case "schema_drift": {
      const drifted = draft.rows.slice(draft.rows.length - count);
      return change(draft, issue.column, drifted, (value) =>
        typeof value === "number" ? toDigits(value * issue.factor) : value,
      );
    }
    case "duplicate_rows":
      return duplicate(draft, rowsAt(draft, drawPlaces(random, count, draft.rows.length)));
    case "late_arrival":
      return delay(draft, drawPlaces(random, count, draft.rows.length), issue.most_periods, random);
    default: {
      const rows = rowsAt(draft, drawPlaces(random, count, draft.rows.length));
      const spoil = issue.issue_type === "null_injection" ? () => null : spoilers[issue.as];
      return change(draft, issue.column, rows, (value) => spoil(value, random));
    }
  }
}

const spoilers = {
  text: (value: CleanValue) => (value === null ? null : `${value} approx.`),
  sentinel: (value: CleanValue) => (typeof value === "number" ? -999 : "UNKNOWN"),
  /** Two neighbours exchanged; where that is no change, the last character twice. */
  typo: (value: CleanValue, random: Random) => {
    if (value === null) return null;
    const letters = [...String(value)];
    const at = random.between(0, Math.max(0, letters.length - 2));
    const exchanged = [...letters.slice(0, at), letters[at + 1] ?? "", letters[at], ...letters.slice(at + 2)];
    return exchanged.join("") === letters.join("")
      ? [...letters, letters.at(-1)].join("")
      : exchanged.join("");
  },
};

function rowsAt({ rows }: Draft, places: readonly number[]): Row[] {
  return places.map((place) => rows[place] as Row);
}

function change(
  { columns }: Draft,
  column: string,
  rows: readonly Row[],
  spoil: (value: CleanValue) => CleanValue,
): Injected {
  const at = columns.indexOf(column);
  const clean = rows.map((row) => row[at] as CleanValue);
  for (const [place, row] of rows.entries()) row[at] = spoil(clean[place] as CleanValue);
  return { column, rows, clean };
}

/** Each copy stands behind its row, and is the one that is named. */
function duplicate(draft: Draft, rows: readonly Row[]): Injected {
  const copies = new Map(rows.map((row) => [row, [...row]]));
  draft.rows = draft.rows.flatMap((row) => {
    const copy = copies.get(row);
    return copy === undefined ? [row] : [row, copy];
  });
  return { column: sentinelColumns.duplicate_rows as string, rows: [...copies.values()], clean: [] };
}

function delay(draft: Draft, places: readonly number[], mostPeriods: number, random: Random): Injected {
  const period = draft.columns.indexOf("period_index");
  const column = sentinelColumns.late_arrival as string;
  const late = new Map(places.map((place) => [place, random.between(1, mostPeriods)]));
  draft.columns.push(column);
  for (const [place, row] of draft.rows.entries()) {
    const own = row[period];
    row.push(typeof own === "number" ? own + (late.get(place) ?? 0) : null);
  }
  return { column, rows: rowsAt(draft, places), clean: [] };
}
