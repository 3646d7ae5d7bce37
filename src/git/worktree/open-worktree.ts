/**
 * The files of a recorded tree, byte for byte, in a linked work tree of our own: detached, in a private temporary folder. Of the user's
 * repository nothing changes but `.git/worktrees/<own>`, for as long as it is open.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GitError } from "../../errors.js";
import type { SnapshotFacts } from "../../generated/types.js";
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import { checkFilters } from "./check-filters.js";
import { checkOutTree } from "./check-out.js";
import { layOver } from "./lay-over.js";
import { forgetOwner, scratchPrefix, type WorktreeOwner, writeOwner } from "./owner.js";
import { type IsAbandoned, removeAbandoned, removeWorktree, type WorktreePlace } from "./remove-worktree.js";
import { restoreConverted } from "./restore-converted.js";
import { checkOutSubmodules } from "./submodules.js";
import { listTree } from "./tree-entries.js";

export interface WorktreeRequest {
  readonly env: NodeJS.ProcessEnv;
  /** Of the user's work tree; absolute, without links. */
  readonly root: string;
  /** What HEAD is in the work tree. */
  readonly commit: string;
  readonly tree: string;
  /** What is recorded beside the tree. */
  readonly snapshot: Pick<SnapshotFacts, "overlay" | "submodules" | "converted"> | undefined;
  /** Submodules, by path, that were not checked out. */
  readonly absentSubmodules: ReadonlySet<string>;
  /** Content filters that had a program then. */
  readonly filters: readonly string[];
  readonly owner: WorktreeOwner;
  readonly isAbandoned: IsAbandoned;
  /** How many of the folders above the root the work tree has above it too, so that `../data` leads to a place of ours. */
  readonly foldersAbove: number;
}

/** What is not as it was. `subject` is a path, or the name of a filter. */
export interface WorktreeFault {
  readonly what: "filter" | "submodule" | "converted";
  readonly subject: string;
  readonly reason: string;
}

export interface Worktree {
  /** Absolute, without links. */
  readonly root: string;
  /** The private folder around it. */
  readonly scratch: string;
  readonly faults: readonly WorktreeFault[];
  /** Gives what could not be removed. Never throws. */
  readonly remove: () => readonly string[];
  /** Leaves it to the user. */
  readonly keep: () => void;
}

/** What was made so far is removed when it throws. @throws GitError */
export async function openWorktree(request: WorktreeRequest): Promise<Worktree> {
  const call: GitCall = { directory: request.root, env: request.env };
  const common = await findCommonFolder(call);
  const temporary = realpathSync(tmpdir());
  removeAbandoned(join(common, "worktrees"), temporary, request);
  const scratch = mkdtempSync(join(temporary, scratchPrefix(request.owner)));
  let place: WorktreePlace = { scratch, admin: undefined };
  try {
    writeOwner(scratch, request.owner);
    const root = join(scratch, ...request.root.split("/").slice(-1 - request.foldersAbove));
    mkdirSync(dirname(root), { recursive: true });
    await addWorktree(root, request.commit, call);
    const admin = findAdmin(root, common);
    place = { scratch, admin };
    writeOwner(admin, request.owner);
    const faults = await fill(root, common, request);
    return {
      root,
      scratch,
      faults,
      remove: () => removeWorktree(place),
      keep: () => {
        forgetOwner(scratch);
        forgetOwner(admin);
      },
    };
  } catch (error) {
    removeWorktree(place);
    throw error;
  }
}

async function findCommonFolder({ directory, env }: GitCall): Promise<string> {
  const words = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
  return outputOf(await runGit(words, { directory, env }), env)
    .toString()
    .replace(/\n$/, "");
}

async function addWorktree(root: string, commit: string, call: GitCall): Promise<void> {
  outputOf(await runGit(["worktree", "add", "--detach", "--no-checkout", root, commit], call), call.env);
}

/** `.git` of a linked work tree is a file that names Git's folder for it. */
function findAdmin(root: string, common: string): string {
  const admin = /^gitdir: (.+)\n?$/.exec(readFileSync(join(root, ".git"), "utf8"))?.[1];
  if (admin !== undefined && dirname(realpathSync(admin)) === join(realpathSync(common), "worktrees"))
    return realpathSync(admin);
  throw new GitError("GIT_UNREADABLE", `Git made a work tree whose folder is not in ${common}: ${admin}`, {
    hint: "See what is there: git worktree list",
  });
}

async function fill(root: string, common: string, request: WorktreeRequest): Promise<WorktreeFault[]> {
  const { env, tree, snapshot } = request;
  const [entries, failed] = await Promise.all([
    listTree(tree, { directory: request.root, env }),
    checkOutTree(tree, { directory: root, env }),
  ]);
  const places = { root, userRoot: request.root, common, absent: request.absentSubmodules, snapshot, env };
  const submodules = await checkOutSubmodules(entries, places);
  if (snapshot !== undefined) await layOver(root, request.root, snapshot, env);
  return [
    ...failed,
    ...submodules,
    ...(await checkFilters(root, request.filters, { directory: root, env })),
    ...restoreConverted(root, request.root, snapshot?.converted ?? []),
  ];
}
