/** Which of some files the newest commit does not hold as they are. */
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

export interface UncommittedFile {
  readonly path: string;
  /** Whether the newest commit holds no version of it at all. */
  readonly isNew: boolean;
}

/** Paths relative to the work tree's root, of files; ignored ones count, since a run's files are recorded all the same. */
export async function listUncommitted(
  root: string,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<UncommittedFile[]> {
  if (paths.length === 0) return [];
  const words = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored"];
  const output = outputOf(await runGit([...words, "--", ...paths], { directory: root, env }), env).toString();
  // Two letters, a blank, the path; without renames every record has one.
  return output
    .split("\0")
    .filter((record) => record !== "")
    .map((record) => ({ path: record.slice(3), isNew: "?!A".includes(record.charAt(0)) }));
}
