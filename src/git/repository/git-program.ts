/** Which Git is run: the first of PATH, by its absolute path. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { GitError } from "../../errors.js";

const found = new Map<string, string>();

/** Relative and empty entries of PATH are passed over: they would let the current folder decide what is run. */
export function findGitProgram(env: NodeJS.ProcessEnv): string {
  const path = env.PATH ?? "";
  const known = found.get(path);
  if (known !== undefined) return known;
  const program = path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, "git"))
    .find(isProgram);
  if (program === undefined) throw gitNotFound(path);
  found.set(path, program);
  return program;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function gitNotFound(path: string): GitError {
  return new GitError(
    "GIT_NOT_FOUND",
    `no program called git in any absolute folder of PATH (${path || "empty"})`,
    {
      hint: "Install Git 2.34 or newer, or put its folder into PATH.",
    },
  );
}
