/**
 * Samples of what a program uses that records its own run. A thread of its own takes them, as the program may well compute for hours without
 * coming back to its event loop. It keeps nobody from ending.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { UsageFacts } from "../../../generated/types.js";
import type { Sample } from "../../../process/sample/sample.js";
import { sumSamples } from "../../../process/sample/sum-up.js";
import type { SamplingTask } from "./thread.js";
import { samplingWord } from "./word.js";

/** `run`: the folder of the run; `entryFile`: the program, which the thread runs. Gives what ends it. Never throws. */
export function sampleSelf(run: string, entryFile: string): () => void {
  try {
    const task: SamplingTask = { run };
    const worker = new Worker(entryFile, {
      argv: [samplingWord],
      workerData: task,
      // What is said there is none of the program's output; and its flags, such as `--import`, are none of the thread's.
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    worker.unref();
    worker.on("error", () => {});
    return () => void worker.terminate();
  } catch {
    return () => {}; // A run without samples is one all the same.
  }
}

/** `null` where there was no look. */
export function usageIn(run: string): UsageFacts | null {
  const all = sumSamples();
  for (const line of linesOf(join(run, "samples.jsonl"))) {
    const sample = parsed(line);
    if (sample !== null) all.add(sample);
  }
  return all.sum() as UsageFacts | null;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** The last line may be half written, and blank is what stands behind it. */
function parsed(line: string): Sample | null {
  try {
    return JSON.parse(line) as Sample;
  } catch {
    return null;
  }
}
