/** `.colophon/`: caches and live state of a project. Git does not see it, and it may be deleted at any time. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const name = ".colophon";

export function stateFolderOf(root: string): string {
  return join(root, name);
}

/** Makes the folder ignore itself, so that no file of the user's needs a line for it. */
export function openStateFolder(root: string): string {
  const folder = stateFolderOf(root);
  const ignore = join(folder, ".gitignore");
  if (!existsSync(ignore)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(ignore, "*\n");
  }
  return folder;
}

/** A private folder for what lives only as long as one run: 0700, since the command's output passes through it. */
export function openLiveFolder(root: string, key: string): string {
  const folder = join(openStateFolder(root), "live", key);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function removeLiveFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
