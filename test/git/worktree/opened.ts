/** A work tree of what a snapshot recorded, as `reproduce` opens it. */
import { hostname } from "node:os";
import type { SnapshotFacts } from "../../../src/generated/types.js";
import {
  openWorktree,
  type Worktree,
  type WorktreeRequest,
} from "../../../src/git/worktree/open-worktree.js";
import type { WorktreeOwner } from "../../../src/git/worktree/owner.js";
import { env, type Scratch } from "../scratch.js";

export const owner: WorktreeOwner = {
  host: hostname(),
  boot_id: null,
  pid_namespace: null,
  pid: process.pid,
  start_time: null,
};

export function open(
  { git, root }: Pick<Scratch, "git" | "root">,
  snapshot: SnapshotFacts,
  request: Partial<WorktreeRequest> = {},
): Promise<Worktree> {
  return openWorktree({
    env,
    root,
    commit: git("rev-parse", "HEAD"),
    tree: snapshot.tree ?? "",
    snapshot,
    absentSubmodules: new Set(),
    filters: [],
    owner,
    isAbandoned: () => false,
    foldersAbove: 0,
    ...request,
  });
}
