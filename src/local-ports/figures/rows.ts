/** The rows of tables on this machine. */
import { closeSync } from "node:fs";
import { placeInside } from "../../files/figure-files.js";
import { openInside } from "../../files/open-inside.js";
import type { RowPorts } from "../../operations/rows/ports.js";
import { readTable, type TableReading } from "../../tables/exact-table.js";
import { formatOfTable } from "../../tables/table-reader.js";
import { figurePorts, type LocalFigurePorts } from "./figures.js";

export interface LocalRowPorts extends LocalFigurePorts, RowPorts {}

/** `artifacts`: the folder of the figures, relative to the project; that of its settings where none is given. @throws FileError */
export function rowPorts(directory: string, env: NodeJS.ProcessEnv, artifacts?: string): LocalRowPorts {
  const ports = figurePorts(directory, env);
  if (artifacts !== undefined) placeInside(ports.project.root, artifacts);
  return {
    ...ports,
    artifacts: artifacts ?? ports.artifacts,
    readTable: (path) => readTableInside(ports.project.root, path),
  };
}

function readTableInside(root: string, path: string): TableReading | undefined {
  if (formatOfTable(path) === undefined) return undefined;
  let reading: TableReading | undefined;
  async function* batches() {
    const descriptor = openInside(root, path);
    try {
      reading = readTable(descriptor, path) as TableReading;
      yield* reading.batches;
    } finally {
      closeSync(descriptor);
    }
  }
  return {
    batches: batches(),
    columns: () => reading?.columns() ?? [],
    sha256: () => reading?.sha256() ?? "",
  };
}
