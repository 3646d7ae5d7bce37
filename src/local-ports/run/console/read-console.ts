/** Starts the thread that reads printed metrics, and ends it when the command has ended. Nothing it does or fails to do reaches the command. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ConsoleFacts } from "../../../generated/types.js";
import type { MetricPattern } from "../../../operations/console/metric-pattern.js";
import { listenForInterruption } from "../interruption.js";
import type { ConsoleTally, ConsoleTask } from "./thread.js";
import { consoleWord } from "./word.js";

export interface ConsoleRequest {
  readonly patterns: readonly MetricPattern[];
  /** Streams that have a log. */
  readonly streams: readonly string[];
  /** Where the logs lie, and the run; absolute. */
  readonly logs: string;
  readonly run: string;
  /** The program itself: the thread runs it too. */
  readonly entryFile: string;
}

export interface ConsoleReader {
  /** The logs are whole. Never rejects, and takes no more than a few seconds. */
  readonly end: () => Promise<ConsoleFacts>;
}

/** Beside what other journals are named by. */
export const consoleJournal = "metrics.console.jsonl";

/** For what is left in the logs when the command has ended. */
const patience = 5000;

export function readConsole({ patterns, streams, logs, run, entryFile }: ConsoleRequest): ConsoleReader {
  const task: ConsoleTask = {
    patterns,
    logs: streams.map((stream) => ({ stream, path: join(logs, `${stream}.log`) })),
    journal: join(run, consoleJournal),
  };
  let tally: ConsoleTally | undefined;
  const factsOf = (whole: boolean): ConsoleFacts => ({
    console_version: 1,
    streams: streams as ConsoleFacts["streams"],
    patterns: tally?.patterns.map((each) => ({ ...each })) ?? patterns.map(({ text }) => unmatched(text)),
    written: tally?.written ?? 0,
    lost: tally?.lost ?? 0,
    lines_too_long: tally?.lines_too_long ?? 0,
    whole,
  });
  if (streams.length === 0) return { end: () => Promise.resolve(factsOf(true)) };
  const worker = new Worker(entryFile, { argv: [consoleWord], workerData: task, stdout: true, stderr: true });
  worker.unref();
  worker.on("message", (said: ConsoleTally) => {
    tally = said;
  });
  const over = new Promise<boolean>((resolve) => {
    worker.once("error", () => resolve(false)).once("exit", (status) => resolve(status === 0));
  });
  return {
    end: async () => {
      worker.ref();
      worker.postMessage("end");
      let timer: NodeJS.Timeout | undefined;
      const interruption = listenForInterruption();
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), patience);
        // Whoever interrupts us now does not want to wait for this; the record is finished all the same.
        void interruption.heard.then(() => resolve(false));
      });
      const whole = await Promise.race([over, late]);
      clearTimeout(timer);
      interruption.stop();
      await worker.terminate();
      return factsOf(whole);
    },
  };
}

function unmatched(pattern: string) {
  return { pattern, lines: 0, no_numbers: 0, too_slow: 0 };
}
