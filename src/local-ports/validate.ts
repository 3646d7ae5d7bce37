/** What `colophon validate` works with. Git is loaded only for `--staged`. */
import { relative, sep } from "node:path";
import { findRepositoryHint } from "../git/find-repository.js";
import type { ValidatePorts } from "../operations/validate-files.js";
import { isInRunFolder } from "../store/candidates.js";
import { isFolder, judgeFor, listFolder } from "../store/documents.js";
import { openProject } from "../store/project.js";
import { readDocument, readStandardInput } from "../store/read-document.js";

export async function validatePorts(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<ValidatePorts & { readonly namespace: string }> {
  const project = openProject(directory, findRepositoryHint(directory));
  const judge = await judgeFor(project);
  return {
    namespace: project.namespace,
    read: (path, maximumBytes) =>
      path === "-" ? readStandardInput(maximumBytes) : readDocument(directory, path, maximumBytes),
    isFolder: (path) => path !== "-" && isFolder(directory, path),
    list: (folder) => listFolder(directory, folder, project.root),
    judge,
    isInRunFolder,
    staged: async () => {
      const { readStagedBlobs, stagedFiles } = await import("../git/staged.js");
      const { root, entries } = await stagedFiles(directory, env);
      // Git counts paths from the work tree's root, the project's globs from its own, which may lie below.
      const above = `${relative(root, project.root).split(sep).join("/")}/`;
      const inProject = (path: string) => (path.startsWith(above) ? path.slice(above.length) : path);
      const wanted = entries.filter(({ path }) => judge(inProject(path)) !== undefined);
      const blobs = await readStagedBlobs(directory, env, wanted);
      return wanted.flatMap(({ path }) => {
        const bytes = blobs.get(path);
        return bytes === undefined ? [] : [{ path: inProject(path), bytes }];
      });
    },
  };
}
