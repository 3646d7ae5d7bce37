/** `.colophon/`: caches and live state of a project. Git does not see it, and it may be deleted at any time. */
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../errors.js";

const name = ".colophon";

export function stateFolderOf(root: string): string {
  return join(root, name);
}

/** Makes the folder ignore itself, so that no file of the user's needs a line for it. */
export function openStateFolder(root: string): string {
  const folder = stateFolderOf(root);
  const ignore = join(folder, ".gitignore");
  return orExplain(folder, () => {
    if (!existsSync(ignore)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(ignore, "*\n");
    }
    return folder;
  });
}

/**
 * For caches, which reading can do without: only where there is something of Colophon's already, and it can be written to.
 * `records` is relative to `root`.
 */
export function findStateFolder({
  root,
  records,
}: {
  readonly root: string;
  readonly records: string;
}): string | undefined {
  if (!existsSync(stateFolderOf(root)) && !existsSync(join(root, records))) return undefined;
  try {
    return openStateFolder(root);
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/** A private folder for what lives only as long as one run: 0700, since the command's output passes through it. */
export function openLiveFolder(root: string, key: string): string {
  const folder = join(openStateFolder(root), "live", key);
  return orExplain(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  });
}

function orExplain(folder: string, make: () => string): string {
  try {
    return make();
  } catch (cause) {
    throw new FileError("STATE_NOT_WRITABLE", `cannot make ${folder}: ${(cause as Error).message}`, {
      hint: "Make the project's folder one that you may write to, and look whether the disk is full.",
      cause,
    });
  }
}

/** Mostly it is empty by then; `rmSync` would load code for whole trees, which takes half a millisecond of every run. */
export function removeLiveFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}
