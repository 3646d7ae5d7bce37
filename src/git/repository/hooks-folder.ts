/** Where Git looks for hooks. Not on the way to a run, so simple-git serves. */
import { simpleGit } from "simple-git";
import { hardenedEnvironment } from "../git-environment.js";
import { findGitProgram } from "./git-program.js";

export interface HooksFolder {
  /** Absolute; may not exist yet. */
  readonly path: string;
  /** Whether core.hooksPath names it: husky, lefthook and shared folders do. */
  readonly configured: boolean;
}

export async function hooksFolder(root: string, env: NodeJS.ProcessEnv): Promise<HooksFolder> {
  const variables = configurationVariables(env);
  const git = simpleGit({
    baseDir: root,
    binary: findGitProgram(env),
    allowEnvironment: Object.keys(variables),
    // simple-git guards against words of strangers; these come from PATH and the user's own environment.
    unsafe: { allowUnsafeCustomBinary: true, allowUnsafeConfigPaths: true },
  }).env(variables);
  const path = await git.revparse(["--path-format=absolute", "--git-path", "hooks"]);
  const { value } = await git.getConfig("core.hooksPath");
  return { path, configured: value !== null };
}

/** All that decides where the folder is. Names of programs, such as EDITOR, would make simple-git refuse. */
function configurationVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = /^(?:PATH|HOME|XDG_CONFIG_HOME|LC_ALL|GIT_(?!EXEC_PATH).*)$/;
  return Object.fromEntries(
    Object.entries(hardenedEnvironment(env)).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
