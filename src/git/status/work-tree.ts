/** The work tree that a folder lies in. Says what is wrong where there is none. */
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

/** Absolute, without links. */
export interface WorkTree {
  readonly root: string;
  /** The Git folder that all linked work trees share. */
  readonly commonFolder: string;
}

/** Asks nothing about commits, so it serves before the first one too. */
export async function openWorkTree(directory: string, env: NodeJS.ProcessEnv): Promise<WorkTree> {
  const words = ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel"];
  const output = outputOf(await runGit(words, { directory, env }), env).toString();
  const end = output.indexOf("\n");
  return { commonFolder: output.slice(0, end), root: output.slice(end + 1).replace(/\n$/, "") };
}
