/** Two small questions: which commit is checked out, and whether Git ignores a folder. */
import { runGit } from "../run-git.js";

/** `undefined` without a repository, a commit, or a Git that can tell. */
export async function findHead(directory: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const asked = await runGit(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], { directory, env });
    return asked.status === 0 ? asked.stdout.toString().trim() : undefined;
  } catch {
    // Without Git there is no commit either; the caller says so.
    return undefined;
  }
}

/**
 * What to add to the `.gitignore` of `directory` so that Git sees what lies in `folder` (POSIX, relative to it); empty when it does.
 * Git looks into no folder that is ignored, so every ignored one on the way is opened, and its other content ignored again.
 */
export async function linesAgainstIgnoring(
  directory: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const isIgnored = async (path: string) => {
    const words = ["--no-literal-pathspecs", "check-ignore", "--quiet", "--no-index", "--", `./${path}`];
    return (await runGit(words, { directory, env })).status === 0;
  };
  if (!(await isIgnored(`${folder}/manifest.json`))) return [];
  const segments = folder.split("/");
  const ways = segments.map((_, index) => segments.slice(0, index + 1).join("/"));
  for (const [index, way] of ways.entries()) {
    if (!(await isIgnored(`${way}/`))) continue;
    return ways
      .slice(index)
      .flatMap((each) => (each === folder ? [`!/${each}/`] : [`!/${each}/`, `/${each}/*`]));
  }
  return [`!/${folder}/**`];
}
