/** A run that a program records of itself, stage by stage. What a call returned from is on disk. */
import { LifecycleError } from "../../errors.js";
import type { ExperimentManifest } from "../../kinds/experiment.js";
import type { RunManifest } from "../../kinds/run/run.js";
import type { ArtifactRequest, KeptArtifact } from "../../store/runs/artifacts.js";
import type { BegunRun } from "../run/run-request.js";
import { stageMessage } from "../run/stages/stage-message.js";
import { checkArtifact, checkReason, checkWork } from "./check-calls.js";
import { type LogOptions, liveMetrics } from "./live-metrics.js";
import { type LivePorts, type LiveRecord, liveRecord, messageOf } from "./live-record.js";
import { type LiveReports, liveReports } from "./live-reports.js";

export interface ArtifactOptions {
  /** `copy` (default) keeps the bytes, `link` a hard link to them, `reference` only their digest and place. */
  readonly mode?: ArtifactRequest["mode"];
}

/** What was kept of an artifact; `null` in a process of a job that does not write the run. */
export type RecordedArtifact = KeptArtifact | null;

export interface LiveStage {
  readonly name: string;
  /** Keeps a file or folder; its name is unique in the run. @throws FileError when it is not there or cannot be kept. */
  artifact(name: string, path: string, options?: ArtifactOptions): Promise<RecordedArtifact>;
  /** Records the stage as skipped when its function returns. @throws LifecycleError when it has artifacts already. */
  skip(reason: string): void;
}

/** `params`, `summary` and `tag` say what only the program knows; `true` when it is kept, as of `log`. */
export interface LiveRun extends AsyncDisposable, Omit<LiveReports, "close"> {
  /** `false` in a process of a job that is not the first: there everything below but `stage` and `log` does nothing or is refused. */
  readonly isRecorded: boolean;
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: ExperimentManifest;
  /** As it stands on disk now. */
  readonly run: RunManifest;
  /**
   * Runs `work` as a stage and gives what it gives. What it throws fails the stage and the run, with its message, and is thrown on.
   * @throws UsageError when it is not the stage's turn; LifecycleError when a stage is open or the run has ended.
   */
  stage<T>(name: string, work: (stage: LiveStage) => T | Promise<T>): Promise<T>;
  /**
   * Adds a line to `metrics.jsonl` in one `write(2)`: `run.log({ loss }, { step })`. NaN and infinities are kept. `true` when it is kept,
   * whatever happens to this process; `false` when it could not be, as on a full disk: the program is told once, and goes on.
   * @throws UsageError for what is no metric; LifecycleError when the run has ended.
   */
  log(values: Readonly<Record<string, number>>, options?: LogOptions): boolean;
  /** An artifact of the open stage, or else of the run as a whole. */
  artifact(name: string, path: string, options?: ArtifactOptions): Promise<RecordedArtifact>;
  /** Completes the run. @throws LifecycleError when something is missing that its pipeline requires; then it still runs. */
  finish(): Promise<void>;
  /** Ends the run as failed. */
  fail(error: unknown): Promise<void>;
}

export interface LiveSettings {
  readonly mode: ArtifactRequest["mode"];
  readonly maximumBytes: number | null;
  readonly samples: boolean;
}

export function liveRun(begun: BegunRun, settings: LiveSettings, ports: LivePorts): LiveRun {
  const record = liveRecord(begun, ports);
  const metrics = liveMetrics(`${begun.folder.path}/metrics.jsonl`, ports);
  const reports = liveReports(begun.folder.path, ports);
  const { samples, ...keeping } = settings;
  const endSamples = samples ? ports.beginSamples(begun) : () => {};
  const unhear = ports.onExit((status) => {
    leave(status, record, ports);
    metrics.close();
    reports.close();
  });
  const forget = (): void => {
    unhear();
    endSamples();
    metrics.close();
    reports.close();
  };
  const reporting = <Words extends readonly unknown[]>(
    call: string,
    report: (...words: Words) => boolean,
  ) => {
    return (...words: Words): boolean => {
      refuseEnded(`${call}()`);
      return report(...words);
    };
  };
  const messageFor = (error: unknown) =>
    stageMessage(messageOf(error) || "failed without a message", ports.redactText);
  const refuseEnded = (what: string): void => {
    if (!record.isOver()) return;
    throw new LifecycleError(
      "RUN_FROZEN",
      `the run ${begun.folder.id} is ${record.run().status}; ${what} comes too late`,
      { hint: "Start a new run with startRun()." },
    );
  };
  const refuseOpen = (what: string): void => {
    const open = record.open();
    if (open === undefined) return;
    throw new LifecycleError("STAGE_OPEN", `${what} while the stage ${open} is open`, {
      hint: "Await the stage first: await run.stage(…).",
    });
  };
  const artifact = async (
    name: string,
    path: string,
    options: ArtifactOptions = {},
  ): Promise<KeptArtifact> => {
    refuseEnded(`the artifact ${name}`);
    checkArtifact({ name, path, mode: options.mode ?? settings.mode }, record, begun, ports);
    return record.keep({ name, shown: path, source: ports.resolve(path), ...keeping, ...options });
  };
  const fail = async (error: unknown): Promise<void> => {
    refuseEnded("fail()");
    const message = messageFor(error);
    await record.end("failed", message);
    await record.close(message);
    forget();
  };

  return {
    isRecorded: true,
    id: begun.folder.id,
    folder: begun.folder.path,
    manifest: begun.manifest,
    get run() {
      return record.run();
    },
    stage: async (name, work) => {
      refuseEnded(`the stage ${name}`);
      refuseOpen(`the stage ${name} was opened`);
      checkWork(name, work);
      record.begin(name);
      let skipped: string | null = null;
      const handle: LiveStage = {
        name,
        artifact: async (...words) => {
          if (skipped !== null) throw skippedAlready(name);
          return artifact(...words);
        },
        skip: (reason) => {
          skipped = stageMessage(checkReason(name, reason, record), ports.redactText);
        },
      };
      try {
        const result = await work(handle);
        await record.end(skipped === null ? "completed" : "skipped", skipped);
        return result;
      } catch (error) {
        // Whatever the record suffers, the caller hears of its own error.
        if (!record.isOver()) await fail(error).catch(() => {});
        throw error;
      }
    },
    log: (values, options) => {
      if (record.isOver()) refuseEnded("log()");
      return metrics.log(values, options);
    },
    params: reporting("params", reports.params),
    summary: reporting("summary", reports.summary),
    tag: reporting("tag", reports.tag),
    artifact,
    finish: async () => {
      refuseEnded("finish()");
      refuseOpen("finish() was called");
      await record.complete();
      forget();
    },
    fail,
    [Symbol.asyncDispose]: async () => {
      if (!record.isOver()) await fail("the run was left without finish()");
    },
  };
}

function leave(status: number, record: LiveRecord, { warn }: LivePorts): void {
  if (record.isOver()) return;
  try {
    record.closeNow(`the process ended with status ${status}, without finish()`);
  } catch (error) {
    warn(`the end of the run could not be recorded: ${messageOf(error)}`);
  }
}

function skippedAlready(name: string): LifecycleError {
  return new LifecycleError("STAGE_HAS_ARTIFACTS", `the stage ${name} was skipped, so it keeps nothing`, {
    hint: "Keep the artifact in the stage that made it.",
  });
}
