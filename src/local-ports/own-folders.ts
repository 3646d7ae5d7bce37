/** Where Colophon's own files lie in a project. Which paths in there are its own, `isOwnPath` says. */
import { join } from "node:path";
import type { Project } from "../store/project.js";
import { stateFolderOf } from "../store/state-folder.js";
import { pathWithin, realPathOf } from "./path-within.js";

/** The records folder as Git names it: relative to the root of a repository; `undefined` when it lies outside. */
export function recordsIn({ root, records }: Project): (repository: string) => string | undefined {
  return (repository) => pathWithin(repository, join(root, records));
}

/** Without links. */
export interface ProjectFolders {
  readonly root: string;
  /** What changes of itself while Colophon works. */
  readonly moving: readonly string[];
}

export function foldersOf({ root, records }: Project): ProjectFolders {
  const moving = [join(root, ".git"), stateFolderOf(root), join(root, records)];
  return { root: realPathOf(root), moving: moving.map(realPathOf) };
}
