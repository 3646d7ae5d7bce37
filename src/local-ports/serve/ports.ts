/** What the server works with: reading alone. A page is asked for again and again, so what did not change is not read again. */
import { basename, join } from "node:path";
import { openStatCache } from "../../files/stat-cache.js";
import type { RowPorts } from "../../operations/rows/ports.js";
import { findStateFolder } from "../../store/state-folder.js";
import { digestPorts, sumMemory } from "../figures/known-inputs.js";
import { rowPorts } from "../figures/rows.js";

export interface ServePorts extends RowPorts {
  /** What the project is called: its folder's name. */
  readonly projectName: string;
}

/** `artifacts`: the folder of the figures, relative to the project; that of its settings where none is given. */
export function servePorts(directory: string, env: NodeJS.ProcessEnv, artifacts?: string): ServePorts {
  const ports = rowPorts(directory, env, artifacts);
  const { project, namespace, findBytes, readRows, readTable, list } = ports;
  const state = findStateFolder(project);
  const cache = state === undefined ? undefined : openStatCache(join(state, "digests"));
  return {
    projectName: basename(project.root),
    artifacts: ports.artifacts,
    namespace,
    ...digestPorts(project.root, cache),
    rememberSum: sumMemory(project.root),
    findBytes,
    readRows,
    readTable,
    list,
  };
}
