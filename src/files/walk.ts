/** Everything below a folder, sorted by the bytes of the whole path, links not followed. */
import { type Dirent, readdirSync } from "node:fs";
import { type BytePath, bytePathOf, joinBytes, locate } from "./byte-path.js";

export interface Entry {
  /** Relative to the root, with `/` between folders; `textOf` makes it readable, `locate` opens it. */
  readonly path: BytePath;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface WalkOptions {
  /** True for a folder to pass over with all that it holds, and for anything else to leave out. */
  readonly skip?: (entry: Entry) => boolean;
}

/** A folder comes before what it holds; the root itself is not among the entries. Errors of the system are passed on. */
export function* walkFiles(root: string, { skip }: WalkOptions = {}): Generator<Entry, void, undefined> {
  const waiting = listFolder(root, "" as BytePath);
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (skip?.(entry)) continue;
    yield entry;
    if (entry.kind === "folder") for (const inner of listFolder(root, entry.path)) waiting.push(inner);
  }
}

/**
 * Last first. With a slash after the folders' names the order of the names is that of the whole paths: `a-b` before `a/b`. The names are
 * read as bytes: Node would look for a name that it had decoded wrongly where the file system does not tell its kind.
 */
function listFolder(root: string, folder: BytePath): Entry[] {
  const found = readdirSync(locate(root, folder), { withFileTypes: true, encoding: "buffer" });
  return found
    .map((dirent) => ({ path: joinBytes(folder, bytePathOf(dirent.name)), kind: kindOf(dirent) }))
    .sort((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1));
}

function sortKey({ path, kind }: Entry): string {
  return kind === "folder" ? `${path}/` : path;
}

function kindOf(dirent: Dirent<Buffer>): Entry["kind"] {
  if (dirent.isFile()) return "file";
  if (dirent.isDirectory()) return "folder";
  return dirent.isSymbolicLink() ? "link" : "other";
}
