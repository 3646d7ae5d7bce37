/** `import colophon` in a wrapped Python script: the module lies beside the program, and the script's path is made to lead to it. */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** At the end of the path: a module of this name beside the script, or on the user's own path, is the one that is imported. */
export function withPythonModule(env: NodeJS.ProcessEnv, entryFile: string): NodeJS.ProcessEnv {
  const folder = folderBeside(entryFile);
  const path = env.PYTHONPATH ?? "";
  if (folder === undefined || path.split(delimiter).includes(folder)) return env;
  return { ...env, PYTHONPATH: path === "" ? folder : `${path}${delimiter}${folder}` };
}

/** The program is mostly started through a link that stands on somebody's path. */
function folderBeside(entryFile: string): string | undefined {
  try {
    const folder = join(dirname(realpathSync(entryFile)), "..", "python");
    return existsSync(join(folder, "colophon.py")) ? folder : undefined;
  } catch {
    return undefined; // The command does not need it.
  }
}
