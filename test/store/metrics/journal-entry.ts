/** `journal.mjs VERB FOLDER …`: reads or writes the journals of a run in a process of its own, and prints what it did and the memory it took. */
import { existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { liveMetrics } from "../../../src/operations/live/live-metrics.js";
import { openJournal } from "../../../src/store/metrics/append-journal.js";
import { readMetrics, visitMetrics } from "../../../src/store/metrics/read-journals.js";
import { visitBlocks } from "../../../src/store/metrics/visit-blocks.js";

const [, , verb, folder = "", ...words] = process.argv;
const metrics = () =>
  liveMetrics(join(folder, "metrics.jsonl"), {
    now: Date.now,
    openJournal,
    warn: (line) => void process.stderr.write(`${line}\n`),
  });

const verbs: Record<string, () => Promise<object>> = {
  read: async () => {
    let points = 0;
    let sum = 0;
    const reading = readMetrics(folder);
    for await (const { value } of reading) {
      points += 1;
      sum += value;
    }
    return { points, sum, problems: reading.problems };
  },
  visit: async () => {
    let points = 0;
    const problems = await visitMetrics(folder, () => {
      points += 1;
    });
    return { points, problems };
  },
  /** `blocks ROOT FOLDER`: through columns, which are kept in `ROOT/.colophon/`. */
  blocks: async () => {
    let points = 0;
    let sum = 0;
    const state = join(folder, ".colophon");
    await visitBlocks(
      words[0] ?? "",
      { metric: undefined, moments: "step" },
      () => {
        [points, sum] = [0, 0];
        return ({ values }) => {
          points += values.length;
          for (const value of values) sum += value;
        };
      },
      {
        root: folder,
        stateFolder: state,
        openStateFolder: () => state,
        fingerprint: "",
        now: () => Date.now() + 10_000,
        leastBytes: 1,
      },
    );
    return { points, sum };
  },
  /** `write FOLDER NAME COUNT` */
  write: async () => {
    const [name = "", count] = words;
    const { log, close } = metrics();
    let kept = 0;
    for (let step = 0; step < Number(count); step += 1) if (log({ [name]: step }, { step })) kept += 1;
    close();
    return { kept };
  },
  /** `flood FOLDER RATE DURABLE`: logs until it is killed; `acknowledged` holds the last step whose call had returned. */
  flood: async () => {
    const [rate, durable] = words;
    const { log } = metrics();
    const acknowledged = openSync(join(folder, "acknowledged"), "w");
    const cell = new Float64Array(1);
    const pause = rate === "max" ? 0 : 1000 / Number(rate);
    for (let step = 0; ; step += 1) {
      if (!log({ loss: 1 / (step + 1), "val/accuracy": step }, { step, durable: durable === "durable" }))
        process.exit(1);
      cell[0] = step;
      writeSync(acknowledged, cell, 0, 8, 0);
      if (pause > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  },
};

const found = await verbs[verb ?? ""]?.();
process.stdout.write(JSON.stringify({ ...found, megabytes: largestSize() / 1000 }));

/** In kilobytes. Linux counts that of the process it was started by in `maxRSS`, so the system is asked another way where it has one. */
function largestSize(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /VmHWM:\s+([0-9]+)/.exec(readFileSync(status, "latin1"))?.[1] : undefined;
  return Number(own ?? process.resourceUsage().maxRSS);
}
