/** Completes the record after the command has ended. Nothing here may change how the command ended. */
import { commandPipeline } from "../kinds/pipeline.js";
import { endRunManifest, type RunManifest, withStage } from "../kinds/run.js";
import { defaultRules, kinds } from "../kinds/table.js";
import { formatUtc } from "../manifest/timestamps.js";
import type { CommandEnd } from "../process/command.js";
import type { RunFolder } from "../store/run-folder.js";
import { stage } from "./begin-run.js";
import { type PublishPorts, publishDocument } from "./publish-document.js";
import type { BegunRun, EndedRun } from "./run-request.js";

export interface SlowFacts {
  readonly not_gathered: readonly { readonly what: string; readonly reason: string }[];
}

export interface FinishPorts extends PublishPorts {
  readonly now: () => number;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
  readonly writeSums: (folder: RunFolder) => void;
  readonly pathIn: (folder: RunFolder, name: string) => string;
}

/** `environment` settles within two seconds of the command's end, with what was gathered by then. */
export async function finishRun(
  begun: BegunRun,
  executedFrom: number,
  end: CommandEnd,
  environment: Promise<SlowFacts & object>,
  ports: FinishPorts,
): Promise<EndedRun> {
  const { folder, prepared } = begun;
  const executedTo = ports.now();
  const failure = failureOf(end);
  const logs = logArtifacts(end);
  const executed = stage(
    "20_execute",
    failure === null ? "completed" : "failed",
    executedFrom,
    executedTo,
    logs,
    failure,
  );
  const facts = await environment;
  const collected = stage("30_collect", "completed", executedTo, ports.now(), {
    environment: ports.writeFact(folder, "environment.json", facts),
  });
  const run = endRunManifest(
    withStage(withStage(begun.run, executed, commandPipeline), collected, commandPipeline),
    {
      status: failure === null ? "completed" : "failed",
      finishedAt: formatUtc(Math.max(prepared.startedAt, ports.now())),
      namespace: prepared.project.namespace,
      extensions: { result: resultOf(end) },
    },
  );
  publishRun(run, begun, ports);
  ports.writeSums(folder);
  return { begun, end, run, notGathered: facts.not_gathered };
}

function publishRun(
  run: RunManifest,
  { folder, prepared }: BegunRun,
  ports: Pick<FinishPorts, "pathIn"> & PublishPorts,
): void {
  const profile = run.status === "completed" ? "complete" : "load";
  const rules = defaultRules({ namespace: prepared.project.namespace, profile });
  publishDocument(run, kinds.run, ports.pathIn(folder, kinds.run.fileName), rules, ports);
}

/** `null` only after an observed exit status of 0. */
export function failureOf({ exitCode, signal, failure, oomKilled }: CommandEnd): string | null {
  if (failure !== null) return failure.message;
  if (signal !== null) return oomKilled ? `ended by ${signal}: out of memory` : `ended by ${signal}`;
  return exitCode === 0 ? null : `exit status ${exitCode ?? "unknown"}`;
}

function logArtifacts({ logs }: CommandEnd): Record<string, string> {
  return {
    ...(logs.stdout.kept && { stdout_log: "logs/stdout.log" }),
    ...(logs.stderr.kept && !logs.merged && { stderr_log: "logs/stderr.log" }),
  };
}

function resultOf({
  exitCode,
  signal,
  failure,
  oomKilled,
  elapsedSeconds,
  orphans,
  interrupted,
  killed,
  logs,
}: CommandEnd): object {
  const cause =
    failure !== null
      ? failure.status === 127
        ? "not_found"
        : "not_executable"
      : oomKilled
        ? "oom"
        : signal !== null
          ? "signal"
          : "exit";
  return {
    result_version: 1,
    exit_code: exitCode,
    signal,
    killed,
    cause,
    elapsed_seconds: elapsedSeconds,
    orphans,
    signals: interrupted,
    logs,
  };
}
