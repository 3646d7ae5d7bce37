/** Samples of what the commands of a run use, into `samples.jsonl` beside its other journals. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { UsageFacts } from "../../../generated/types.js";
import { formatUtc } from "../../../manifest/timestamps.js";
import { readTree } from "../../../process/sample/read-tree.js";
import { beginSampling, type Sample } from "../../../process/sample/sample.js";
import { sinceNow } from "../../../process/sample/since-now.js";
import { sumSamples } from "../../../process/sample/sum-up.js";
import { openJournal } from "../../../store/metrics/append-journal.js";
import { now } from "../../clock.js";

export interface Sampler {
  /** Of a command that has started, or of a process that began before: then from now on. Gives what ends it. */
  readonly watch: (pid: number, run: string, began?: "now" | "before") => () => void;
  /** `null` while there was no look. */
  readonly usage: () => UsageFacts | null;
}

const second = 1000;
/** Where a program has to be started for each look. */
const whereDear = 15_000;

export function sampler(env: NodeJS.ProcessEnv): Sampler {
  const all = sumSamples();
  return {
    watch: (pid, run, began = "now") => {
      const journal = openJournal(join(run, "samples.jsonl"));
      const write = (sample: Sample) => {
        all.add(sample);
        try {
          journal.append(`${JSON.stringify(sample)}\n`);
        } catch {
          all.lose();
        }
      };
      const hasProc = existsSync(`/proc/${pid}/stat`);
      let gpus: Promise<Awaited<ReturnType<typeof askForGpus>>> | undefined;
      const stop = beginSampling({
        pid,
        look: hasProc
          ? began === "now"
            ? readTree(pid)
            : sinceNow(readTree(pid))
          : async () => (await import("../../../environment/process-usage.js")).listedUsage(pid),
        lookAtGpus: async () => {
          gpus ??= askForGpus(env);
          return (await gpus)?.() ?? null;
        },
        interval: hasProc ? second : whereDear,
        formatTime: () => formatUtc(now()),
        found: write,
      });
      return () => {
        stop();
        journal.close();
      };
    },
    usage: () => all.sum() as UsageFacts | null,
  };
}

async function askForGpus(env: NodeJS.ProcessEnv) {
  return (await import("../../../environment/gpu-usage.js")).gpuUsage(env);
}
