/** The work tree of a reproduction on this machine: opened, filled, looked through. */
import { existsSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { copyInto, linkData, linkWhole } from "../../files/bring-in.js";
import { statFile } from "../../files/data-file.js";
import { digestContent } from "../../files/digest-content.js";
import { writeFault } from "../../files/write-faults.js";
import { locatePath } from "../../git/byte-path.js";
import { listRefs } from "../../git/repository/list-refs.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import { checkTree } from "../../git/worktree/check-tree.js";
import { openWorktree } from "../../git/worktree/open-worktree.js";
import type { WorktreeOwner } from "../../git/worktree/owner.js";
import { missing } from "../../operations/reproduce/missing.js";
import type { TreePlaces, TreePorts } from "../../operations/reproduce/prepare-tree.js";
import type { ReproducePorts } from "../../operations/reproduce/reproduce-run.js";
import type { Brought } from "../../operations/reproduce/result.js";
import { usersOf } from "../../process/observe-process.js";
import { findProgram } from "../../process/program.js";
import { isGone, ownerHere } from "../owner.js";
import { pathWithin } from "../path-within.js";

/** `project`: its root. */
export function treePorts(
  project: string,
  env: NodeJS.ProcessEnv,
): Omit<TreePorts, "captureTree" | "digestData"> &
  Pick<
    ReproducePorts,
    "findRoot" | "checkCode" | "openWorktree" | "placesOf" | "userCwd" | "realWithin" | "listRefs"
  > {
  return {
    findRoot: async () => (await openWorkTree(project, env)).root,
    checkCode: async (code, root) => {
      const faults = await checkTree(code, { directory: root, env });
      return faults.map(({ what, id, reason }) => {
        const hint =
          what === "commit" ? "Fetch it: git fetch --all; or go to the repository of the run." : null;
        return missing(what === "commit" ? "code" : "snapshot", id, reason, hint);
      });
    },
    openWorktree: (code, root, foldersAbove) =>
      openWorktree({ ...code, env, root, foldersAbove, owner: ownerHere(), isAbandoned }).catch(asFault),
    placesOf: ({ root, scratch }, userRoot, cwd) => {
      const below = pathWithin(userRoot, project) ?? "";
      return {
        scratch,
        root,
        cwd: join(root, cwd),
        project: join(root, below),
        userRoot,
        userCwd: join(userRoot, cwd),
        userProject: project,
      };
    },
    userCwd: (root, cwd) => join(root, cwd),
    realWithin: pathWithin,
    listRefs: (root) => listRefs(root, env),
    resolve,
    within: (folder, path) => {
      const below = relative(folder, path);
      return below === ".." || below.startsWith(`..${sep}`) ? undefined : below;
    },
    linkData,
    restoreFile,
    makeFolder: (path, users) => {
      if (existsSync(path) || (users !== null && !isFolder(users))) return false;
      mkdirSync(path, { recursive: true });
      return true;
    },
    linkEnvironments,
    findProgram: (word, directory) => findProgram(word, env.PATH, directory).kind,
  };
}

/** What the system refuses is no fault of ours. */
function asFault(error: unknown): never {
  const { syscall } = error as NodeJS.ErrnoException;
  throw syscall === undefined ? error : writeFault(join(tmpdir(), "colophon-reproduce"), error);
}

/** A command outlives its tracker. */
function isAbandoned(owner: WorktreeOwner, scratch: string): boolean {
  return isGone(owner) && (!existsSync(scratch) || usersOf(scratch)?.length === 0);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

const restoreFile: TreePorts["restoreFile"] = async (file, sha256, { userRoot, root, scratch }) => {
  const users = locatePath(userRoot, file);
  try {
    const stat = lstatSync(users, { throwIfNoEntry: false });
    if (stat === undefined) return "it is gone from your tree";
    if (!stat.isFile()) return "it is no file any more";
    if (sha256 === null) {
      const same =
        stat.size === file.size && file.mtime !== null && Math.floor(stat.mtimeMs) === Date.parse(file.mtime);
      if (!same) return "its digest is not on record, and its size or time has changed";
    } else if ((await digestContent(statFile(users, file.path))) !== sha256)
      return "it has changed in your tree since";
    copyInto(users, locatePath(root, file), scratch);
    return null;
  } catch (error) {
    return `it cannot be copied: ${(error as Error).message}`;
  }
};

/** Installed packages: what they are is recorded and compared, and Git leaves them out. */
const environmentNames = [".venv", "venv", "node_modules"];

/** In the folder of the command, and in each above it. */
function linkEnvironments({ root, cwd, userRoot, userCwd, scratch }: TreePlaces): Brought[] {
  const brought: Brought[] = [];
  for (let [here, users] = [cwd, userCwd]; ; [here, users] = [dirname(here), dirname(users)]) {
    for (const name of environmentNames) {
      const [to, from] = [join(here, name), join(users, name)];
      if (lstatSync(to, { throwIfNoEntry: false }) !== undefined || !isFolder(from)) continue;
      if (linkWhole(from, to, scratch)) brought.push({ path: relative(root, to), what: "environment", from });
    }
    if (here === root || users === userRoot) return brought;
  }
}
