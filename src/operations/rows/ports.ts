/** What reading the rows behind a figure works with. */
import type { TableReading } from "../../tables/exact-table.js";
import type { FigureReading } from "../figures/ports.js";

export interface RowPorts extends FigureReading {
  /**
   * Opens the file with the first batch, and closes it behind the last or when no more are taken. `undefined` for what is no table by
   * its name. @throws FileError with the first batch, for what is no regular file of the project
   */
  readonly readTable: (path: string) => TableReading | undefined;
}
