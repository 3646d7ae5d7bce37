/** What is about to be committed, as the hook that asks was told: the index of the commit in progress, read and never written. */
import { isAbsolute, resolve } from "node:path";
import { GitError } from "../errors.js";
import { namePath, splitAtNul } from "./byte-path.js";
import { outputOf } from "./failures.js";
import { findRepositoryHint } from "./find-repository.js";
import { type GitCall, runGit } from "./run-git.js";

export interface StagedFile {
  /** Relative to the root; U+FFFD stands for what is not UTF-8. */
  readonly path: string;
  /** `100644`, `100755`, or `120000` for a symbolic link. */
  readonly mode: string;
  readonly oid: string;
  /** Git's letter: added, modified, or another type. A rename is an addition (and a deletion, which is not listed). */
  readonly status: "A" | "M" | "T";
}

export interface StagedFiles {
  readonly root: string;
  readonly entries: readonly StagedFile[];
}

/**
 * Git tells its hooks by variables which index is being committed: `commit -a` and `commit -- path` make one of their own.
 * simple-git drops these variables, so it would read the wrong one.
 */
const commitVariables = [
  "GIT_DIR",
  "GIT_COMMON_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
] as const;

/** Git's own names for a tree without entries; it knows them without a file. */
const emptyTrees: Readonly<Record<string, string>> = {
  sha1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  sha256: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

/** Files added or changed against HEAD, or against nothing before the first commit. Submodules have no content and are left out. */
export async function stagedFiles(directory: string, env: NodeJS.ProcessEnv): Promise<StagedFiles> {
  const call = commitInProgress(directory, env);
  const [layout, head] = await Promise.all([
    runGit(["rev-parse", "--show-object-format", "--show-toplevel"], call),
    runGit(["rev-parse", "--quiet", "--verify", "HEAD"], call),
  ]);
  const [objectFormat = "", ...root] = outputOf(layout, env).toString().replace(/\n$/, "").split("\n");
  const against = head.status === 0 ? head.stdout.toString().trim() : emptyTrees[objectFormat]!;
  // A name without content (`git add --intent-to-add`) will not be committed.
  const raw = [
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--ita-invisible-in-index",
  ];
  const differences = await runGit([...raw, "--diff-filter=AMT", "--end-of-options", against, "--"], call);
  return { root: root.join("\n"), entries: parseRaw(outputOf(differences, env)) };
}

/** The bytes as they will be committed, whatever lies in the work tree. */
export async function readStagedBlobs(
  directory: string,
  env: NodeJS.ProcessEnv,
  entries: readonly StagedFile[],
): Promise<Map<string, Uint8Array>> {
  if (entries.length === 0) return new Map();
  const input = entries.map(({ oid }) => `${oid}\n`).join("");
  const outcome = await runGit(["cat-file", "--batch"], { ...commitInProgress(directory, env), input });
  const output = outputOf(outcome, env);
  const blobs = new Map<string, Uint8Array>();
  let from = 0;
  for (const { path, oid } of entries) {
    // `<id> blob <size>` LF content LF
    const end = output.indexOf(0x0a, from);
    const header = output.toString("latin1", from, end);
    const size = new RegExp(`^${oid} blob (\\d+)$`).exec(header)?.[1];
    if (size === undefined) throw blobMissing(path, header);
    const begin = end + 1;
    blobs.set(path, output.subarray(begin, begin + Number(size)));
    from = begin + Number(size) + 1;
  }
  return blobs;
}

/** Hooks run at the root and may give paths relative to it; a hook that went elsewhere is followed. */
function commitInProgress(directory: string, env: NodeJS.ProcessEnv): GitCall {
  const root = findRepositoryHint(directory) ?? directory;
  const alsoKept: Record<string, string> = {};
  for (const name of commitVariables) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    alsoKept[name] = isAbsolute(value) ? value : resolve(root, value);
  }
  return { directory: root, env, alsoKept };
}

/** `:100644 100644 <id> <id> M` NUL path NUL */
function parseRaw(output: Buffer): StagedFile[] {
  const entries: StagedFile[] = [];
  const records = splitAtNul(output);
  for (const record of records) {
    const [, mode = "", , oid = "", status = ""] = record.toString("latin1").split(" ");
    const { path } = namePath(records.next().value as Buffer);
    if (mode !== "160000") entries.push({ path, mode, oid, status: status as StagedFile["status"] });
  }
  return entries;
}

function blobMissing(path: string, answer: string): GitError {
  return new GitError(
    "GIT_UNREADABLE",
    `the staged content of ${path} is not in the repository (Git says "${answer}")`,
    {
      hint: `Stage it again: git add -- ${path}`,
    },
  );
}
