/** Puts a file into a work tree of ours, by the bytes of its name. Nothing is ever written or removed through a link in the tree. */
import { chmodSync, lstatSync, mkdirSync, rmSync, type Stats, symlinkSync, writeFileSync } from "node:fs";
import { isInside } from "./tree-entries.js";

export interface PlacedFile {
  readonly mode: string;
  readonly content: Buffer;
}

/** `name`: relative to the root, `latin1`. What stands in the way is removed. */
export function placeFile(root: string, name: string, { mode, content }: PlacedFile): void {
  if (!isInside(name)) throw new Error(`a name that leads out of the tree: ${JSON.stringify(name)}`);
  const path = pathOf(root, name);
  makeFolders(root, name);
  rmSync(path, { recursive: true, force: true });
  if (mode === "120000") symlinkSync(content, path);
  else {
    writeFileSync(path, content, { flag: "wx" });
    if (mode === "100755") chmodSync(path, statOf(path)!.mode | 0o111);
  }
}

/** `false` where a link or file stands in the place of one of its folders: then there is no such file. */
export function removeFile(root: string, name: string): boolean {
  if (!isInside(name)) return false;
  const folders = foldersOf(name);
  if (folders.some((folder) => statOf(pathOf(root, folder))?.isDirectory() !== true)) return false;
  rmSync(pathOf(root, name), { recursive: true, force: true });
  return true;
}

/** What is a link, or a file, becomes a folder: so it was in the tree that is restored. */
function makeFolders(root: string, name: string): void {
  for (const folder of foldersOf(name)) {
    const path = pathOf(root, folder);
    const stat = statOf(path);
    if (stat?.isDirectory()) continue;
    if (stat !== undefined) rmSync(path, { force: true });
    mkdirSync(path);
  }
}

function foldersOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

export function pathOf(root: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
}

function statOf(path: Buffer): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
