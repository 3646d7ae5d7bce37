/** The record behind a live run: which stage is open, what was kept, and every change on disk before the next. */
import { LifecycleError } from "../../errors.js";
import { endRunManifest, type RunManifest, type Stage, withStage } from "../../kinds/run/run.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { ArtifactRequest, KeptArtifact } from "../../store/runs/artifacts.js";
import { type CollectedArtifacts, keepWithoutSecrets } from "../run/collect-artifacts.js";
import { collectReports } from "../run/collect-reports.js";
import { failureFacts, finishRun } from "../run/finish-run.js";
import { publishRun } from "../run/publish-run.js";
import { gatherBeside, type RunPorts } from "../run/record-run.js";
import type { BegunRun } from "../run/run-request.js";
import { runningStage, stage } from "../run/stages/stage-records.js";
import { type MetricsNowPorts, summarizeMetricsNow } from "../run/summarize-metrics.js";
import type { LogPorts } from "./live-metrics.js";
import { openStage, refuseIncomplete } from "./live-stages.js";

export interface LivePorts extends RunPorts, LogPorts, Pick<MetricsNowPorts, "visitMetricsNow"> {
  /** Hears when the process ends; gives the way to stop hearing it. */
  readonly onExit: (hear: (status: number) => void) => () => void;
  readonly writeTrackedSums: (begun: BegunRun) => void;
  /** Samples what this process uses and all below it; gives what ends that. */
  readonly beginSamples: (begun: BegunRun) => () => void;
}

export interface LiveRecord {
  readonly run: () => RunManifest;
  readonly isOver: () => boolean;
  /** The name of the open stage. */
  readonly open: () => string | undefined;
  /** Names of what was kept, or is being kept. */
  readonly names: ReadonlySet<string>;
  readonly begin: (name: string) => void;
  readonly keep: (request: ArtifactRequest) => Promise<KeptArtifact>;
  /** Of the open stage; waits for what it is still keeping. */
  readonly end: (status: Stage["status"], message: string | null) => Promise<void>;
  /** @throws LifecycleError when something is missing; then the run goes on. */
  readonly complete: () => Promise<void>;
  readonly close: (failure: string) => Promise<void>;
  /** For a process that just ends: no time for anything but this. */
  readonly closeNow: (failure: string) => void;
}

export function liveRecord(begun: BegunRun, ports: LivePorts): LiveRecord {
  const { folder, prepared } = begun;
  const { namespace } = prepared.project;
  const entries: Record<string, KeptArtifact> = {};
  /** By stage; of the run as a whole under "". */
  const paths = new Map<string, Record<string, string>>();
  const names = new Set<string>();
  const pending = new Set<Promise<unknown>>();
  let { run } = begun;
  let { pipeline } = prepared.plan;
  let open: { readonly name: string; readonly from: number } | undefined;
  let isOver = false;
  let warned = false;
  let finish: (value?: unknown) => void = () => {};
  const ended = new Promise((resolve) => {
    finish = resolve;
  });
  const startedAt = ports.now();
  const beside = gatherBeside(begun, ended, ports);

  const extend = (facts: object): RunManifest => ({
    ...run,
    [namespace]: { ...(run[namespace] as object), pipeline, ...facts },
  });
  const artifactFacts = () =>
    names.size === 0 ? {} : { artifacts: { artifacts_version: 1, entries, missing: [] } };
  const write = (record: Stage | undefined): void => {
    run = extend(artifactFacts());
    if (record !== undefined) run = withStage(run, record, pipeline);
    publishRun(run, folder, namespace, ports);
  };
  /** The caller's own work is worth more than the record of it; the next write holds this one too, and the last one throws. */
  const writeOrWarn = (record: Stage): void => {
    try {
      write(record);
    } catch (error) {
      if (!warned) ports.warn(`the record of ${folder.id} could not be written: ${messageOf(error)}`);
      warned = true;
    }
  };
  const runningNow = (): Stage | undefined =>
    open && { ...runningStage(open.name, open.from), artifacts: paths.get(open.name) ?? {} };
  const settle = async (): Promise<void> => {
    while (pending.size > 0) await Promise.allSettled(pending);
  };
  const endOpen = (status: Stage["status"], message: string | null): void => {
    if (open === undefined) return;
    const { name, from } = open;
    open = undefined;
    writeOrWarn(stage(name, status, from, ports.now(), paths.get(name) ?? {}, message));
  };
  const close = async (failure: string | null): Promise<void> => {
    finish();
    const current = { ...begun, prepared: { ...prepared, plan: { ...prepared.plan, pipeline } } };
    const collected: CollectedArtifacts = { entries, missing: [] };
    const executed = { run: extend({}), end: null, failure, collected, startedAt, endedAt: ports.now() };
    ({ run } = await finishRun(current, executed, beside, ports, paths.get("") ?? {}));
    isOver = true;
  };

  return {
    run: () => run,
    isOver: () => isOver,
    open: () => open?.name,
    names,
    begin: (name) => {
      pipeline = openStage(pipeline, run, name);
      open = { name, from: ports.now() };
      writeOrWarn(runningStage(name, open.from));
    },
    keep: (request) => {
      const place = open?.name ?? "";
      names.add(request.name);
      const keeping = keepWithoutSecrets(folder, request, ports).then(
        (kept) => {
          if (isOver) throw overtaken(request.name, folder.id);
          entries[request.name] = kept;
          paths.set(place, { ...paths.get(place), [request.name]: kept.path });
          write(runningNow());
          return kept;
        },
        (error) => {
          names.delete(request.name);
          throw error;
        },
      );
      const tracked = keeping.finally(() => pending.delete(tracked));
      pending.add(tracked);
      tracked.catch(() => {});
      return keeping;
    },
    end: async (status, message) => {
      await settle();
      endOpen(status, message);
    },
    complete: async () => {
      await settle();
      refuseIncomplete(pipeline, run);
      await close(null);
    },
    close: async (failure) => {
      await settle();
      await close(failure);
    },
    closeNow: (failure) => {
      endOpen("failed", failure);
      run = endRunManifest(extend({}), {
        status: "failed",
        finishedAt: formatUtc(Math.max(prepared.startedAt, ports.now())),
        namespace,
        extensions: { ...artifactFacts(), ...failureFacts(run, failure), ...ports.besideCommands?.() },
      });
      isOver = true;
      publishRun(run, folder, namespace, ports);
      // What was said and measured is put on record as far as it can be without waiting; no stage names it.
      collectReports(folder, [...names], ports);
      summarizeMetricsNow(folder, ports);
      ports.writeTrackedSums(begun);
    },
  };
}

function overtaken(name: string, id: string): LifecycleError {
  return new LifecycleError("RUN_FROZEN", `the run ${id} ended while the artifact ${name} was being kept`, {
    hint: "Await every artifact before the run ends.",
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
