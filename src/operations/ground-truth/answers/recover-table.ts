import {
  type CleanValue,
  type GroundTruthManifest,
  type QualityInjection,
  sentinelColumns,
} from "../../../kinds/ground-truth/ground-truth.js";
import type { DataTable } from "../data-table.js";

export interface RecoveredTable<Cell> {
  readonly table: DataTable<Cell>;
  readonly restored_cells: number;
  /** Duplicates, by their place in the corrupted table. */
  readonly removed_rows: readonly number[];
  readonly removed_columns: readonly string[];
  /** What the manifest speaks of, and the table does not have. */
  readonly unrecovered: readonly { readonly issue_index: number; readonly reason: string }[];
}

/**
 * The table as it was before it was corrupted. All row positions are those of the corrupted table, so cells come first, from the last
 * issue to the first, since a later one saw what an earlier one left; then the column of arrivals, and at last the duplicates go.
 *
 * `spell` gives a clean value the form that cells have in this table: text, where it was read from a file.
 */
export function recoverTable<Cell = CleanValue>(
  { quality_injections = [] }: GroundTruthManifest,
  name: string,
  { columns, rows }: DataTable<Cell>,
  spell: (value: CleanValue) => Cell = (value) => value as Cell,
): RecoveredTable<Cell> {
  const issues = quality_injections
    .filter(({ table }) => table === name)
    .sort((a, b) => b.issue_index - a.issue_index);
  const cells = rows.map((row) => [...row]);
  const unrecovered: { issue_index: number; reason: string }[] = [];
  const removedRows = new Set<number>();
  const removedColumns = new Set<string>();
  let restored = 0;
  for (const issue of issues) {
    const reason = faultOf(issue, columns, rows.length);
    if (reason !== undefined) unrecovered.push({ issue_index: issue.issue_index, reason });
    else if (issue.issue_type === "duplicate_rows") for (const row of issue.row_indices) removedRows.add(row);
    else if (issue.issue_type === "late_arrival") removedColumns.add(issue.column);
    else restored += restore(issue, columns.indexOf(issue.column), cells, spell);
  }
  const kept = columns.flatMap((column, index) => (removedColumns.has(column) ? [] : [index]));
  return {
    table: {
      columns: kept.map((index) => columns[index] as string),
      rows: cells
        .filter((_, row) => !removedRows.has(row))
        .map((row) => kept.map((index) => row[index] as Cell)),
    },
    restored_cells: restored,
    removed_rows: [...removedRows].sort((a, b) => a - b),
    removed_columns: [...removedColumns],
    unrecovered: unrecovered.reverse(),
  };
}

function faultOf(
  { issue_type, column, row_indices }: QualityInjection,
  columns: readonly string[],
  rows: number,
): string | undefined {
  const beyond = row_indices.filter((row) => row >= rows);
  if (beyond.length > 0) return `there is no row ${beyond[0]}; the table has ${rows}`;
  if (column === sentinelColumns.duplicate_rows || columns.includes(column)) return undefined;
  return issue_type === "late_arrival"
    ? `there is no column ${column}, and what it would hold is not recorded`
    : `there is no column ${JSON.stringify(column)}`;
}

function restore<Cell>(
  { row_indices, clean_values }: QualityInjection,
  column: number,
  cells: Cell[][],
  spell: (value: CleanValue) => Cell,
): number {
  for (const [place, row] of row_indices.entries())
    (cells[row] as Cell[])[column] = spell(clean_values[place] as CleanValue);
  return row_indices.length;
}
