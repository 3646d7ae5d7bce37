/** Lines are added to runs that have ended, which the catalog does not look at every time: it is told. */
import { basename, join } from "node:path";
import { tellOfChange } from "../../catalog/columnar/told.js";
import type { Project } from "../../store/project.js";
import { appendLine } from "../../store/runs/notes.js";
import { stateFolderOf } from "../../store/state-folder.js";

export function catalogFolderOf({ root }: Pick<Project, "root">): string {
  return join(stateFolderOf(root), "catalog");
}

/** Told before, so that a line whose writer is killed is not missed, and again when it is there. */
export function appendLineAndTell(project: Pick<Project, "root">): typeof appendLine {
  return (folder, path, line) => {
    tellOfChange(catalogFolderOf(project), [basename(folder)]);
    appendLine(folder, path, line);
    tellOfChange(catalogFolderOf(project), [basename(folder)]);
  };
}
