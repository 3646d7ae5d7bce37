/** Where the refs of a repository point, but for Colophon's own. */
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

const own = "refs/colophon/";

/** By name. @throws GitError */
export async function listRefs(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, string>> {
  const outcome = await runGit(["for-each-ref", "--format=%(objectname) %(refname)"], { directory, env });
  const lines = outputOf(outcome, env).toString().split("\n").filter(Boolean);
  const refs = lines.map(
    (line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))] as const,
  );
  return new Map(refs.filter(([name]) => !name.startsWith(own)));
}
