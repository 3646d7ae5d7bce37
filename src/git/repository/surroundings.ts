/** What lies around the current folder: a superproject, and whether the repository ignores the folder. Most often nobody is asked. */
import { basename, dirname, relative } from "node:path";
import type { Source } from "../../generated/types.js";
import { type GitCall, runGit } from "../run-git.js";
import { findRepositoryHint } from "./find-repository.js";

export interface Surroundings {
  readonly superproject: Source["superproject"];
  readonly directoryIgnored: boolean;
}

/** `hint`: the folder with the `.git` entry. */
export async function captureSurroundings(call: GitCall, hint: string): Promise<Surroundings> {
  const [superproject, directoryIgnored] = await Promise.all([
    findSuperproject(call, hint),
    isIgnored(call, hint),
  ]);
  return { superproject, directoryIgnored };
}

/** Never remembered: the superproject's HEAD moves without a trace in the submodule. */
async function findSuperproject(call: GitCall, hint: string): Promise<Source["superproject"]> {
  const parent = dirname(hint);
  if (parent === hint || findRepositoryHint(parent) === undefined) return null;
  const shown = await runGit(["rev-parse", "--show-superproject-working-tree"], { ...call, directory: hint });
  const root = shown.stdout.toString().replace(/\n$/, "");
  if (root === "") return null;
  const head = await runGit(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], {
    ...call,
    directory: root,
  });
  const sha = head.stdout.toString().trim();
  return { sha: sha === "" ? null : sha, path: relative(root, hint) };
}

/** A home folder kept in Git with a few exceptions encloses every project below it without being their repository. */
async function isIgnored(call: GitCall, hint: string): Promise<boolean> {
  const { directory } = call;
  if (directory === hint) return false;
  // check-ignore refuses to take paths literally; after `./` there is nothing else to take them for.
  const asked = ["--no-literal-pathspecs", "check-ignore", "--quiet", "--", `./${basename(directory)}`];
  const { status } = await runGit(asked, { ...call, directory: dirname(directory) });
  return status === 0;
}
