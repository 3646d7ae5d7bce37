/** What the server works with: reading alone. */
import { basename } from "node:path";
import type { RowPorts } from "../../operations/rows/ports.js";
import { rowPorts } from "../figures/rows.js";

export interface ServePorts extends RowPorts {
  /** What the project is called: its folder's name. */
  readonly projectName: string;
}

/** `artifacts`: the folder of the figures, relative to the project; that of its settings where none is given. */
export function servePorts(directory: string, env: NodeJS.ProcessEnv, artifacts?: string): ServePorts {
  const ports = rowPorts(directory, env, artifacts);
  const { namespace, digestTable, digestFile, findBytes, readRows, readTable, list } = ports;
  return {
    projectName: basename(ports.project.root),
    artifacts: ports.artifacts,
    namespace,
    digestTable,
    digestFile,
    findBytes,
    readRows,
    readTable,
    list,
  };
}
