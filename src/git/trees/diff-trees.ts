/** What differs between the trees of two commits. The work tree and the index are not looked at. */
import { GitError } from "../../errors.js";
import { namePath, splitAtNul } from "../byte-path.js";
import { explainFailure, outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import { type Hunk, mirrorHunk, parsePatches } from "./hunks.js";

/** A version of a file: `mode` as Git writes it, `100644`. */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

export interface TreeFile {
  /** Relative to the root; U+FFFD stands for what is not UTF-8. */
  readonly path: string;
  /** `null` where that commit does not have it. */
  readonly a: TreeEntry | null;
  readonly b: TreeEntry | null;
  /** Whether both versions are text; `null` where it was not looked at, above all because it is not in the repository. */
  readonly isText: boolean | null;
  /** Lines only in b, and only in a; `null` unless it is text. */
  readonly added: number | null;
  readonly removed: number | null;
  readonly hunks: readonly Hunk[] | null;
}

export type TreeDiff =
  | { readonly state: "compared"; readonly files: readonly TreeFile[] }
  /** Commits that are not in this repository. */
  | { readonly state: "missing"; readonly commits: readonly string[] };

export interface DiffOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Paths that are no code; relative to the root. */
  readonly isLeftOut: (path: string) => boolean;
  /** Hunks are read file by file until they hold this many changed lines. */
  readonly mostLines: number;
}

/**
 * Full ids. A rename is one path less and one more. Both directions are one question, turned around, so that they mirror each
 * other exactly.
 */
export async function diffTrees(
  directory: string,
  a: string,
  b: string,
  options: DiffOptions,
): Promise<TreeDiff> {
  const call: GitCall = { directory, env: options.env };
  const missing = await listMissing([a, b], call);
  if (missing.length > 0) return { state: "missing", commits: missing };
  if (a > b) {
    const files = await listFiles(b, a, call, options);
    return { state: "compared", files: files.map(mirrorFile) };
  }
  return { state: "compared", files: await listFiles(a, b, call, options) };
}

function mirrorFile(file: TreeFile): TreeFile {
  const { a, b, added, removed, hunks } = file;
  return { ...file, a: b, b: a, added: removed, removed: added, hunks: hunks?.map(mirrorHunk) ?? null };
}

/** Nothing is fetched: what a shallow or partial clone lacks is not there. */
async function listMissing(commits: readonly string[], call: GitCall): Promise<string[]> {
  const odd = commits.find((commit) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit));
  if (odd !== undefined)
    throw new GitError("GIT_UNREADABLE", `"${odd}" is not the full id of a commit`, {
      hint: "Restore the manifest: git checkout HEAD -- manifest.json",
    });
  const input = commits.map((commit) => `${commit}^{commit}\n`).join("");
  const outcome = await runGit(["cat-file", "--batch-check"], { ...call, input });
  const answers = outputOf(outcome, call.env).toString().split("\n");
  const absent = commits.filter((commit, index) => !answers[index]?.startsWith(`${commit} commit `));
  return [...new Set(absent)].sort();
}

async function listFiles(
  a: string,
  b: string,
  call: GitCall,
  { isLeftOut, mostLines }: DiffOptions,
): Promise<TreeFile[]> {
  const raw = outputOf(await runGit([...diffTree, "--raw", "--no-abbrev", "-z", a, b], call), call.env);
  const files = parseRaw(raw).filter(({ path }) => !isLeftOut(path));
  const counted: RawFile[] = [];
  for (const batch of inBatches(files)) counted.push(...(await countLines(batch, a, b, call)));
  const chosen = new Set(chooseFiles(counted, mostLines));
  const patches = new Map<RawFile, Hunk[]>();
  for (const batch of inBatches(counted.filter((file) => chosen.has(file))))
    for (const [file, hunks] of await readHunks(batch, a, b, call)) patches.set(file, hunks);
  return counted
    .map((file) => {
      const { path, a, b, isText, added, removed } = file;
      return { path, a, b, isText, added, removed, hunks: patches.get(file) ?? null };
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Every setting that could change what is printed is given; attributes of the work tree decide at most what counts as text. */
const diffTree: readonly string[] = [
  ...["diff-tree", "-r", "--no-commit-id", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"],
  ...["--no-relative", "--ignore-submodules=none", "--submodule=short", "--diff-algorithm=histogram"],
  "--indent-heuristic",
];

/** `name`: as Git takes it back on its command line; `null` where the bytes are not UTF-8. */
interface RawFile extends TreeFile {
  readonly name: string | null;
}

/** `:100644 100644 <id> <id> M` NUL path NUL */
function parseRaw(output: Buffer): RawFile[] {
  const files: RawFile[] = [];
  const records = splitAtNul(output);
  for (const record of records) {
    const [modeA = "", modeB = "", oidA = "", oidB = ""] = record.toString("latin1").slice(1).split(" ");
    const { path, path_base64 } = namePath(records.next().value as Buffer);
    files.push({
      path,
      name: path_base64 === undefined ? path : null,
      a: entryOf(modeA, oidA),
      b: entryOf(modeB, oidB),
      isText: null,
      added: null,
      removed: null,
      hunks: null,
    });
  }
  return files;
}

function entryOf(mode: string, oid: string): TreeEntry | null {
  return mode === "000000" ? null : { mode, oid };
}

/** Paths go on the command line, which has a limit. Those that are not text cannot go there, and stay uncounted. */
function* inBatches(files: readonly RawFile[]): Generator<RawFile[]> {
  let batch: RawFile[] = [];
  let length = 0;
  for (const file of files) {
    batch.push(file);
    length += (file.name?.length ?? 0) * 3 + 1;
    if (batch.length < 500 && length < 60_000) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

function pathWords(batch: readonly RawFile[]): string[] {
  return batch.flatMap(({ name }) => (name === null ? [] : [name]));
}

/** `3` TAB `1` TAB path NUL; `-` for what is not text. Where blobs are missing, as in a partial clone, nothing is counted. */
async function countLines(
  batch: readonly RawFile[],
  a: string,
  b: string,
  call: GitCall,
): Promise<RawFile[]> {
  const words = pathWords(batch);
  if (words.length === 0) return [...batch];
  const outcome = await runGit([...diffTree, "--numstat", "-z", a, b, "--", ...words], call);
  if (outcome.status !== 0 && !lacksContent(outcome.stderr)) throw explainFailure(outcome, call.env);
  const counts = new Map<string, readonly [string, string]>();
  for (const record of outcome.status === 0 ? splitAtNul(outcome.stdout) : []) {
    const [added = "", removed = "", ...path] = record.toString().split("\t");
    counts.set(path.join("\t"), [added, removed]);
  }
  return batch.map((file) => {
    const [added, removed] = counts.get(file.name ?? "") ?? [];
    if (added === undefined) return file;
    if (added === "-") return { ...file, isText: false };
    return { ...file, isText: true, added: Number(added), removed: Number(removed) };
  });
}

function lacksContent(stderr: string): boolean {
  return /unable to read|could not fetch|bad object|missing blob|transport '.*' not allowed/.test(stderr);
}

/** The first ones, until their lines are enough; the one that exceeds the limit is the last. */
function chooseFiles(files: readonly RawFile[], mostLines: number): RawFile[] {
  let lines = 0;
  return files.filter(({ added, removed }) => {
    if (added === null || removed === null || lines >= mostLines) return false;
    const isTooLarge = mostLines !== Number.POSITIVE_INFINITY && added + removed > largestExcerpted;
    if (!isTooLarge) lines += added + removed;
    return !isTooLarge;
  });
}

/** Nobody reads the beginning of a change of a data file. */
const largestExcerpted = 5000;

async function readHunks(
  batch: readonly RawFile[],
  a: string,
  b: string,
  call: GitCall,
): Promise<Map<RawFile, Hunk[]>> {
  const patch = ["--unified=3", "--inter-hunk-context=0"];
  const outcome = await runGit([...diffTree, ...patch, a, b, "--", ...pathWords(batch)], call);
  const patches = parsePatches(outputOf(outcome, call.env).toString());
  // Git follows the order of the tree. A file that becomes a link is two patches: gone, and there anew.
  const hunks = new Map<RawFile, Hunk[]>();
  let next = 0;
  for (const file of batch) {
    const count = file.a !== null && file.b !== null && typeOf(file.a) !== typeOf(file.b) ? 2 : 1;
    hunks.set(file, patches.slice(next, next + count).flat());
    next += count;
  }
  return next === patches.length ? hunks : new Map();
}

function typeOf({ mode }: TreeEntry): string {
  return mode.slice(0, 3);
}
