/** What `colophon rm` works with. */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { runGit } from "../../git/run-git.js";
import { discardSnapshot } from "../../git/snapshot/discard-snapshot.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import { findInGit } from "../../git/trees/committed.js";
import { loadRecord } from "../../operations/records/load/load-run.js";
import type { EmptyPorts, RemovePorts, RestorePorts } from "../../operations/trash/remove-runs.js";
import type { Project } from "../../store/project.js";
import { pathOfRun } from "../../store/runs/recorded-runs.js";
import { listTrash, moveBack, moveToTrash, removeFromTrash } from "../../store/runs/trash.js";
import { recordPorts } from "./records.js";

export async function rmPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<RemovePorts & RestorePorts & EmptyPorts> {
  const { project, loading, ids, folderOf, now } = recordPorts(directory, env);
  const { root } = await openWorkTree(project.root, env);
  // Git counts paths from the work tree's root, which may lie above the project's.
  const above = relative(root, realpathSync(project.root)).split(sep).join("/");
  return {
    now,
    ids,
    pathOfRun: (id) => pathOfRun(project, id),
    load: (id) => loadRecord(folderOf(id), loading),
    findInGit: (path) => findInGit(root, above === "" ? path : `${above}/${path}`, env),
    referrers: () => referrers(project, ids()),
    moveToTrash: (run) => moveToTrash(project, run),
    trash: () => listTrash(project),
    isThere: (path) => lstatSync(join(project.root, path), { throwIfNoEntry: false }) !== undefined,
    moveBack: (run) => moveBack(project, run),
    removeFromTrash: (run) => removeFromTrash(project, run),
    discardSnapshot: async (snapshot) => {
      const call = { directory: root, env };
      const { status } = await runGit(["show-ref", "--verify", "--quiet", snapshot.ref], call);
      if (status === 0) await discardSnapshot(root, snapshot, env);
    },
  };
}

/** Whatever cannot be read names nothing. */
function* referrers(
  project: Project,
  ids: readonly string[],
): ReturnType<RemovePorts["referrers"]> & Generator {
  for (const run of ids) {
    const path = `${pathOfRun(project, run)}/manifest.json`;
    yield { path, run, text: textOf(join(project.root, path)) };
  }
  const folder = join(project.root, project.artifacts);
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/(^|[/\\.])manifest\.json$/.test(entry)) continue;
    yield {
      path: `${project.artifacts}/${entry.split(sep).join("/")}`,
      run: null,
      text: textOf(join(folder, entry)),
    };
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
