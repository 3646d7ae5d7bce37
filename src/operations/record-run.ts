/** Runs a command, and leaves a record of what ran, from which code, on what, and how it ended. */
import type { CommandEnd, CommandRequest, RunningCommand } from "../process/command.js";
import { type BeginPorts, beginRun } from "./begin-run.js";
import { type FinishPorts, finishRun, type SlowFacts } from "./finish-run.js";
import { type PreparePorts, prepareRun } from "./prepare-run.js";
import type { BegunRun, EndedRun, RunRequest } from "./run-request.js";

export interface RunPorts extends PreparePorts, BeginPorts, FinishPorts {
  /** Starts the command with its output on the way to the run's logs; called when the record is on disk. */
  readonly startCommand: (begun: BegunRun, command: CommandRequest) => Promise<RunningCommand>;
  /** Gathers what takes longer than a command should wait for; never rejects. */
  readonly gatherSlowFacts: (begun: BegunRun, ended: Promise<unknown>) => Promise<SlowFacts & object>;
}

export interface RunObserver {
  readonly begun: (begun: BegunRun) => void;
  readonly ended: (ended: EndedRun) => void;
  /** The command has ended as it ended; the record of it could not be completed. */
  readonly unrecorded: (end: CommandEnd, error: unknown) => void;
}

/** Rejects only before the command starts; then nothing has run. Gives how the command ended, whatever the record suffered. */
export async function recordRun(
  request: RunRequest,
  ports: RunPorts,
  observer: RunObserver,
): Promise<CommandEnd> {
  const begun = beginRun(await prepareRun(request, ports), ports);
  observer.begun(begun);
  const from = ports.now();
  const running = await ports.startCommand(begun, commandOf(begun, ports.env));
  const environment = ports.gatherSlowFacts(begun, running.ended).catch(nothingGathered);
  const end = await running.ended;
  try {
    observer.ended(await finishRun(begun, from, end, environment, ports));
  } catch (error) {
    observer.unrecorded(end, error);
  }
  return end;
}

/** What was to be gathered beside the command must not cost the record of it. */
function nothingGathered(error: unknown): SlowFacts {
  const reason = error instanceof Error ? error.message : String(error);
  return { not_gathered: [{ what: "environment", reason }] };
}

/** The user's own environment, and three names by which the command can find its run. */
function commandOf({ prepared: { request }, folder }: BegunRun, env: NodeJS.ProcessEnv): CommandRequest {
  return {
    argv: request.argv,
    cwd: request.directory,
    env: {
      ...env,
      COLOPHON_RUN_ID: folder.id,
      COLOPHON_RUN_DIR: folder.path,
      COLOPHON_METRICS: `${folder.path}/metrics.jsonl`,
    },
    forward: request.forward,
    killAfterSeconds: request.killAfterSeconds,
  };
}
