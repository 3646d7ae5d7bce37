/** Lists of many runs: made from the records once, then from what is remembered of them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { generateRuns } from "../scripts/generate-runs.mjs";
import { median, pairs, processTime, timed, timedAsync } from "./measure.mjs";

const words = [
  ...["ls", "metrics.val/acc > 0.5 and params.lr = 0.001", "--sort", "-metrics.val/acc"],
  ...["--columns", "params.lr,metrics.val/acc", "--limit", "50"],
];

export async function catalogRows({ root, cli, scratch, short, library, emptyProgram: empty, env, row }) {
  const runs = short ? 5000 : 100_000;
  const project = join(scratch, "listed");
  const spec = join(root, "spec");
  mkdirSync(project);
  writeFileSync(join(project, "colophon.json"), "{}\n");
  const generating = timed(() => generateRuns(project, spec, runs));
  const ls = (...more) => processTime(process.execPath, [cli, ...words, ...more], { cwd: project, env });
  console.log(`${runs} runs generated in ${(generating / 1000).toFixed(1)} s`);
  const first = ls();
  rmSync(join(project, ".colophon"), { recursive: true });
  const again = ls();
  console.log(`first ls: ${(first / 1000).toFixed(1)} s, and once more: ${(again / 1000).toFixed(1)} s`);
  row(
    `ls of ${runs} runs, filter, sort, top 50`,
    "node empty.cjs",
    await pairs(ls, () => processTime(process.execPath, [empty], { env }), short ? 9 : 31),
    2,
  );
  console.log(`the same with a look at every run (--fresh): ${ls("--fresh").toFixed(0)} ms`);
  await refreshRow({ project, spec, runs, library, short });
}

/** In one process that has asked before, as a server does: ten runs appear, and the next question is answered. */
async function refreshRow({ project, spec, runs, library, short }) {
  const request = { folder: undefined, namespace: undefined, maximumBytes: undefined, isFresh: false };
  const { catalog } = library.openCatalog(project, {}, request);
  const ask = () => catalog.listNewest({ limit: 1, tag: null });
  const times = [];
  const idle = [];
  let total = runs;
  for (let round = 0; round < (short ? 7 : 21); round += 1) {
    // Until what came before is remembered, it is read each time.
    await setTimeout(100);
    await ask();
    idle.push(await timedAsync(ask));
    generateRuns(project, spec, 10, total);
    total += 10;
    times.push(await timedAsync(ask));
    const found = await ask();
    if (found.total !== total) throw new Error(`${found.total} runs are listed, ${total} are there`);
  }
  console.log(
    `refresh after 10 new of ${runs}: ${median(times.slice(2)).toFixed(2)} ms, target ≤ 2 ms; of nothing new: ${median(idle.slice(2)).toFixed(2)} ms; resident memory ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
}
