/** Everything of a repository that a hook must leave alone, as one value to compare. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "./repository.js";

/** What is staged, what is stored away, where every ref stands, and the bytes of the work tree. */
export function stateOf({ root, git, call }: Repository): object {
  return {
    index: git("ls-files", "--stage", "-v"),
    stash: git("stash", "list"),
    refs: git("for-each-ref"),
    branch: git("branch", "--show-current"),
    // Fails on a branch without a commit.
    head: call("git", ["rev-parse", "--verify", "HEAD"]).stdout,
    files: bytesBelow(root, (name) => name === ".git"),
  };
}

/** Digests of all files below a folder, Git's own included. */
export function bytesBelow(folder: string, isLeftOut: (name: string) => boolean = () => false): object {
  const files: [string, string][] = [];
  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (isLeftOut(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) files.push([path, readlinkSync(join(folder, path))]);
      else
        files.push([
          path,
          createHash("sha256")
            .update(readFileSync(join(folder, path)))
            .digest("hex"),
        ]);
    }
  };
  walk("");
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
