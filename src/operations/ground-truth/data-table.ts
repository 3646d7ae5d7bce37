import type { CleanValue } from "../../kinds/ground-truth/ground-truth.js";

/** A generated table. Cells that were read from CSV are texts and null. */
export interface DataTable<Cell = CleanValue> {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
