/** The chain behind a file, a content, a run or a metric, or what was made of it, over every run of the project, by content alone. */

import type { RecordedFigure } from "../rows/recorded-figure.js";
import { addFigure } from "./add-figure.js";
import { addMetric, type MetricPorts } from "./begin-at-metric.js";
import { type CheckRunPorts, runChecker } from "./check-run.js";
import { findPath } from "./find-path.js";
import { addLink, addNode, contentNode, emptyContent, newGraph, runNode } from "./graph.js";
import { indexFigures, type TraceFigurePorts } from "./index-figures.js";
import { indexRuns, type KnownRun, type RunIndex } from "./index-runs.js";
import { isBroken, isTroubled, type SamePath, type Trace, type TraceNode } from "./result.js";
import { type SearchPorts, searchLists } from "./search-lists.js";
import { readSubject, type Subject, type SubjectPorts } from "./subject.js";
import { type Step, type Walk, walkBack } from "./trace-back.js";
import { walkForward } from "./trace-forward.js";

export interface TracePorts extends SubjectPorts, SearchPorts, MetricPorts, CheckRunPorts, TraceFigurePorts {}

export interface TraceRequest {
  readonly word: string;
  readonly direction: "back" | "forward";
  /** Runs shown for one content, at most. */
  readonly limit: number;
}

export interface TraceObserver {
  readonly reading: (done: number, total: number) => void;
}

/** @throws UsageError for a word that can mean nothing, or several runs. */
export async function trace(
  request: TraceRequest,
  ports: TracePorts,
  observer: TraceObserver,
): Promise<Trace> {
  const figures = indexFigures(ports);
  const subject = await readSubject(request.word, ports, figures);
  const folders = foldersFor(subject, ports);
  const index = indexRuns(folders, ports, (done) => observer.reading(done, folders.length));
  const walk: Walk = {
    graph: newGraph(),
    index,
    figures,
    direction: request.direction,
    checker: runChecker(ports),
    limit: request.limit,
    seen: new Map(),
  };
  const start = await begin(subject, request, walk, ports);
  if (request.direction === "back") await walkBack(start.runs, walk);
  else {
    await walkForward(start.contents, start.contents.length === 0 ? start.runs : [], walk);
    await addFiguresMade(walk, ports);
  }
  const { nodes, links } = walk.graph;
  const isBad = links.some(isBroken) || [...nodes.values()].some(isTroubled);
  return {
    subject: request.word,
    root: start.root,
    direction: request.direction,
    verdict: start.root === null ? "not-known" : isBad ? "broken" : "holds",
    searched: { runs: index.runs.size, unreadable: index.unreadable, figures: figures.count },
    nodes: [...nodes.values()],
    links,
    same_path: start.samePath,
  };
}

/** A run may lie outside of the project. */
function foldersFor(subject: Subject, { ids, folderOf }: TracePorts): string[] {
  const own = ids().map(folderOf);
  return "folder" in subject && !own.includes(subject.folder) ? [...own, subject.folder] : own;
}

interface Start {
  /** `null` when no record knows it. */
  readonly root: string | null;
  readonly runs: readonly Step[];
  readonly contents: readonly string[];
  readonly samePath: readonly SamePath[];
}

async function begin(subject: Subject, request: TraceRequest, walk: Walk, ports: TracePorts): Promise<Start> {
  switch (subject.kind) {
    case "content":
      return findContent(subject.sha256, 0, walk, ports) ?? nowhere;
    case "file":
      return beginAtFile(subject, request.word, walk, ports);
    case "run":
      return beginAtRun(subject.folder, 0, walk) ?? nowhere;
    case "figure":
      return beginAtFigure(subject.figure, 0, walk, ports);
    default:
      return beginAtMetric(subject, walk, ports);
  }
}

const nowhere: Start = { root: null, runs: [], contents: [], samePath: [] };

/** In the manifests, and only then in lists, of which there are more. */
function findContent(sha256: string, depth: number, walk: Walk, ports: TracePorts): Start | null {
  searchUnknown(sha256, walk, ports);
  return beginAtContent(sha256, depth, walk);
}

function searchUnknown(sha256: string, { index }: Walk, ports: TracePorts): void {
  const isKnown = index.makersOf(sha256).length + index.readersOf(sha256).length > 0;
  if (!isKnown && sha256 !== emptyContent) searchLists(sha256, index, ports);
}

/** `null` when no run made it or read it. */
function beginAtContent(sha256: string, depth: number, walk: Walk): Start | null {
  const { graph, index, figures, limit, direction } = walk;
  const [makers, readers] = [index.makersOf(sha256), index.readersOf(sha256)];
  const drawn = sha256 === emptyContent ? [] : figures.madeFrom(sha256);
  if (makers.length + readers.length + drawn.length === 0) return null;
  const isEmpty = sha256 === emptyContent;
  const runs = [...new Map(makers.map(({ run }) => [run.id, run])).values()];
  const shown = isEmpty ? [] : runs.slice(0, limit);
  const name = (makers[0] ?? readers[0])?.name ?? null;
  const node = { ...contentNode(sha256, name, depth), omitted: runs.length - shown.length };
  const known = [
    ...(makers.length > 0 ? [] : [`no run made it; ${counted(readers.length, "run")} read it`]),
    ...(drawn.length > 0 && direction === "back" ? [`drawn in ${drawn.map(({ id }) => id).join(", ")}`] : []),
  ].join("; ");
  const root = addNode(graph, known === "" || isEmpty ? node : { ...node, detail: known });
  return { root, runs: shown.map((run) => ({ run, depth: depth + 1 })), contents: [sha256], samePath: [] };
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

async function beginAtFile(
  { path, sha256, reason }: Subject & { kind: "file" },
  shown: string,
  walk: Walk,
  ports: TracePorts,
): Promise<Start> {
  const { graph, index, figures } = walk;
  const known = sha256 === null ? null : findContent(sha256, 1, walk, ports);
  const root = `file:${path}`;
  const figure = figures.ownerOf(path, sha256);
  if (figure !== undefined) {
    addNode(graph, { id: root, kind: "file", label: shown, digest: sha256, detail: reason, depth: 0 });
    const start = await beginAtFigure(figure, 1, walk, ports);
    addLink(graph, root, "part-of", start.root as string);
    if (known !== null) addLink(graph, root, "has-content", known.root as string);
    return { ...start, root, runs: [...start.runs, ...(known?.runs ?? [])], contents: known?.contents ?? [] };
  }
  if (known !== null) {
    addNode(graph, { id: root, kind: "file", label: shown, digest: sha256, depth: 0 });
    addLink(graph, root, "has-content", known.root as string);
    return { ...known, root };
  }
  const owner = [...index.runs.values()].find(({ folder }) => path.startsWith(`${folder}/`));
  const samePath = findPath(path, index, ports).filter((found) => found.sha256 !== sha256);
  if (owner !== undefined && sha256 !== null && samePath.length === 0)
    return beginAtRun(owner.folder, 0, walk) ?? nowhere;
  addNode(graph, { id: root, kind: "file", label: shown, digest: sha256, detail: reason, depth: 0 });
  return { ...nowhere, samePath };
}

/** Its tables, and the runs that left them. Nothing is made of a figure. */
async function beginAtFigure(
  figure: RecordedFigure,
  depth: number,
  walk: Walk,
  ports: TracePorts,
): Promise<Start> {
  const { graph, index, limit } = walk;
  const root = `figure:${figure.id}`;
  const tables = await addFigure(figure, depth, graph, ports);
  const runs = tables.flatMap((sha256) => {
    const node = graph.nodes.get(`content:${sha256}`) as TraceNode;
    if (sha256 === emptyContent) return [];
    searchUnknown(sha256, walk, ports);
    const makers = [...new Map(index.makersOf(sha256).map(({ run }) => [run.id, run])).values()];
    const shown = makers.slice(0, limit);
    addNode(graph, { ...node, omitted: makers.length - shown.length });
    return shown.map((run) => ({ run, depth: node.depth + 1 }));
  });
  return { root, runs, contents: [], samePath: [] };
}

/** Every figure that was made from a content that was met. */
async function addFiguresMade({ graph, figures }: Walk, ports: TracePorts): Promise<void> {
  for (const { kind, digest, depth } of [...graph.nodes.values()]) {
    if (kind !== "content" || digest === null || digest === emptyContent) continue;
    for (const figure of figures.madeFrom(digest)) {
      if (graph.nodes.has(`figure:${figure.id}`)) continue;
      await addFigure(figure, depth + 1, graph, ports, { from: digest });
    }
  }
}

function beginAtRun(folder: string, depth: number, { graph, index }: Walk): Start | null {
  const run = runAt(folder, index);
  if (run === undefined) return null;
  return { root: addNode(graph, runNode(run, depth)), runs: [{ run, depth }], contents: [], samePath: [] };
}

function runAt(folder: string, { runs }: RunIndex): KnownRun | undefined {
  return [...runs.values()].find((run) => run.folder === folder);
}

async function beginAtMetric(
  { folder, metric, step }: Subject & { kind: "metric" },
  walk: Walk,
  ports: TracePorts,
): Promise<Start> {
  const run = runAt(folder, walk.index);
  if (run === undefined) return nowhere;
  const root = await addMetric(run, { metric, step }, walk.graph, ports);
  return { root, runs: [{ run, depth: 1 }], contents: [], samePath: [] };
}
