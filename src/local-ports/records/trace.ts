/** What `colophon trace` works with. */
import type { TracePorts } from "../../operations/trace/trace.js";
import { visitMetrics } from "../../store/metrics/read-journals.js";
import { figurePorts } from "../figures/figures.js";
import { foldersOf } from "../own-folders.js";
import { pathWithin, realPathOf, realPathWithin } from "../path-within.js";
import { recordPorts } from "./records.js";
import { type VerifyOptions, verifyPorts } from "./verify.js";

/** What is read of files is remembered when `remember` says so. */
export function tracePorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  options: VerifyOptions = {},
): TracePorts & { readonly remember: () => void } {
  const { ids, folderOf, resolvePath, findRecord, project } = recordPorts(directory, env, options.namespace);
  const { root, moving } = foldersOf(project);
  const verifying = verifyPorts(directory, env, options);
  const figures = figurePorts(directory, env);
  return {
    ...verifying,
    figures: { ...figures, digestTable: once(figures.digestTable) },
    pathInProject: (path) => pathWithin(figures.project.root, path),
    ids,
    folderOf,
    resolvePath,
    findRecord,
    holdsProject: (path) => {
      const real = realPathOf(path);
      return [root, ...moving].some((place) => realPathWithin(real, place) !== undefined);
    },
    visitMetrics,
    remember: () => verifying.remember({ atLast: true }),
  };
}

/** Figures share their tables. */
function once<T>(ask: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const answer = known.get(path) ?? ask(path);
    known.set(path, answer);
    return answer;
  };
}
