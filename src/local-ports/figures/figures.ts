/** What recording and checking figures works with on this machine. */
import { resolve } from "node:path";
import { captureRuntimes } from "../../environment/runtimes.js";
import { changedFault } from "../../files/data-faults.js";
import { formatStamp, statFile } from "../../files/data-file.js";
import {
  findBytesInside,
  listInside,
  placeInside,
  removeInside,
  writeInside,
} from "../../files/figure-files.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { findHead, linesAgainstIgnoring } from "../../git/repository/head.js";
import type { FigurePorts, RunLink } from "../../operations/figures/ports.js";
import { openProject, type Project } from "../../store/project.js";
import { readDocument } from "../../store/read-document.js";
import { listRuns, pathOfRun } from "../../store/runs/recorded-runs.js";
import { readRows } from "../../tables/read-rows.js";
import { version } from "../../version.js";
import { now } from "../clock.js";
import { lockFigures } from "./figure-lock.js";
import { digestPorts } from "./known-inputs.js";

export interface LocalFigurePorts extends FigurePorts {
  readonly project: Project;
  /** What to add to `.gitignore` so that Git sees the figures; empty when it does, or without a repository. */
  readonly linesAgainstIgnoring: () => Promise<readonly string[]>;
}

export function figurePorts(directory: string, env: NodeJS.ProcessEnv): LocalFigurePorts {
  const project = openProject(resolve(directory), findRepositoryHint(resolve(directory)));
  const { root, artifacts, namespace, config } = project;
  return {
    project,
    artifacts,
    namespace,
    config: config.figures ?? {},
    now,
    version,
    node: process.versions.node,
    ...digestPorts(root),
    findBytes: (path) => findBytesInside(root, path),
    list: (folder) => listInside(root, folder),
    readRows: async (path, columns, onRow) => {
      const place = placeInside(root, path);
      const stamp = () => formatStamp(statFile(place, path).stamp);
      const before = stamp();
      await readRows(place, columns, onRow);
      if (stamp() !== before) throw changedFault(path, "it was replaced or written to");
    },
    findHead: () => findHead(root, env),
    findPython: async () => (await captureRuntimes(["python3"], root, env)).env.python,
    findRuns: (digests) => findRuns(project, digests),
    linesAgainstIgnoring: async () =>
      findRepositoryHint(root) === undefined ? [] : linesAgainstIgnoring(root, artifacts, env),
    exclusively: (work) => lockFigures(root, work),
    write: (path, text) => writeInside(root, path, text),
    remove: (path) => removeInside(root, path),
  };
}

/** A run that cannot be read made nothing that could be known. */
function findRuns(project: Project, digests: ReadonlySet<string>): RunLink[] {
  return listRuns(project).flatMap((id) => {
    const bytes = readDocument(project.root, `${pathOfRun(project, id)}/run_manifest.json`);
    const entries = "code" in bytes ? {} : artifactsIn(bytes, project.namespace);
    return Object.entries(entries)
      .map(([artifact, entry]) => ({ experiment_id: id, artifact, sha256: `sha256:${entry?.sha256}` }))
      .filter(({ sha256 }) => digests.has(sha256))
      .sort((a, b) => (a.artifact < b.artifact ? -1 : 1));
  });
}

function artifactsIn(
  bytes: Uint8Array,
  namespace: string,
): Readonly<Record<string, { readonly sha256?: string }>> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))[namespace]?.artifacts?.entries ?? {};
  } catch {
    return {};
  }
}
