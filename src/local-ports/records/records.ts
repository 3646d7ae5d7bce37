/** What commands and the API work with that read recorded runs back. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LifecycleError } from "../../errors.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { summarizedMetrics } from "../../operations/metrics/read-summary.js";
import { type FindRunPorts, findRun } from "../../operations/records/find-run.js";
import { type ListedRun, listRuns } from "../../operations/records/list/list-runs.js";
import { type LoadPorts, loadRun } from "../../operations/records/load/load-run.js";
import type { LoadedRecord, LoadedRun } from "../../operations/records/load/loaded-run.js";
import type { QueriedMetric } from "../../query/queried-run.js";
import { redactMembers } from "../../secrets/values.js";
import { openProject, type Project } from "../../store/project.js";
import { isUntrackedInRunFolder } from "../../store/records-ignore.js";
import { listRuns as listIds, pathOfRun } from "../../store/runs/recorded-runs.js";
import {
  findRecord,
  listRunFolders,
  listRunLinks,
  probeAllInside,
  type RunLink,
  readInFolder,
} from "../../store/runs/run-record.js";
import { now } from "../clock.js";
import { captureHere } from "../here.js";

/** Relative paths are the current folder's. */
export function loadRunAt(path: string, namespace?: string): LoadedRun {
  return loadRun(resolve(path), loadPorts(process.env, namespace));
}

/** Direct children of a folder, newest first. */
export function listRunsAt(folder: string, namespace?: string): ListedRun<LoadedRun>[] {
  const ports = loadPorts(process.env, namespace);
  const place = resolve(folder);
  return listRuns(runFoldersIn(place), listRunLinks(place), (each) => loadRun(each, ports));
}

export interface RecordPorts extends FindRunPorts {
  readonly project: Project;
  readonly now: () => number;
  /** By id, its beginning or end, or the path of a folder or `run_manifest.json`. @throws UsageError, LifecycleError */
  readonly load: (word: string) => LoadedRun;
  readonly loading: LoadPorts;
  /** Absolute paths of the runs in the project, or of the direct children of another folder that are runs. */
  readonly folders: (folder?: string) => readonly string[];
  /** By name, from the summary that a run leaves. */
  readonly metricsOf: (record: LoadedRecord) => Readonly<Record<string, QueriedMetric>>;
  /** Links that stand in the place of runs there. */
  readonly links: (folder?: string) => readonly RunLink[];
}

/** `namespace`: the extension key of the runs; without it, that of the project around each. */
export function recordPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  namespace?: string,
  maximumBytes?: number,
): RecordPorts {
  const project = openProject(directory, findRepositoryHint(directory));
  const loading = { ...loadPorts(env, namespace), maximumBytes };
  const finding: FindRunPorts = {
    ids: () => listIds(project),
    folderOf: (id) => join(project.root, pathOfRun(project, id)),
    resolvePath: (path) => resolve(directory, path),
    findRecord,
  };
  const records = join(project.root, project.records);
  /** `undefined` for all months of the project. */
  const placeOf = (folder?: string) => {
    const named = folder === undefined ? records : resolve(directory, folder);
    return named === records ? undefined : named;
  };
  return {
    ...finding,
    project,
    now,
    loading,
    metricsOf: ({ folder }) => summarizedMetrics(readInFolder(folder, summaryPath, mostSummary)),
    load: (word) => loadRun(findRun(word, finding), loading),
    folders: (folder) => {
      const place = placeOf(folder);
      return place === undefined ? finding.ids().map(finding.folderOf) : runFoldersIn(place);
    },
    links: (folder) => {
      const place = placeOf(folder);
      return place === undefined ? monthsIn(records).flatMap(listRunLinks) : listRunLinks(place);
    },
  };
}

const summaryPath = "00_run_metadata/metrics_summary.json";
/** Ten thousand metrics are in it at most. */
const mostSummary = 32 * 1024 * 1024;

function monthsIn(records: string): string[] {
  if (!statSync(records, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(records, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[0-9]{4}-[0-9]{2}$/.test(entry.name))
    .map(({ name }) => join(records, name));
}

function runFoldersIn(folder: string): string[] {
  try {
    return listRunFolders(folder).map((name) => join(folder, name));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such folder" : message;
    throw new LifecycleError("RUNS_UNREADABLE", `${folder} cannot be listed: ${reason}`, {
      hint: "Name a folder whose direct children are runs, such as records/2026-11, or compare a field: metrics.loss < 0.3",
      cause,
    });
  }
}

export function loadPorts(env: NodeJS.ProcessEnv, namespace?: string): LoadPorts {
  const known = new Map<string, string>();
  return {
    findRecord,
    readFile: readInFolder,
    probeAll: probeAllInside,
    isUntracked: isUntrackedInRunFolder,
    inRepository: (folder) => findRepositoryHint(folder) !== undefined,
    // Runs lie side by side, so their project is looked for once a month.
    namespaceOf: (folder) => {
      const above = dirname(folder);
      const found = namespace ?? known.get(above) ?? openProject(above).namespace;
      known.set(above, found);
      return found;
    },
    here: captureHere(env),
    redactMembers,
  };
}
