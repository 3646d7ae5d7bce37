/** What is about to be committed, as the hook that asks was told: the index of the commit in progress, read and never written. */
import { isAbsolute, resolve } from "node:path";
import { GitError } from "../../errors.js";
import { namePath, splitAtNul } from "../byte-path.js";
import { outputOf } from "../failures.js";
import { findRepositoryHint } from "../repository/find-repository.js";
import { type GitCall, type GitOutcome, runGit } from "../run-git.js";

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
export const emptyTrees: Readonly<Record<string, string>> = {
  sha1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  sha256: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

/** Files added or changed against HEAD, or against nothing before the first commit. Submodules have no content and are left out. */
export async function stagedFiles(directory: string, env: NodeJS.ProcessEnv): Promise<StagedFiles> {
  const call = commitInProgress(directory, env);
  const [layout, againstHead] = await Promise.all([
    runGit(["rev-parse", "--show-object-format", "--show-toplevel"], call),
    listDifferences("HEAD", call),
  ]);
  const [objectFormat = "", ...root] = outputOf(layout, env).toString().replace(/\n$/, "").split("\n");
  const differences =
    againstHead.status === 0 || (await hasCommit(call))
      ? againstHead
      : await listDifferences(emptyTrees[objectFormat]!, call);
  return { root: root.join("\n"), entries: parseRaw(outputOf(differences, env)) };
}

function listDifferences(from: string, call: GitCall): Promise<GitOutcome> {
  const raw = ["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"];
  // A name without content (`git add --intent-to-add`) will not be committed.
  const wanted = ["--ita-invisible-in-index", "--diff-filter=AMT"];
  return runGit([...raw, ...wanted, "--end-of-options", from, "--"], call);
}

async function hasCommit(call: GitCall): Promise<boolean> {
  return (await runGit(["rev-parse", "--quiet", "--verify", "HEAD"], call)).status === 0;
}

/** Git opens each object three times; from so many on, two Gits are done sooner than one. */
const worthTwo = 200;

/** The bytes as they will be committed, whatever lies in the work tree. */
export async function readStagedBlobs(
  directory: string,
  env: NodeJS.ProcessEnv,
  entries: readonly Pick<StagedFile, "path" | "oid">[],
): Promise<Map<string, Uint8Array>> {
  if (entries.length === 0) return new Map();
  const call = commitInProgress(directory, env);
  const middle = entries.length < worthTwo ? entries.length : Math.ceil(entries.length / 2);
  const parts = [entries.slice(0, middle), entries.slice(middle)].filter(({ length }) => length > 0);
  const blobs = await Promise.all(parts.map((part) => readBlobs(part, call)));
  return new Map(blobs.flat());
}

async function readBlobs(
  entries: readonly Pick<StagedFile, "path" | "oid">[],
  call: GitCall,
): Promise<[string, Uint8Array][]> {
  const input = entries.map(({ oid }) => `${oid}\n`).join("");
  const output = outputOf(await runGit(["cat-file", "--batch", "--buffer"], { ...call, input }), call.env);
  let from = 0;
  return entries.map(({ path, oid }) => {
    // `<id> blob <size>` LF content LF
    const end = output.indexOf(0x0a, from);
    const header = output.toString("latin1", from, end);
    const size = header.startsWith(`${oid} blob `) ? Number(header.slice(oid.length + " blob ".length)) : NaN;
    if (Number.isNaN(size)) throw blobMissing(path, header);
    from = end + 1 + size + 1;
    return [path, output.subarray(end + 1, end + 1 + size)];
  });
}

/** Hooks run at the root and may give paths relative to it; a hook that went elsewhere is followed. */
export function commitInProgress(directory: string, env: NodeJS.ProcessEnv): GitCall {
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
