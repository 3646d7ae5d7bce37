/** What the server works with: reading alone. */
import { basename } from "node:path";
import type { FigureReading } from "../../operations/figures/ports.js";
import { figurePorts } from "../figures/figures.js";

export interface ServePorts extends FigureReading {
  /** What the project is called: its folder's name. */
  readonly projectName: string;
}

/** `artifacts`: the folder of the figures, relative to the project; that of its settings where none is given. */
export function servePorts(directory: string, env: NodeJS.ProcessEnv, artifacts?: string): ServePorts {
  const { project, namespace, digestTable, digestFile, findBytes, readRows, list, ...ports } = figurePorts(
    directory,
    env,
  );
  return {
    projectName: basename(project.root),
    artifacts: artifacts ?? ports.artifacts,
    namespace,
    digestTable,
    digestFile,
    findBytes,
    readRows,
    list,
  };
}
