/** What `colophon validate` works with. Git is loaded only for `--staged`. */
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import type { StagedFiles } from "../../git/status/staged.js";
import type { ValidatePorts } from "../../operations/manifests/validate-files.js";
import { isInRunFolder } from "../../store/candidates.js";
import { isFolder, judgeFor, listFolder } from "../../store/documents.js";
import { openProject } from "../../store/project.js";

export async function validatePorts(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<ValidatePorts & { readonly namespace: string }> {
  const project = openProject(directory, findRepositoryHint(directory));
  const judge = await judgeFor(project);
  let listed: Promise<StagedFiles> | undefined;
  const staged = () => {
    listed ??= import("../../git/status/staged.js").then(({ stagedFiles }) => stagedFiles(directory, env));
    return listed;
  };
  // Git counts paths from the work tree's root, the project's globs from its own, which may lie below.
  const { root } = project;
  let before = "";
  const above = async () => {
    const between = relative((await staged()).root, root)
      .split(sep)
      .join("/");
    return between === "" ? "" : `${between}/`;
  };
  const inProject = (path: string) => (path.startsWith(before) ? path.slice(before.length) : path);
  return {
    namespace: project.namespace,
    isFolder: (path) => path !== "-" && isFolder(directory, path),
    list: (folder) => listFolder(directory, folder, project.root),
    judge,
    isInRunFolder,
    judgeAll: async (candidates, request) => {
      const { judgeInThreads } = await import("../records/judging/in-threads.js");
      return judgeInThreads(candidates, directory, request, process.argv[1] as string);
    },
    staged: async () => {
      const { readStagedBlobs } = await import("../../git/status/staged.js");
      const { entries } = await staged();
      before = await above();
      const wanted = entries.filter(({ path }) => judge(inProject(path)) !== undefined);
      const blobs = await readStagedBlobs(directory, env, wanted);
      return wanted.flatMap(({ path }) => {
        const bytes = blobs.get(path);
        return bytes === undefined ? [] : [{ path: inProject(path), bytes }];
      });
    },
    stagedFigures: async () => {
      const { entries } = await staged();
      before = await above();
      const { artifacts } = project;
      const isFigures = ({ path }: { readonly path: string }) => inProject(path).startsWith(`${artifacts}/`);
      // A project without figures is not asked about them.
      if (!existsSync(join(project.root, artifacts)) && !entries.some(isFigures)) return undefined;
      const [{ indexedFiles }, { readStagedBlobs }] = await Promise.all([
        import("../../git/status/indexed.js"),
        import("../../git/status/staged.js"),
      ]);
      const indexed = await indexedFiles(directory, env, `${before}${artifacts}`);
      const known = new Map([...indexed.entries, ...entries].map((entry) => [inProject(entry.path), entry]));
      return {
        artifacts,
        indexed: indexed.entries.map(({ path }) => inProject(path)),
        changed: new Set(entries.map(({ path }) => inProject(path))),
        deleted: new Set(indexed.deleted.map(inProject)),
        read: async (paths) => {
          const wanted = paths.flatMap((path) => known.get(path) ?? []);
          const blobs = await readStagedBlobs(directory, env, wanted);
          return new Map([...blobs].map(([path, bytes]) => [inProject(path), bytes]));
        },
      };
    },
  };
}
