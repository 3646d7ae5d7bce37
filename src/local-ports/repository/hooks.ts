/** What `colophon hooks` works with. */
import { hooksFolder } from "../../git/repository/hooks-folder.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import type { InstallHooksPorts } from "../../operations/hooks/install-hooks.js";
import type { UninstallHooksPorts } from "../../operations/hooks/uninstall-hooks.js";
import {
  forgetProgram,
  noteProgram,
  readHookScene,
  readShippedHook,
  removeHookFile,
  writeHookFile,
} from "../../store/hook-files.js";

export async function hooksPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<InstallHooksPorts & UninstallHooksPorts & { readonly root: string }> {
  const { root, commonFolder } = await openWorkTree(directory, env);
  const hooks = await hooksFolder(root, env);
  const program = process.argv[1] as string;
  return {
    root,
    scene: () => readHookScene({ root, commonFolder, hooks }),
    shippedHook: () => readShippedHook(program),
    write: writeHookFile,
    remove: removeHookFile,
    noteProgram: () => noteProgram(commonFolder, process.execPath, program),
    forgetProgram: () => forgetProgram(commonFolder),
  };
}
