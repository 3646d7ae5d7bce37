/** What `colophon init` works with. */
import { join, relative } from "node:path";
import { writeAtomic } from "../../files/write-atomic.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import type { InitProjectPorts } from "../../operations/init-project.js";
import { configName, defaultRecords, openProject } from "../../store/project.js";
import { ensureRecordsIgnore } from "../../store/records-ignore.js";

export async function initPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<InitProjectPorts & { readonly root: string }> {
  const { root } = await openWorkTree(directory, env);
  // Settings above the repository are those of another project: records belong into this one's history.
  const nearest = openProject(directory, root);
  const isHere = !relative(root, nearest.root).startsWith("..");
  const project = isHere ? nearest : { root, records: defaultRecords, configFile: undefined };
  return {
    root,
    records: project.records,
    findSettings: () => project.configFile,
    writeSettings: (text) => {
      const file = join(root, configName);
      writeAtomic(file, text);
      return file;
    },
    ensureRecordsIgnore: () => ensureRecordsIgnore(project),
  };
}
