/** The files of a tree on disk, through the filters and line endings that the configuration asks for, as Git's own checkout has it. */
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import type { WorktreeFault } from "./open-worktree.js";

/** What must not decide what comes out: a tree is checked out whole, and Git trusts no time of a file. */
const settings = ["core.sparseCheckout=false", "core.ignoreStat=false", "checkout.workers=0"];

/** `directory`: the work tree; its index becomes the tree. @throws GitError when objects are missing. */
export async function checkOutTree(tree: string, call: GitCall): Promise<WorktreeFault[]> {
  const words = [...settings.flatMap((setting) => ["-c", setting]), "read-tree", "--reset", "-u", tree];
  // Content of Git LFS that is here is taken; nothing is fetched.
  const outcome = await runGit(words, { ...call, alsoKept: { ...call.alsoKept, GIT_LFS_SKIP_SMUDGE: "1" } });
  const failed = failedFilters(outcome.stderr);
  if (failed.length === 0) outputOf(outcome, call.env);
  return failed;
}

function failedFilters(stderr: string): WorktreeFault[] {
  const named = [...stderr.matchAll(/smudge filter '?(.+?)'? failed/g)];
  // Of one that is not required Git tells the program alone.
  const programs = named.length > 0 ? [] : [...stderr.matchAll(/external filter '?(.+?)'? failed/g)];
  const names = [...named, ...programs].map(([, name]) => name!);
  return [...new Set(names)].map((subject) => ({
    what: "filter",
    subject,
    reason: `the content filter ${subject} does not work here`,
  }));
}
