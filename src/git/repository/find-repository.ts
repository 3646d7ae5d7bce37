/** Guesses at the repository's root without asking Git. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder with a `.git` entry. Good enough to say where a cache lies; what the repository is, only Git knows. */
export function findRepositoryHint(directory: string): string | undefined {
  let folder = directory;
  while (!existsSync(join(folder, ".git"))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}
