/** Refs of runs in the repository itself. */
import { parseRunRef } from "../../manifest/refs.js";
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";
import type { SharedRef } from "./push-refs.js";

/** By name, with the object each points to. @throws GitError */
export async function listOwnRefs(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, string>> {
  const words = ["for-each-ref", "--format=%(refname) %(objectname)", "refs/colophon/"];
  const lines = outputOf(await runGit(words, { directory: root, env }), env)
    .toString()
    .split("\n");
  return new Map(
    lines
      .map((line) => line.split(" ") as [string, string])
      .filter(([ref]) => parseRunRef(ref) !== undefined),
  );
}

/** None of them may be there yet, but as it is to be: somebody else may have been faster. @throws GitError when none was made. */
export async function createRefs(
  root: string,
  refs: readonly SharedRef[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (refs.length === 0) return;
  const input = refs.map(({ ref, commit }) => `create ${ref} ${commit}\n`).join("");
  const words = ["-c", "core.logAllRefUpdates=false", "update-ref", "--no-deref", "--stdin"];
  const outcome = await runGit(words, { directory: root, env, input });
  if (outcome.status === 0) return;
  const own = await listOwnRefs(root, env);
  if (refs.some(({ ref, commit }) => own.get(ref) !== commit)) outputOf(outcome, env);
}

/** How many commits would go along with these, as the other side has none of `there`: code that was never pushed. */
export async function countUnsent(
  root: string,
  commits: readonly string[],
  remote: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  if (commits.length === 0) return 0;
  const words = [
    "rev-list",
    "--count",
    "--ignore-missing",
    "--stdin",
    "--not",
    `--remotes=${globOf(remote)}`,
  ];
  const input = commits.map((commit) => `${commit}\n`).join("");
  const outcome = await runGit(words, { directory: root, env, input });
  return outcome.status === 0 ? Number(outcome.stdout.toString().trim()) : commits.length;
}

function globOf(name: string): string {
  return name.replaceAll(/[*?[\\]/g, "\\$&");
}
