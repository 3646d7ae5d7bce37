/** Paths and names in figures. */
import type { Fault } from "../../manifest/kind.js";
import { faultOfPath } from "../../manifest/paths.js";

export function* pathFaults(paths: readonly [string, string][]): Iterable<Fault> {
  for (const [pointer, path] of paths) {
    const fault = faultOfPath(path);
    if (fault !== undefined) yield { pointer, message: `${dotted(pointer)}: "${path}" ${fault}` };
  }
}

/** The file's name without its ending. */
export function nameOfTable(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "");
}

/** The pointer as a message names the place. */
export function dotted(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".");
}
