/** Whether Git knows a folder: in the index, or in the history of any branch or tag. */
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

export interface KnownToGit {
  /** A file of it that is in the index. */
  readonly tracked: string | null;
  /** The newest commit that touches it. */
  readonly commit: string | null;
}

/** `path` is relative to `root`, that of the work tree. */
export async function findInGit(root: string, path: string, env: NodeJS.ProcessEnv): Promise<KnownToGit> {
  const call = { directory: root, env: { ...env, GIT_LITERAL_PATHSPECS: "1" } };
  const ask = async (words: readonly string[]) => outputOf(await runGit(words, call), env).toString();
  const [files, commits] = await Promise.all([
    ask(["ls-files", "-z", "--", path]),
    ask(["log", "--branches", "--tags", "--remotes", "HEAD", "-1", "--format=%H", "--", path]),
  ]);
  return { tracked: files.split("\0")[0] || null, commit: commits.trim() || null };
}
