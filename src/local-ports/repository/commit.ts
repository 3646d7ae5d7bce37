/** What `colophon commit` works with. */
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { listUncommitted } from "../../git/status/uncommitted.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import { commitPaths } from "../../git/trees/commit.js";
import type { CommitRunsPorts } from "../../operations/commit-runs.js";
import { loadRecord } from "../../operations/records/load/load-run.js";
import { openProject } from "../../store/project.js";
import { ensureRecordsIgnore } from "../../store/records-ignore.js";
import { listRuns, listTrackedFiles, pathOfRun } from "../../store/runs/recorded-runs.js";
import { recordPorts } from "../records/records.js";

export async function commitPorts(directory: string, env: NodeJS.ProcessEnv): Promise<CommitRunsPorts> {
  const project = openProject(directory, findRepositoryHint(directory));
  const { folderOf, loading } = recordPorts(directory, env);
  const { root } = await openWorkTree(project.root, env);
  // Git counts paths from the work tree's root, which may lie above the project's.
  const above = relative(root, realpathSync(project.root)).split(sep).join("/");
  const inGit = (path: string) => (above === "" ? path : `${above}/${path}`);
  const inProject = (path: string) => (above === "" ? path : path.slice(above.length + 1));
  return {
    listRuns: () => listRuns(project),
    pathOfRun: (id) => pathOfRun(project, id),
    listTrackedFiles: (id) => listTrackedFiles(project, id),
    load: (id) => loadRecord(folderOf(id), loading),
    listUncommitted: async (paths) => {
      const files = await listUncommitted(root, paths.map(inGit), env);
      return files.map(({ path, isNew }) => ({ path: inProject(path), isNew }));
    },
    ensureIgnore: () => {
      ensureRecordsIgnore(project);
      return `${project.records}/.gitignore`;
    },
    commit: (paths, message, trailers) => commitPaths(root, paths.map(inGit), message, trailers, env),
  };
}
