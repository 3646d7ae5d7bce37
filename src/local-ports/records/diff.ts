/** What `colophon diff` and `diffRuns` work with. */
import { join } from "node:path";
import { GitError } from "../../errors.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { type DiffOptions, diffTrees, type TreeDiff } from "../../git/trees/diff-trees.js";
import { sha256 } from "../../manifest/digest.js";
import { isOwnPath } from "../../manifest/ids.js";
import type { Unreadable } from "../../operations/diff/code.js";
import type { DiffPorts } from "../../operations/diff/diff-runs.js";
import type { LoadComparedPorts } from "../../operations/diff/load-compared.js";
import type { LoadedRun } from "../../operations/records/load/loaded-run.js";
import { redactText } from "../../secrets/text.js";
import { visitMetrics } from "../../store/metrics/read-journals.js";
import { openProject } from "../../store/project.js";
import { readDocument } from "../../store/read-document.js";
import { readInFolder } from "../../store/runs/run-record.js";
import { pathWithin } from "../path-within.js";
import { recordPorts } from "./records.js";

/** How much of the code's difference is read: nothing but counts, what a screen holds, or all. */
export type HunkWish = "none" | "first" | "all";

const mostLines: Readonly<Record<HunkWish, number>> = { none: 0, first: 60, all: Number.POSITIVE_INFINITY };

/** Larger artifacts have a digest on record; of those that have none, only small ones are read. */
const largestDigested = 64 * 1024 * 1024;

export function comparedPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  namespace?: string,
  maximumBytes?: number,
): LoadComparedPorts {
  return {
    ...recordPorts(directory, env, namespace, maximumBytes),
    read: (path) => readDocument(directory, path, maximumBytes),
  };
}

/** `directory`: the current folder, whose repository is asked first; then those around the runs themselves. */
export function diffPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  runs: readonly LoadedRun[],
  hunks: HunkWish,
): DiffPorts {
  const places = [directory, ...runs.map(({ folder }) => folder)];
  const isLeftOut = ownPathsOf(places);
  const repositories = [...new Set(places.map(findRepositoryHint).filter((root) => root !== undefined))];
  return {
    isLeftOut,
    visitMetrics,
    redactText,
    diffTrees: (a, b) => firstAnswer(repositories, a, b, { env, isLeftOut, mostLines: mostLines[hunks] }),
    digestOf: ({ folder }, { path }) => {
      const bytes = readInFolder(folder, path, largestDigested);
      return bytes === null || "code" in bytes ? null : sha256(bytes);
    },
  };
}

/** The first repository that has both commits; where none has, what the first one lacks. */
async function firstAnswer(
  repositories: readonly string[],
  a: string,
  b: string,
  options: DiffOptions,
): Promise<TreeDiff | Unreadable | null> {
  let first: TreeDiff | Unreadable | null = null;
  for (const root of repositories) {
    const answer = await answerOf(root, a, b, options);
    if (answer.state === "compared") return answer;
    first ??= answer;
  }
  return first;
}

/** The rest of the comparison stands without Git. */
async function answerOf(
  root: string,
  a: string,
  b: string,
  options: DiffOptions,
): Promise<TreeDiff | Unreadable> {
  try {
    return await diffTrees(root, a, b, options);
  } catch (error) {
    if (error instanceof GitError) return { state: "unreadable", reason: error.message };
    throw error;
  }
}

/** Run folders and the artifacts root of the projects at these places, as Git names them. */
function ownPathsOf(places: readonly string[]): (path: string) => boolean {
  const projects = places.map((place) => openProject(place, findRepositoryHint(place)));
  const owns = projects.flatMap(({ root, records, artifacts }) => {
    const repository = findRepositoryHint(root);
    if (repository === undefined) return [];
    return [{ records: inGit(repository, root, records), artifacts: inGit(repository, root, artifacts) }];
  });
  return (path) =>
    owns.some(
      ({ records, artifacts }) =>
        isOwnPath(path, records) || path === artifacts || path.startsWith(`${artifacts}/`),
    );
}

function inGit(repository: string, root: string, path: string): string {
  const above = pathWithin(repository, root) ?? "";
  return join(above, path).replaceAll("\\", "/");
}
