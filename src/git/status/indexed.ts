/** What the index of the commit in progress holds below a folder, changed or not, and what it no longer holds. */
import { namePath, splitAtNul } from "../byte-path.js";
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";
import { commitInProgress, type StagedFile } from "./staged.js";

export interface IndexedFiles {
  /** Paths relative to the work tree's root. */
  readonly entries: readonly Pick<StagedFile, "path" | "oid">[];
  /** Of HEAD, and not of the index. */
  readonly deleted: readonly string[];
}

/** `folder` is relative to the work tree's root, POSIX. */
export async function indexedFiles(
  directory: string,
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<IndexedFiles> {
  const call = commitInProgress(directory, env);
  const place = ["--", `:(top,literal)${folder}`];
  const pathspecs = ["--no-literal-pathspecs"];
  const [listed, deleted] = await Promise.all([
    runGit([...pathspecs, "ls-files", "--stage", "-z", "--full-name", ...place], call),
    // Before the first commit nothing can be deleted, and Git knows no HEAD.
    runGit(
      [
        ...pathspecs,
        "diff-index",
        "--cached",
        "--name-only",
        "--no-renames",
        "-z",
        "--diff-filter=D",
        "HEAD",
        ...place,
      ],
      call,
    ),
  ]);
  return {
    entries: [...splitAtNul(outputOf(listed, env))].flatMap(parseEntry),
    deleted: deleted.status === 0 ? [...splitAtNul(deleted.stdout)].map((bytes) => namePath(bytes).path) : [],
  };
}

/** `100644 <id> 0` TAB path; of a conflict there are several stages, and none is what will be committed. */
function parseEntry(record: Buffer): { path: string; oid: string }[] {
  const tab = record.indexOf(0x09);
  const [mode = "", oid = "", stage = ""] = record.toString("latin1", 0, tab).split(" ");
  if (!mode.startsWith("100") || stage !== "0") return [];
  return [{ path: namePath(record.subarray(tab + 1)).path, oid }];
}
