/** The files of a run that came as a commit. Nothing of it is believed: what a tree may hold, whoever made it decides. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { GitError } from "../../errors.js";
import { splitAtNul } from "../byte-path.js";
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

export interface ArrivedFile {
  /** As the tree has it, a character for each byte. */
  readonly path: string;
  readonly blob: string;
  readonly bytes: number;
  /** `null` for what is no file: a link, a submodule. */
  readonly isExecutable: boolean | null;
}

export interface ArrivedRecords {
  readonly files: readonly ArrivedFile[];
  /** What the commit says was not sent. */
  readonly leftOut: number;
}

export async function readRecords(
  root: string,
  commit: string,
  env: NodeJS.ProcessEnv,
): Promise<ArrivedRecords> {
  const call = { directory: root, env };
  const [listed, message] = await Promise.all([
    runGit(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], call),
    runGit(["cat-file", "commit", commit], call),
  ]);
  const files = [...splitAtNul(outputOf(listed, env))].map((entry) => readEntry(entry.toString("latin1")));
  const said = /^Colophon-Left-Out: (\d{1,15})$/m.exec(outputOf(message, env).toString());
  return { files, leftOut: Number(said?.[1] ?? 0) };
}

function readEntry(entry: string): ArrivedFile {
  const tab = entry.indexOf("\t");
  const [mode, , blob = "", size] = entry.slice(0, tab).split(/ +/);
  const isExecutable = mode === "100755" ? true : mode === "100644" ? false : null;
  return { path: entry.slice(tab + 1), blob, bytes: Number(size) || 0, isExecutable };
}

export interface Extraction {
  readonly file: ArrivedFile;
  /** Absolute; its folder is made, it itself must not be there yet. */
  readonly location: string | Buffer;
  readonly mode: number;
}

/** What is larger goes from Git to the disk without passing through memory. */
const largest = 8 * 1024 * 1024;
const mostTogether = 32 * 1024 * 1024;

/** Throws errors of the system as they come. */
export async function extractFiles(
  root: string,
  all: readonly Extraction[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const some of inPortions(all)) {
    for (const { location } of some) mkdirSync(folderOf(location), { recursive: true });
    if (some.length === 1) await extractLarge(root, some[0] as Extraction, env);
    else await extractTogether(root, some, env);
  }
}

function* inPortions(all: readonly Extraction[]): Generator<Extraction[]> {
  let portion: Extraction[] = [];
  let bytes = 0;
  for (const one of all) {
    if (one.file.bytes > largest) {
      yield [one];
      continue;
    }
    portion.push(one);
    bytes += one.file.bytes;
    if (bytes < mostTogether) continue;
    yield portion;
    [portion, bytes] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}

async function extractLarge(
  root: string,
  { file, location, mode }: Extraction,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const output = openSync(location, "wx", mode);
  try {
    outputOf(await runGit(["cat-file", "blob", file.blob], { directory: root, env, output }), env);
  } finally {
    closeSync(output);
  }
}

/** `<id> blob <size>` LF, the bytes, LF, for each. */
async function extractTogether(
  root: string,
  some: readonly Extraction[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const input = some.map(({ file }) => `${file.blob}\n`).join("");
  const output = outputOf(await runGit(["cat-file", "--batch"], { directory: root, env, input }), env);
  let from = 0;
  for (const { file, location, mode } of some) {
    const begin = output.indexOf(10, from) + 1;
    const header = output.subarray(from, begin - 1).toString();
    if (header !== `${file.blob} blob ${file.bytes}`) throw objectMissing(file, header);
    from = begin + file.bytes + 1;
    writeNewFile(location, output.subarray(begin, begin + file.bytes), mode);
  }
}

function objectMissing({ path, blob }: ArrivedFile, said: string): GitError {
  const message = `${JSON.stringify(path)}: the object ${blob} is not what the tree says: ${said}`;
  return new GitError("RECORDS_REFUSED", message, { hint: "See what is wrong: git fsck" });
}

function writeNewFile(location: string | Buffer, bytes: Uint8Array, mode: number): void {
  const descriptor = openSync(location, "wx", mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  } finally {
    closeSync(descriptor);
  }
}

function folderOf(location: string | Buffer): string | Buffer {
  if (typeof location === "string") return dirname(location);
  return location.subarray(0, location.lastIndexOf(0x2f));
}
