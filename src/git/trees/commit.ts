/** Commits files of a run for the user: their commit, with their hooks and their identity. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "../../errors.js";
import { outputOf } from "../failures.js";
import { findOperation } from "../repository/operation.js";
import { type GitCall, type GitOutcome, runGit, runUsersGit } from "../run-git.js";

/**
 * `paths`: files, never folders, relative to the root. What else is staged stays staged and out of the commit. When a hook or Git
 * refuses, the paths stay staged, as after `git add`. `trailers` are lines such as `Colophon-Run: <id>`.
 *
 * simple-git is not used: it would take EDITOR and the identity out of the environment of the user's hooks and put a variable of its own in.
 */
export async function commitPaths(
  root: string,
  paths: readonly string[],
  message: string,
  trailers: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ sha: string }> {
  const call: GitCall = { directory: root, env: { ...env, GIT_LITERAL_PATHSPECS: "1" } };
  assertFiles(root, paths);
  await assertNoOperation(call);
  assertDone(await runUsersGit(["add", "--force", "--", ...paths], call), "git add refused");
  await assertDifference(paths, call);
  const words = ["commit", "--quiet", "--only", `--message=${message}`];
  const lines = trailers.map((trailer) => `--trailer=${trailer}`);
  assertDone(await runUsersGit([...words, ...lines, "--", ...paths], call), "the commit was refused");
  return { sha: await headOf(call) };
}

/** A folder would take everything in it along, the ignored logs and artifacts too. */
function assertFiles(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) continue;
    throw new GitError(
      "NOTHING_TO_COMMIT",
      `${path} is ${stat === undefined ? "not there" : "a folder"}; expected a file to commit`,
      { hint: "Name files that exist, relative to the repository's root." },
    );
  }
}

/** Git refuses to commit some paths only while it is in the middle of something. */
async function assertNoOperation(call: GitCall): Promise<void> {
  const shown = outputOf(await runGit(["rev-parse", "--absolute-git-dir"], call), call.env);
  const operation = findOperation(shown.toString().replace(/\n$/, ""));
  if (operation === null || operation === "bisect") return;
  throw new GitError("GIT_BUSY", `a ${operation} is in progress; Git then commits everything or nothing`, {
    hint: `Finish it first: git ${operation} --continue; or give it up: git ${operation} --abort`,
  });
}

async function assertDifference(paths: readonly string[], call: GitCall): Promise<void> {
  const words = ["diff", "--cached", "--quiet", "--no-ext-diff", "--no-textconv", "--", ...paths];
  const outcome = await runGit(words, call);
  if (outcome.status === 1) return;
  outputOf(outcome, call.env);
  const names = paths.length === 1 ? `${paths[0]} is` : `all ${paths.length} files are`;
  throw new GitError("NOTHING_TO_COMMIT", `${names} in the last commit already, unchanged`, {
    hint: "See what differs from it: git status",
  });
}

/** What a hook printed is the best explanation there is, and it may have used either stream. */
function assertDone({ status, stdout, stderr }: GitOutcome, what: string): void {
  if (status === 0) return;
  const said = `${stdout.toString()}${stderr}`.trim();
  throw new GitError("COMMIT_REFUSED", `${what}:\n${said}`, {
    hint: "Mend what Git or your hook names above, then type the command again.",
  });
}

async function headOf(call: GitCall): Promise<string> {
  const head = await runGit(["rev-parse", "--verify", "HEAD"], call);
  return outputOf(head, call.env).toString().trim();
}
