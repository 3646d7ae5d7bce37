/** Runs a command or the stages of a pipeline, and leaves a record of what ran, from which code, on what, and how it ended. */
import type { Stage } from "../../kinds/run/run.js";
import type { CommandEnd } from "../../process/command.js";
import { type BeginPorts, beginRun } from "./begin-run.js";
import { type FinishPorts, finishRun, type GatheredBeside, type SlowFacts } from "./finish-run.js";
import { type PreparePorts, prepareRun } from "./prepare-run.js";
import type { BegunRun, EndedRun, RunRequest } from "./run-request.js";
import { type ExecutePorts, executeStages } from "./stages/execute-stages.js";

export interface RunPorts extends PreparePorts, BeginPorts, ExecutePorts, FinishPorts {
  /** Gathers what takes longer than a command should wait for, at most until two seconds after `ended`; never rejects. */
  readonly gatherSlowFacts: (begun: BegunRun, ended: Promise<unknown>) => Promise<SlowFacts & object>;
}

export interface RunObserver {
  readonly begun: (begun: BegunRun) => void;
  readonly stage: (stage: Stage) => void;
  readonly ended: (ended: EndedRun) => void;
  /** The command has ended as it ended; the record of it could not be completed. */
  readonly unrecorded: (error: unknown) => void;
}

/** How the last command ended, if there was one, and whether the run is a failure for another reason. */
export interface RunOutcome {
  readonly end: CommandEnd | null;
  readonly failure: string | null;
}

/** Rejects only before the first command starts; then nothing has run. Gives how it ended, whatever the record suffered. */
export async function recordRun(
  request: RunRequest,
  ports: RunPorts,
  observer: RunObserver,
): Promise<RunOutcome> {
  const begun = await beginRun(await prepareRun(request, ports), ports);
  observer.begun(begun);
  const executing = executeStages(begun, ports, observer.stage);
  const settled = executing.catch(() => {});
  const beside = gatherBeside(begun, settled, ports);
  const executed = await executing;
  try {
    observer.ended(await finishRun(begun, executed, beside, ports));
  } catch (error) {
    observer.unrecorded(error);
  }
  return executed;
}

export function gatherBeside(
  begun: BegunRun,
  ended: Promise<unknown>,
  ports: Pick<RunPorts, "gatherSlowFacts" | "digestLeftOut">,
): GatheredBeside {
  return {
    environment: ports.gatherSlowFacts(begun, ended).catch(nothingGathered),
    leftOut: ports.digestLeftOut(begun, ended),
  };
}

/** What was to be gathered beside the command must not cost the record of it. */
function nothingGathered(error: unknown): SlowFacts {
  const reason = error instanceof Error ? error.message : String(error);
  return { not_gathered: [{ what: "environment", reason }] };
}
