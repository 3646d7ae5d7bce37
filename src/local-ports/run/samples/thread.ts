/** Samples the process that this thread belongs to, and all below it, until the thread is ended. */
import { workerData } from "node:worker_threads";
import { sampler } from "./samples.js";

export interface SamplingTask {
  /** The folder of the run. */
  readonly run: string;
}

export function runSamplingThread(): void {
  const { run } = workerData as SamplingTask;
  sampler(process.env).watch(process.pid, run, "before");
}
