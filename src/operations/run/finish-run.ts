/** Completes the record after the last command has ended. Nothing here may change how that command ended. */

import type { Finding } from "../../errors.js";
import type { ObservedFiles } from "../../generated/types.js";
import type { LeftOutDigest } from "../../git/snapshot/digest-left-out.js";
import type { Extensions } from "../../kinds/experiment.js";
import { endRunManifest, type RunManifest, withArtifacts, withStage } from "../../kinds/run/run.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { Project } from "../../store/project.js";
import type { KeptArtifact } from "../../store/runs/artifacts.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import {
  type ArtifactPorts,
  type CollectedArtifacts,
  collectArtifacts,
  pathsOf,
  together,
} from "./collect-artifacts.js";
import { type CollectedReports, collectReports, type ReportsPorts } from "./collect-reports.js";
import { resultOf } from "./command-ends.js";
import { wroteIn } from "./observed/evidence.js";
import { type PublishRunPorts, publishRun } from "./publish-run.js";
import type { CodePorts } from "./record-code.js";
import { type FiguresPorts, figureFacts, recordFigures } from "./record-figures.js";
import { keyOfRun } from "./run-key.js";
import type { BegunRun, EndedRun, ExecutedRun } from "./run-request.js";
import { stage } from "./stages/stage-records.js";
import { type MetricsPorts, summarizeMetrics } from "./summarize-metrics.js";

export interface SlowFacts {
  readonly not_gathered: readonly { readonly what: string; readonly reason: string }[];
}

export interface FinishPorts
  extends PublishRunPorts,
    ArtifactPorts,
    MetricsPorts,
    ReportsPorts,
    FiguresPorts,
    Pick<CodePorts, "observeDrift"> {
  readonly now: () => number;
  readonly resolve: (path: string) => string;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
  /** What the commands were seen to open; `null` where they were not to be observed, or nothing can be told. Never rejects. */
  readonly readObserved: (begun: BegunRun) => Promise<ObservedFiles | null>;
  readonly writeSums: (folder: RunFolder) => Promise<void>;
  /** By what equal runs are found; best effort. */
  readonly rememberRun: (project: Project, id: string, key: string | null) => void;
  /** What was seen of the commands while they ran, as entries under the extension key. */
  readonly besideCommands?: () => Extensions;
  /** Of logs and other files that were written into the run folder; by path relative to it. */
  readonly digestInRun: (folder: RunFolder, path: string) => Promise<KeptArtifact>;
}

/** What is gathered while the commands run; both settle within two seconds of the end of the last one. */
export interface GatheredBeside {
  readonly environment: Promise<SlowFacts & object>;
  readonly leftOut: Promise<readonly LeftOutDigest[]>;
}

/** `ofRun` are artifacts, kept already, that belong to no stage before the last. */
export async function finishRun(
  begun: BegunRun,
  executed: ExecutedRun,
  { environment, leftOut }: GatheredBeside,
  ports: FinishPorts,
  ofRun: Readonly<Record<string, string>> = {},
): Promise<EndedRun> {
  const { folder, prepared } = begun;
  const { namespace } = prepared.project;
  const observed = await ports.readObserved(begun);
  if (observed !== null) ports.writeFact(folder, "observed.json", observed);
  const wrote = wroteIn(observed);
  const observing = leftOut.then((digests) => ports.observeDrift(begun, executed, digests, wrote));
  const facts = await environment;
  const environmentPath = ports.writeFact(folder, "environment.json", facts);
  const metrics = await summarizeMetrics(folder, ports);
  const {
    run: collectedRun,
    collected,
    unreadReports,
  } = await collect(begun, executed, { environment: environmentPath, ...metrics.facts, ...ofRun }, ports);
  // The figures are ours, and no drift.
  const drift = await observing;
  const figures = await recordFigures(begun, collected.entries, ports);
  const run = endRunManifest(collectedRun, {
    status: executed.failure === null ? "completed" : "failed",
    finishedAt: formatUtc(Math.max(prepared.startedAt, ports.now())),
    namespace,
    extensions: {
      drift,
      ...(executed.end !== null && { result: resultOf(executed.end) }),
      ...(await artifactFacts(begun, executed, collectedRun, collected, ports)),
      ...failureFacts(collectedRun, executed.failure),
      ...figureFacts(figures),
      ...ports.besideCommands?.(),
    },
  });
  publishRun(run, folder, namespace, ports);
  await ports.writeSums(folder);
  const key = run.status === "completed" ? keyOfRun(begun.manifest, namespace) : null;
  ports.rememberRun(prepared.project, folder.id, key);
  return {
    begun,
    end: executed.end,
    run,
    drift,
    collected,
    observed,
    metrics: metrics.summary,
    figures,
    notGathered: facts.not_gathered,
    unreadReports,
  };
}

/**
 * The last stage is ours, and there only when all before it are. What a run that did not come so far leaves is kept all the same, as an
 * artifact of the stage at which it ended.
 */
async function collect(
  begun: BegunRun,
  { run, collected, endedAt }: ExecutedRun,
  own: Readonly<Record<string, string>>,
  ports: FinishPorts,
): Promise<{ run: RunManifest; collected: CollectedArtifacts; unreadReports: readonly Finding[] }> {
  const { pipeline } = begun.prepared.plan;
  const name = pipeline.stages.at(-1)?.name ?? "";
  const isReached = run.stages.length === pipeline.stages.length - 1;
  const reports = collectReports(begun.folder, takenNames(begun, run, collected, own), ports);
  const kept = await collectArtifacts(begun.folder, namedArtifacts(begun, reports, ports), ports);
  const all = together(collected, kept, reports.refused);
  const unreadReports = reports.findings;
  if (!isReached || !ownLastStages.has(name))
    return { run: withArtifacts(run, pathsOf(kept), pipeline), collected: all, unreadReports };
  const artifacts = { ...own, ...reports.facts, ...pathsOf(kept) };
  const record = stage(name, "completed", endedAt, ports.now(), artifacts);
  return { run: withStage(run, record, pipeline), collected: all, unreadReports };
}

/** A pipeline that is not of our making may end with a stage of its own. */
const ownLastStages: ReadonlySet<string> = new Set(["30_collect", "99_collect"]);

function namedArtifacts(
  { prepared: { request } }: BegunRun,
  reports: CollectedReports,
  { resolve }: FinishPorts,
) {
  const { artifacts, artifactMode: mode, artifactMaximumBytes: maximumBytes } = request;
  return [...artifacts, ...reports.artifacts].map(({ name, path }) => ({
    name,
    shown: path,
    source: resolve(path),
    mode,
    maximumBytes,
  }));
}

/** Names that artifacts of the run have, or are to have. */
function takenNames(
  { prepared: { request } }: BegunRun,
  { stages }: RunManifest,
  { missing }: CollectedArtifacts,
  own: Readonly<Record<string, string>>,
): string[] {
  return [
    ...stages.flatMap(({ artifacts }) => Object.keys(artifacts)),
    ...[...request.artifacts, ...missing].map(({ name }) => name),
    ...Object.keys(own),
  ];
}

/** Digests of what Git leaves out, so that a clone knows what it does not have. */
async function artifactFacts(
  { folder }: BegunRun,
  { end }: ExecutedRun,
  run: RunManifest,
  { entries, missing }: CollectedArtifacts,
  { digestInRun }: FinishPorts,
): Promise<object> {
  const streams = end === null ? [] : [end.logs.stdout, end.logs.stderr];
  const whole = streams.every(({ kept, complete }) => complete || !kept);
  const logs: Record<string, KeptArtifact> = {};
  for (const { artifacts } of whole ? run.stages : []) {
    for (const [name, path] of Object.entries(artifacts)) {
      if (path.startsWith("logs/")) logs[name] = await digestInRun(folder, path);
    }
  }
  const all = { ...logs, ...entries };
  if (Object.keys(all).length + missing.length === 0) return {};
  return { artifacts: { artifacts_version: 1, entries: all, missing } };
}

/** Why a run failed, where no stage is to blame. */
export function failureFacts({ stages }: RunManifest, failure: string | null): object {
  const isSaid = stages.some(({ status }) => status === "failed");
  return failure === null || isSaid ? {} : { failure: { failure_version: 1, message: failure } };
}
