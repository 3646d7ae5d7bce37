/** `startRun` in a process of a job that is not the first: its stages run, and the first process alone writes the record. */
import { LifecycleError } from "../../errors.js";
import type { LiveMetrics } from "./live-metrics.js";
import type { LiveRun } from "./live-run.js";

/** `metrics` of this process, where the run of the first one was found. */
export function unrecordedRun(rank: number, metrics: LiveMetrics | null): LiveRun {
  const refuse = (what: string): never => {
    throw new LifecycleError(
      "RUN_OF_ANOTHER_RANK",
      `${what} is known only to rank 0; this process is rank ${rank}`,
      {
        hint: "Ask `run.isRecorded` first.",
      },
    );
  };
  const end = async () => metrics?.close();
  const artifact = async () => null;
  return {
    isRecorded: false,
    get id() {
      return refuse("the run's id");
    },
    get folder() {
      return refuse("the run's folder");
    },
    get manifest() {
      return refuse("the experiment manifest");
    },
    get run() {
      return refuse("the run manifest");
    },
    stage: async (name, work) => work({ name, artifact, skip: () => {} }),
    log: (values, options) => metrics?.log(values, options) ?? false,
    params: () => false,
    summary: () => false,
    tag: () => false,
    artifact,
    finish: end,
    fail: end,
    [Symbol.asyncDispose]: end,
  };
}
