/** What Git knows paths of the work tree as. */
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";

export type PathState = "tracked" | "untracked" | "ignored";

/** Paths relative to `root`, in characters of one byte each. `null` where Git cannot tell. */
export async function listPathStates(
  root: string,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Map<string, PathState> | null> {
  const call: GitCall = { directory: root, env };
  try {
    const tracked = await listFiles(["--recurse-submodules"], call);
    const others = paths.filter((path) => !tracked.has(path));
    const untracked: Iterable<string> = others.length === 0 ? [] : await listUntracked(others, call);
    const known = new Set(untracked);
    return new Map(
      paths.map((path) => [path, tracked.has(path) ? "tracked" : known.has(path) ? "untracked" : "ignored"]),
    );
  } catch {
    return null;
  }
}

/** What a command line may hold for certain, with room to spare. */
const mostBytes = 64 * 1024;

/** Those of the paths that no rule ignores. Words of a program are UTF-8 here: for a name that is none, Git looks everywhere. */
async function listUntracked(paths: readonly string[], call: GitCall): Promise<ReadonlySet<string>> {
  const words = paths.map((path) => Buffer.from(path, "latin1").toString());
  const isPlain = words.every((word) => !word.includes("\ufffd"));
  const bytes = words.reduce((sum, word) => sum + 3 * word.length, 0);
  const few = isPlain && bytes < mostBytes ? ["--", ...words] : [];
  return listFiles(["--others", "--exclude-standard", ...few], call);
}

async function listFiles(words: readonly string[], call: GitCall): Promise<Set<string>> {
  const outcome = await runGit(["ls-files", "-z", "--full-name", ...words], call);
  return new Set(outputOf(outcome, call.env).toString("latin1").split("\0"));
}
