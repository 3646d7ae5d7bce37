/** The catalog of a project's runs. What reads records is loaded where one has to be read. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Catalog } from "../../catalog/catalog.js";
import { createColumnarCatalog } from "../../catalog/columnar/columnar.js";
import { createDirectCatalog } from "../../catalog/direct.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { folderOfExperiment, isExperimentId } from "../../manifest/ids.js";
import type { RunSummary } from "../../operations/records/list/summarize-run.js";
import { configName, openProject, type Project } from "../../store/project.js";
import { openStateFolder } from "../../store/state-folder.js";
import { sourceDigest, version } from "../../version.js";
import { now } from "../clock.js";
import { catalogFolderOf } from "./append-line.js";
import type { ListSource } from "./run-source.js";

export interface CatalogRequest {
  /** Runs that are direct children of this folder; without it, those of the project. */
  readonly folder: string | undefined;
  readonly namespace: string | undefined;
  readonly maximumBytes: number | undefined;
  /** Whether to look at every run, whatever is remembered. */
  readonly isFresh: boolean;
  /** Hears how many records were read so far, and `null` when a question is answered. */
  readonly reading?: (done: number | null) => void;
}

export interface OpenCatalog {
  readonly catalog: Catalog<RunSummary>;
  readonly now: number;
  /** Runs without an end whose journals are too large to be read for a list, as far as was looked. */
  readonly notMeasured: () => readonly string[];
}

/** Of the project around the folder. What is read otherwise than usual is not remembered. */
export function openCatalog(directory: string, env: NodeJS.ProcessEnv, request: CatalogRequest): OpenCatalog {
  const project = openProject(directory, findRepositoryHint(directory));
  const records = join(project.root, project.records);
  const named = request.folder === undefined ? records : resolve(directory, request.folder);
  const isOfProject = named === records;
  const moment = now();
  let source: Promise<ListSource> | undefined;
  const openSource = () => {
    source ??= import("./run-source.js").then(({ openRunSource }) => {
      opened = openRunSource(directory, env, { ...request, folder: isOfProject ? undefined : named }, moment);
      return counted(opened, request.reading);
    });
    return source;
  };
  let opened: ListSource | undefined;
  const isUsual = request.namespace === undefined && request.maximumBytes === undefined && isOfProject;
  // With settings of their own in the way, the records would be read by these.
  const isPlain = isUsual && !existsSync(join(records, configName));
  const catalog = isPlain
    ? createColumnarCatalog(placeOf(project, records, request.isFresh), openSource)
    : createDirectCatalog(openSource);
  return {
    catalog: request.reading === undefined ? catalog : telling(catalog, request.reading),
    now: moment,
    notMeasured: () => opened?.notMeasured() ?? [],
  };
}

function counted(source: ListSource, reading: CatalogRequest["reading"]): ListSource {
  if (reading === undefined) return source;
  let done = 0;
  return {
    ...source,
    read: (id) => {
      done += 1;
      reading(done);
      return source.read(id);
    },
  };
}

/** The same, and says when each answer is there. */
function telling(catalog: Catalog<RunSummary>, reading: (done: null) => void): Catalog<RunSummary> {
  const told = <Answer>(answer: Promise<Answer>) => answer.finally(() => reading(null));
  return {
    listNewest: (request) => told(catalog.listNewest(request)),
    findRuns: (question) => told(catalog.findRuns(question)),
    listMetrics: (question) => told(catalog.listMetrics(question)),
  };
}

function placeOf(project: Project, records: string, isFresh: boolean) {
  return {
    folder: catalogFolderOf(project),
    prepare: () => void openStateFolder(project.root),
    records,
    folderOf: (id: string) => `${records}/${folderOfExperiment(id)}`,
    isRunId: isExperimentId,
    fingerprint: JSON.stringify([
      version,
      sourceDigest,
      project.namespace,
      records,
      process.getuid?.() ?? null,
    ]),
    watched: watchedFiles(project.root),
    isFresh,
  };
}

/** Git writes its index whenever it changes files of the work tree. */
function watchedFiles(root: string): string[] {
  const repository = findRepositoryHint(root);
  if (repository === undefined) return [];
  const folder = gitFolderOf(join(repository, ".git"));
  return ["index", "HEAD"].map((name) => join(folder, name));
}

/** In linked work trees and submodules, a file says where it is. */
function gitFolderOf(path: string): string {
  try {
    const [, folder] = /^gitdir: (.*)$/m.exec(readFileSync(path, "utf8")) ?? [];
    return folder === undefined ? path : resolve(path, "..", folder);
  } catch {
    return path;
  }
}
