/** The runs that are recorded in a project, found by the form of their folders' names. */
import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { folderOfExperiment, isExperimentId } from "../../manifest/ids.js";
import type { Project } from "../project.js";
import { isUntrackedInRunFolder } from "../records-ignore.js";

/** Ids, oldest first. */
export function listRuns({ root, records }: Project): string[] {
  const folder = join(root, records);
  return foldersIn(folder)
    .filter((month) => /^[0-9]{4}-[0-9]{2}$/.test(month))
    .flatMap((month) =>
      foldersIn(join(folder, month)).filter(
        (id) => isExperimentId(id) && folderOfExperiment(id) === `${month}/${id}`,
      ),
    )
    .sort();
}

/** Relative to the project's root, POSIX. */
export function pathOfRun({ records }: Project, id: string): string {
  return posix.join(records, folderOfExperiment(id));
}

/** What of a run goes into Git, relative to the project's root, POSIX, sorted. */
export function listTrackedFiles(project: Project, id: string): string[] {
  const folder = pathOfRun(project, id);
  return readdirSync(join(project.root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(project.root, folder).length + 1))
    .filter((path) => !isUntrackedInRunFolder(path))
    .map((path) => `${folder}/${path}`)
    .sort();
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
