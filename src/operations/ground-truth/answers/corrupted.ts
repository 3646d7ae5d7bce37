import {
  type CleanValue,
  type GroundTruthManifest,
  type IssueType,
  sentinelColumns,
} from "../../../kinds/ground-truth/ground-truth.js";

export interface CorruptedFilter {
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly type?: string | undefined;
}

export interface CorruptedRow {
  readonly issue_index: number;
  readonly issue_type: IssueType;
  readonly table: string;
  readonly column: string;
  /** In the corrupted table, from 0. */
  readonly row: number;
  /** What stood there; null may be that, or nothing where whole rows are affected. */
  readonly clean_value: CleanValue;
  readonly has_clean_value: boolean;
}

/** Every corrupted place by itself, in the order of the issues. */
export function corruptedRows(
  { quality_injections = [] }: GroundTruthManifest,
  { table, column, type }: CorruptedFilter = {},
): CorruptedRow[] {
  return quality_injections
    .filter(
      (injection) =>
        (table === undefined || injection.table === table) &&
        (column === undefined || injection.column === column) &&
        (type === undefined || injection.issue_type === type),
    )
    .flatMap(({ row_indices, clean_values, ...injection }) =>
      row_indices.map((row, place) => ({
        ...injection,
        row,
        clean_value: clean_values[place] ?? null,
        has_clean_value: sentinelColumns[injection.issue_type] === undefined,
      })),
    );
}
