/** The tree of a commit without Colophon's own records: the same code has the same one, whatever was recorded in between. */
import { createHash } from "node:crypto";
import { folderOfExperiment, isExperimentId } from "../../manifest/ids.js";
import { type GitCall, runGit } from "../run-git.js";

export interface CodeTree {
  /** The tree it was made from, and the records folder that is left out, relative to the root. */
  readonly tree: string;
  readonly records: string;
  /** An id as Git would give it; no object of that id is written. `null` when a tree is not there, as in a treeless clone. */
  readonly id: string | null;
}

interface Entry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

type Trees = ReadonlyMap<string, readonly Entry[]>;

/** At most two short processes, and only where the records folder is in the commit. */
export async function findCodeTree(tree: string, records: string, call: GitCall): Promise<CodeTree> {
  const folders = records === "" || records === "." ? [] : records.split("/");
  const paths = folders.map((_, index) => folders.slice(0, index + 1).join("/"));
  const above = await readTrees([tree, ...paths.map((path) => `${tree}:${path}`)], call);
  const chain = [tree, ...paths.map((path) => `${tree}:${path}`)].map((name) => above.get(name));
  if (chain[0] === undefined) return { tree, records, id: null };
  const inRecords = chain.at(-1);
  if (inRecords === undefined) return { tree, records, id: tree };
  const months = inRecords.filter(({ mode, name }) => mode === "40000" && /^[0-9]{4}-[0-9]{2}$/.test(name));
  const monthTrees = await readTrees(
    months.map(({ oid }) => oid),
    call,
  );
  if (monthTrees.size < new Set(months.map(({ oid }) => oid)).size) return { tree, records, id: null };
  const rest = withoutOwn(inRecords, monthTrees);
  return { tree, records, id: rebuild(chain as (readonly Entry[])[], folders, rest, tree.length) };
}

/** The records folder without its `.gitignore` and without the folders of runs. */
function withoutOwn(entries: readonly Entry[], months: Trees): readonly Entry[] {
  return entries.flatMap((entry) => {
    if (entry.name === ".gitignore") return [];
    const inside = entry.mode === "40000" ? months.get(entry.oid) : undefined;
    if (inside === undefined) return [entry];
    const others = inside.filter(
      ({ name }) => !isExperimentId(name) || folderOfExperiment(name) !== `${entry.name}/${name}`,
    );
    if (others.length === inside.length) return [entry];
    return others.length === 0 ? [] : [{ ...entry, oid: idOf(others, entry.oid.length) }];
  });
}

/** From the records folder upward; a folder that holds nothing is in no tree. */
function rebuild(
  chain: readonly (readonly Entry[])[],
  folders: readonly string[],
  rest: readonly Entry[],
  length: number,
): string {
  let current = rest;
  for (let level = folders.length - 1; level >= 0; level -= 1) {
    const inner = current;
    current = (chain[level] as readonly Entry[]).flatMap((entry) => {
      if (entry.name !== folders[level]) return [entry];
      return inner.length === 0 ? [] : [{ ...entry, oid: idOf(inner, length) }];
    });
  }
  return idOf(current, length);
}

/** By the names that were asked; what is missing is left out. */
async function readTrees(names: readonly string[], call: GitCall): Promise<Trees> {
  if (names.length === 0) return new Map();
  const { stdout } = await runGit(["cat-file", "--batch"], { ...call, input: `${names.join("\n")}\n` });
  const trees = new Map<string, readonly Entry[]>();
  let at = 0;
  for (const name of names) {
    const end = stdout.indexOf(10, at);
    if (end < 0) break;
    const [oid = "", kind, size] = stdout.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (size === undefined || !/^[0-9]+$/.test(size)) continue;
    if (kind === "tree") trees.set(name, parseTree(stdout.subarray(at, at + Number(size)), oid.length));
    at += Number(size) + 1;
  }
  return trees;
}

/** `mode name NUL oid`, again and again; names are kept as bytes. */
function parseTree(body: Buffer, hexLength: number): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const nul = body.indexOf(0, space);
    const end = nul + 1 + hexLength / 2;
    entries.push({
      mode: body.toString("latin1", at, space),
      name: body.toString("latin1", space + 1, nul),
      oid: body.toString("hex", nul + 1, end),
    });
    at = end;
  }
  return entries;
}

function idOf(entries: readonly Entry[], hexLength: number): string {
  const body = Buffer.concat(
    entries.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode} ${name}\0`, "latin1"),
      Buffer.from(oid, "hex"),
    ]),
  );
  const hash = createHash(hexLength === 40 ? "sha1" : "sha256");
  return hash.update(`tree ${body.length}\0`).update(body).digest("hex");
}
