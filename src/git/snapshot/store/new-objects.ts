/** The objects that a snapshot adds to the repository: asked for one by one, after a ref protects them. */
import { type NamedPath, namePath, splitAtNul } from "../../byte-path.js";
import { outputOf } from "../../failures.js";
import { bytesOf, keyOf } from "../paths.js";
import { type Place, runInPlace } from "./place.js";
import type { Commits } from "./store-commits.js";

/** Where the new objects are: all of them lie on the way to one of these paths. */
export interface NewPaths {
  /** Files of the commit. */
  readonly files: readonly NamedPath[];
  /** Paths of which only the folders around them may be new. */
  readonly touched: readonly NamedPath[];
  /** Files of the overlay. */
  readonly overlay: readonly NamedPath[];
}

/** Ids by the key of the path. */
export type Blobs = ReadonlyMap<string, string>;

/**
 * Git starts at once and waits. To name a file it has to read every folder on the way, so a file's name asks for these too.
 * `undefined` when something is missing.
 */
export async function findBlobs(
  commits: Promise<Commits>,
  { files, touched, overlay }: NewPaths,
  place: Place,
): Promise<Blobs | undefined> {
  const folders = foldersAround(touched);
  const all = [...files, ...folders, ...overlay];
  // A line is a name here, so a name of two lines asks otherwise.
  if (all.some((name) => bytesOf(name).includes(0x0a))) return findByTree(await commits, place);
  const input = commits.then(({ commit, overlay: laid }) =>
    Buffer.concat([
      ...[...files, ...folders].map((name) => question(commit, name)),
      ...overlay.map((name) => question(laid as string, name)),
      Buffer.from(`${commit}\n${commit}:\n`),
    ]),
  );
  const [outcome] = await Promise.all([runInPlace(["cat-file", "--batch-check"], place, { input }), input]);
  const answers = outputOf(outcome, place.env).toString("latin1").trimEnd().split("\n");
  const isWhole = answers.length === all.length + 2 && !answers.some((answer) => answer.endsWith(" missing"));
  // A folder can also be missing because nothing is left in it.
  if (!isWhole) return findByTree(await commits, place);
  return new Map(files.map((name, at) => [keyOf(name), idIn(answers[at] as string)]));
}

function question(commit: string, name: NamedPath): Buffer {
  return Buffer.concat([Buffer.from(`${commit}:`), bytesOf(name), Buffer.from("\n")]);
}

/** `<id> blob 12` */
function idIn(answer: string): string {
  return answer.slice(0, answer.indexOf(" "));
}

function foldersAround(names: readonly NamedPath[]): NamedPath[] {
  const folders = new Map<string, NamedPath>();
  for (const name of names) {
    const bytes = bytesOf(name);
    const end = bytes.lastIndexOf(0x2f);
    if (end < 0) continue;
    const folder = namePath(bytes.subarray(0, end));
    folders.set(keyOf(folder), folder);
  }
  return [...folders.values()];
}

/** Three Gits more, which are certain. */
async function findByTree(commits: Commits, place: Place): Promise<Blobs | undefined> {
  const { ids, blobs } = await listNewObjects(commits, place);
  const input = ids.map((id) => `${id}\n`).join("");
  const outcome = await runInPlace(["cat-file", "--batch-check"], place, { input });
  const answers = outputOf(outcome, place.env).toString().trimEnd().split("\n");
  const isWhole = answers.length === ids.length && !answers.some((answer) => answer.endsWith(" missing"));
  return isWhole ? blobs : undefined;
}

interface NewObjects {
  readonly ids: readonly string[];
  readonly blobs: Blobs;
}

export async function listNewObjects(commits: Commits, place: Place): Promise<NewObjects> {
  const { tree, commit, overlay, overlayTree } = commits;
  const [fresh, laid] = await Promise.all([
    compareTrees([place.captured.source.head.tree, tree], place),
    overlay === null ? undefined : compareTrees(["--root", overlay], place),
  ]);
  const roots = [tree, commit, overlay, overlayTree].filter((id) => id !== null);
  const ids = [...roots, ...fresh.ids, ...(laid?.ids ?? [])];
  return { ids: [...new Set(ids)], blobs: fresh.blobs };
}

/** `:100644 100644 <id> <id> M` NUL path NUL, trees among them but for the root. */
async function compareTrees(words: readonly string[], place: Place): Promise<NewObjects> {
  const diff = ["diff-tree", "-r", "-t", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-commit-id"];
  const outcome = await runInPlace([...diff, "--ignore-submodules=none", ...words], place);
  const ids: string[] = [];
  const blobs = new Map<string, string>();
  const records = splitAtNul(outputOf(outcome, place.env));
  for (const record of records) {
    const [, mode = "", , oid = ""] = record.toString("latin1").split(" ");
    const name = namePath(records.next().value as Buffer);
    if (mode === "000000" || mode === "160000") continue;
    ids.push(oid);
    if (mode !== "040000") blobs.set(keyOf(name), oid);
  }
  return { ids, blobs };
}
