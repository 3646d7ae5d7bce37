/**
 * Runs the commands of a run's stages one after the other, and puts each stage on record as it ends. Rejects only when the first
 * command cannot be started: from then on, what the record suffers is no reason to disturb the commands.
 */
import { type RunManifest, type Stage, withStage } from "../../../kinds/run/run.js";
import type { CommandEnd, CommandRequest, RunningCommand } from "../../../process/command.js";
import type { Redactions } from "../../../secrets/redactions.js";
import {
  type ArtifactPorts,
  type CollectedArtifacts,
  collectArtifacts,
  nothingCollected,
  pathsOf,
  together,
} from "../collect-artifacts.js";
import { failureOf, interruptionOf, joinEnds, logArtifacts } from "../command-ends.js";
import { type PublishRunPorts, publishRun } from "../publish-run.js";
import type { BegunRun, ExecutedRun } from "../run-request.js";
import type { PlannedStage } from "./plan-stages.js";
import { stageMessage } from "./stage-message.js";
import { runningStage, skippedStage, stage } from "./stage-records.js";

export interface ExecutePorts extends PublishRunPorts, ArtifactPorts {
  readonly now: () => number;
  readonly env: NodeJS.ProcessEnv;
  /** Starts the command with its output on the way to `logs`, a folder below the run's. */
  readonly startCommand: (begun: BegunRun, command: CommandRequest, logs: string) => Promise<RunningCommand>;
  readonly mergeRedactions: (...all: readonly Redactions[]) => Redactions;
  readonly resolveInProject: (begun: BegunRun, path: string) => string;
}

export type StageObserver = (stage: Stage) => void;

export async function executeStages(
  begun: BegunRun,
  ports: ExecutePorts,
  observe: StageObserver,
): Promise<ExecutedRun> {
  const { pipeline, stages } = begun.prepared.plan;
  const ends: CommandEnd[] = [];
  let run = begun.run;
  let collected = nothingCollected;
  let failure: string | null = null;
  const startedAt = ports.now();
  const put = (stage: Stage) => {
    const message = stage.message === null ? null : stageMessage(stage.message, ports.redactText);
    const record = { ...stage, message };
    run = withStage(run, record, pipeline);
    observe(record);
  };
  for (const planned of stages) {
    const { name, skip } = planned;
    if (skip !== null) {
      // Those before the first command are on record already.
      const recorded = run.stages.find((stage) => stage.name === name);
      if (recorded === undefined) put(skippedStage(name, ports.now(), skip));
      else observe(recorded);
      continue;
    }
    failure = interruptionOf(ends.at(-1));
    if (failure !== null) {
      put(stage(name, "failed", ports.now(), ports.now(), {}, failure));
      break;
    }
    // The first one is on record already. With each later one, how the one before it ended is written too.
    const recorded = run.stages.find((stage) => stage.name === name);
    if (recorded !== undefined) observe(recorded);
    else {
      put(runningStage(name, ports.now()));
      publishIfPossible(run, begun, ports);
    }
    const executed = await executeStage(begun, planned, ends.length === 0, ports);
    if (executed.end !== null) ends.push(executed.end);
    collected = together(collected, executed.kept);
    failure = executed.record.message;
    put(executed.record);
    if (failure !== null) break;
  }
  const end = joinEnds(ends, ports.mergeRedactions);
  return { run, end, failure, collected, startedAt, endedAt: ports.now() };
}

/** What cannot be written now, the next write holds too; the last one says what is missing. */
function publishIfPossible(run: RunManifest, { folder, prepared }: BegunRun, ports: ExecutePorts): void {
  try {
    publishRun(run, folder, prepared.project.namespace, ports);
  } catch {}
}

interface ExecutedStage {
  /** `null` when the command could not be started. */
  readonly end: CommandEnd | null;
  readonly kept: CollectedArtifacts;
  readonly record: Stage;
}

async function executeStage(
  begun: BegunRun,
  planned: PlannedStage,
  isFirst: boolean,
  ports: ExecutePorts,
): Promise<ExecutedStage> {
  const logs = logsOf(begun, planned);
  const from = ports.now();
  const starting = ports.startCommand(begun, commandOf(begun, planned, ports), logs);
  const running = await (isFirst ? starting : starting.catch(messageOf));
  if (typeof running === "string") {
    const message = `could not be started: ${running}`;
    const record = stage(planned.name, "failed", from, ports.now(), {}, message);
    return { end: null, kept: nothingCollected, record };
  }
  const end = await running.ended;
  const to = from + Math.round(end.elapsedSeconds * 1000);
  const kept = await collectArtifacts(begun.folder, artifactRequests(begun, planned, ports), ports);
  const failure = failureOf(end) ?? missingFailure(begun, kept);
  const artifacts = { ...logArtifacts(end, logs), ...pathsOf(kept) };
  return {
    end,
    kept,
    record: stage(planned.name, failure === null ? "completed" : "failed", from, to, artifacts, failure),
  };
}

/** A run of one command has its logs directly in `logs/`, each stage of a pipeline in a folder of its own. */
function logsOf({ prepared: { plan } }: BegunRun, { name }: PlannedStage): string {
  return plan.pipeline.name === "command" ? "logs" : `logs/${name}`;
}

/** The user's own environment, and the names by which the command can find its run. */
function commandOf(
  { prepared: { request, project, plan }, folder }: BegunRun,
  { argv, name }: PlannedStage,
  { env }: ExecutePorts,
): CommandRequest {
  const isPipeline = plan.pipeline.name !== "command";
  return {
    argv,
    // What colophon.json says is meant from where it lies.
    cwd: isPipeline ? project.root : request.directory,
    env: {
      ...env,
      COLOPHON_RUN_ID: folder.id,
      COLOPHON_RUN_DIR: folder.path,
      COLOPHON_METRICS: `${folder.path}/metrics.jsonl`,
      ...(isPipeline && { COLOPHON_STAGE: name }),
    },
    forward: request.forward,
    killAfterSeconds: request.killAfterSeconds,
  };
}

function artifactRequests(begun: BegunRun, { artifacts }: PlannedStage, { resolveInProject }: ExecutePorts) {
  const { artifactMode: mode, artifactMaximumBytes: maximumBytes } = begun.prepared.request;
  return Object.entries(artifacts).map(([name, shown]) => ({
    name,
    shown,
    source: resolveInProject(begun, shown),
    mode,
    maximumBytes,
  }));
}

function missingFailure({ prepared: { plan } }: BegunRun, { missing }: CollectedArtifacts): string | null {
  const required = missing.filter(({ name }) => plan.pipeline.required_to_complete.includes(name));
  return required.length === 0
    ? null
    : required.map(({ name, reason }) => `artifact ${name}: ${reason}`).join("; ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
