/**
 * `npm run bench`: what Colophon costs, as ratios to a floor measured in the same run, and as exact counts.
 *
 * `--short` takes fewer pairs and smaller trees; `--only=run,git` measures those parts alone. Ratios are never asserted, they are shown beside their targets; the counts
 * of processes and syncs are exact, and a count above its target fails.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { catalogRows } from "./catalog-rows.mjs";
import { figureRows } from "./figure-rows.mjs";
import { fixtureRows } from "./fixture-rows.mjs";
import { gitRows } from "./git-rows.mjs";
import { groundTruthRows } from "./ground-truth-rows.mjs";
import { hashRows } from "./hash-rows.mjs";
import { hookRows } from "./hook-rows.mjs";
import { pairs, processTime } from "./measure.mjs";
import { metricRows } from "./metric-rows.mjs";
import { observeRows } from "./observe-rows.mjs";
import { cleanEnvironment, makeRepository } from "./repository.mjs";
import { reproduceRows } from "./reproduce-rows.mjs";
import { validateRows } from "./validate-rows.mjs";
import { verifyRows } from "./verify-rows.mjs";
import { writeRows } from "./write-rows.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const short = process.argv.includes("--short");
const only = process.argv
  .find((word) => word.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");
const cli = join(root, "dist/colophon.cjs");
const scratch = mkdtempSync(join(tmpdir(), "colophon-bench-"));
const rows = [];
const parts = {
  start: startRows,
  run: runRows,
  git: gitRows,
  hash: hashRows,
  write: writeRows,
  validate: validateRows,
  hook: hookRows,
  figure: figureRows,
  verify: verifyRows,
  metric: metricRows,
  catalog: catalogRows,
  fixture: fixtureRows,
  observe: observeRows,
  reproduce: reproduceRows,
  "ground-truth": groundTruthRows,
};

try {
  const context = {
    root,
    cli,
    scratch,
    short,
    row,
    count,
    library: await bundleLibrary(),
    emptyProgram: emptyProgram(),
    env: cleanEnvironment(),
  };
  for (const [name, rowsOf] of Object.entries(parts)) {
    if (only === undefined || only.includes(name)) await rowsOf(context);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const broken = rows.filter(({ exact, reached }) => exact && !reached);
console.log(`\n${rows.length} rows, ${rows.filter(({ reached }) => reached).length} within their targets.`);
if (broken.length > 0) {
  console.error(`counts above their targets: ${broken.map(({ name }) => name).join("; ")}`);
  process.exitCode = 1;
}

async function startRows({ emptyProgram: empty, env, row }) {
  const start = await pairs(
    () => processTime(process.execPath, [cli, "--version"], { env }),
    () => processTime(process.execPath, [empty], { env }),
    short ? 9 : 31,
  );
  row("colophon --version", "node empty.cjs", start, 1.25);
}

/** `colophon run -- true`, whole process; caches are warm, as after the first run in a repository. */
async function runRows({ emptyProgram: empty, env, row, count }) {
  const options = (cwd) => ({ cwd, env });
  const words = ["run", "--quiet", "--synthetic-seed", "1", "--", "true"];
  const small = makeRepository(join(scratch, "small"), 20, env);
  for (let warm = 0; warm < 3; warm += 1) processTime(process.execPath, [cli, ...words], options(small));
  const overhead = await pairs(
    () => processTime(process.execPath, [cli, ...words], options(small)),
    () => processTime(process.execPath, [empty], { env }),
    short ? 9 : 31,
  );
  row("colophon run -- true, 20 files", "node empty.cjs", overhead, 2.25);
  const counts = countCalls(words, small, env);
  // The keeper of the output, Git before and after, and the command.
  count("processes started by run -- true, warm", counts.spawns, 4, counts.programs);
  count("files synced by run -- true", counts.fsyncs, 7);

  const edited = makeRepository(join(scratch, "edited"), 20, env);
  for (let index = 0; index < 5; index += 1) writeFileSync(join(edited, `new-${index}.txt`), "new\n");
  writeFileSync(join(edited, "d0/f1.txt"), "edited\n");
  for (let warm = 0; warm < 2; warm += 1) processTime(process.execPath, [cli, ...words], options(edited));
  const withSnapshot = await pairs(
    () => processTime(process.execPath, [cli, ...words], options(edited)),
    () => processTime(process.execPath, [empty], { env }),
    short ? 9 : 31,
  );
  row("colophon run -- true, with a full snapshot", "node empty.cjs", withSnapshot, 3);

  const files = short ? 2000 : 20_000;
  const large = makeRepository(join(scratch, "large"), files, env);
  for (let warm = 0; warm < 2; warm += 1) processTime(process.execPath, [cli, ...words], options(large));
  const status = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z", "-uall"];
  const atScale = await pairs(
    () => processTime(process.execPath, [cli, ...words], options(large)),
    () => processTime(process.execPath, [empty], { env }) + processTime("git", status, options(large)),
    short ? 5 : 15,
  );
  row(`colophon run -- true, ${files} files`, "node empty.cjs + git status", atScale, 1.5);
}

function countCalls(words, cwd, env) {
  const to = join(scratch, "counts.json");
  const counter = join(root, "bench/count-calls.cjs");
  spawnSync(process.execPath, ["--require", counter, cli, ...words], { cwd, env: { ...env, COUNT_TO: to } });
  return JSON.parse(readFileSync(to, "utf8"));
}

function row(name, floor, { a, b, ratio, spread, count }, target) {
  const reached = ratio <= target;
  rows.push({ name, reached });
  const verdict = reached ? "reached" : "MISSED";
  console.log(
    `${name.padEnd(44)} ${a.toFixed(1).padStart(8)} ms  ${ratio.toFixed(2).padStart(6)}× of ${floor} (${b.toFixed(1)} ms)  target ${target}× ${verdict}  [${spread.map((value) => value.toFixed(2)).join("–")}, n ${count}]`,
  );
}

function count(name, found, target, details = []) {
  const reached = found <= target;
  rows.push({ name, reached, exact: true });
  console.log(
    `${name.padEnd(44)} ${String(found).padStart(8)}     target ≤ ${target} ${reached ? "reached" : "MISSED"}`,
  );
  for (const detail of details)
    console.log(`${" ".repeat(46)}${detail.replaceAll(/\s+/g, " ").slice(0, 80)}`);
}

function emptyProgram() {
  const file = join(scratch, "empty.cjs");
  writeFileSync(file, "");
  return file;
}

/** The edges, bundled as the CLI bundles them, to be timed in this process. */
async function bundleLibrary() {
  const outfile = join(scratch, "library.cjs");
  await build({
    stdin: {
      contents: `
        export { captureSource } from "./src/git/capture.js";
        export { takeSnapshot } from "./src/git/snapshot/take-snapshot.js";
        export { findSecretRules } from "./src/git/snapshot/scan-file.js";
        export { spawnCount } from "./src/git/run-git.js";
        export { writeAtomic } from "./src/files/write-atomic.js";
        export { digestFile } from "./src/files/digest.js";
        export { digestFolder } from "./src/files/digest-folder.js";
        export { openStatCache } from "./src/files/stat-cache.js";
        export { digestInput } from "./src/files/digest-inputs.js";
        export { liveMetrics } from "./src/operations/live/live-metrics.js";
        export { openJournal } from "./src/store/metrics/append-journal.js";
        export { visitMetrics } from "./src/store/metrics/read-journals.js";
        export { leastBytes, visitBlocks } from "./src/store/metrics/visit-blocks.js";
        export { thinning } from "./src/draw/thin.js";
        export { reduceToColumns } from "./src/draw/reduce.js";
        export { openCatalog } from "./src/local-ports/records/catalog.js";
        export { verifyRun } from "./src/operations/verify/verify-runs.js";
        export { verifyPorts } from "./src/local-ports/records/verify.js";
        export { buildGroundTruthManifest, validateGroundTruthManifest, formatDisk } from "./src/index.js";
      `,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    alias: { "signal-exit": join(root, "scripts/no-signal-exit.mjs") },
    outfile,
    logLevel: "warning",
    // Only the API asks where it lies, and nothing here is called through it.
    logOverride: { "empty-import-meta": "silent" },
  });
  return (await import(outfile)).default;
}
