/** What a logged point costs, and what it costs to read it back. */

import { spawnSync } from "node:child_process";
import { fdatasyncSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pairs, processTime, timed, timedAsync } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";

export async function metricRows({ root, cli, env, scratch, short, library, row }) {
  const points = short ? 20_000 : 100_000;
  const rounds = short ? 5 : 15;
  const path = join(scratch, "metrics.jsonl");
  const ports = { now: Date.now, openJournal: library.openJournal, warn: console.warn };
  const metrics = library.liveMetrics(path, ports);
  const value = (step) => 1 / (step + 1.37);
  const log = (options) => (count) => () =>
    timed(() => {
      for (let step = 0; step < count; step += 1) metrics.log({ loss: value(step) }, { step, ...options });
    });
  let length = 0;
  const stringify = (count) => () =>
    timed(() => {
      for (let step = 0; step < count; step += 1) {
        const time = "2026-11-20T10:42:07.120Z";
        length += JSON.stringify({ step, time, metrics: { loss: value(step) } }).length;
      }
    });
  row(
    `${points} × run.log({ loss }, { step })`,
    "JSON.stringify",
    await pairs(log()(points), stringify(points), rounds),
    4,
  );
  const written = await pairs(log()(points), writeAlone(join(scratch, "alone.jsonl"), points), rounds);
  row(`${points} × run.log({ loss }, { step })`, "its write(2) alone, by hand", written, 2);
  rmSync(join(scratch, "alone.jsonl"));
  const lines = 2 * points * (rounds + 2);
  const read = await pairs(
    () => timedAsync(() => library.visitMetrics(scratch, () => {})),
    () => timedAsync(async () => readFileSync(path, "utf8").split("\n").filter(Boolean).map(JSON.parse)),
    short ? 3 : 7,
    1,
  );
  row(`${lines} lines read back, a line held at a time`, "read and JSON.parse all", read, 2);
  rmSync(path);
  const durable = short ? 100 : 500;
  const synced = await pairs(
    log({ durable: true })(durable),
    byHand(join(scratch, "hand.jsonl"), durable),
    5,
  );
  row(`${durable} × run.log, durable`, "write and fdatasync", synced, 1.3);
  metrics.close();
  await pythonRow({ root, scratch, short, row });
  await bucketRow({ scratch, library, short, row });
  plotTimes({ scratch, cli, env, short });
  if (length === 0) throw new Error("nothing was measured");
}

/** Both in one process, in turn, as Python's speed differs more from start to start than from loop to loop. */
const inPython = `
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
import colophon
colophon.write_to(sys.argv[2])
count = int(sys.argv[3])
hand = os.open(os.path.join(sys.argv[2], "hand.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
line = b'{"step":12,"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":0.3123123123}}\\n'
times = []
for _ in range(int(sys.argv[4])):
    begun = time.perf_counter()
    for step in range(count): colophon.log(loss=1 / (step + 1.37), step=step)
    between = time.perf_counter()
    for step in range(count): os.write(hand, line)
    times.append([between - begun, time.perf_counter() - between])
print(json.dumps(times))
`;

async function pythonRow({ root, scratch, short, row }) {
  const count = short ? 5000 : 50_000;
  const rounds = short ? 7 : 15;
  const words = ["-c", inPython, join(root, "python"), join(scratch, "python"), count, rounds].map(String);
  const { status, stdout } = spawnSync("python3", words, { encoding: "utf8" });
  if (status !== 0) {
    console.log(`${count} × colophon.log of Python: skipped, python3 cannot run it`);
    return;
  }
  const times = JSON.parse(stdout).map((pair) => pair.map((seconds) => seconds * 1000));
  const next = (index) => {
    let round = 0;
    return () => times[round++][index];
  };
  const measured = await pairs(next(0), next(1), rounds - 2);
  row(`${count} × colophon.log of Python`, "os.write of the same line", measured, 5);
}

const curve = (step) => Math.sin(step / 999) + (step % 4567 === 0 ? 5 : 0);

function journalOf(count) {
  const line = (_, step) =>
    `{"step":${step},"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":${curve(step)}}}\n`;
  return Array.from({ length: count }, line).join("");
}

/** As a plot does it: from the question to the lowest and highest value of each of a thousand stretches. */
async function bucketRow({ scratch, library, short, row }) {
  const [points, buckets] = [250_000, 1000];
  const root = join(scratch, "columns");
  const folder = join(root, "run");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "metrics.jsonl"), journalOf(points));
  const place = {
    root,
    stateFolder: root,
    openStateFolder: () => root,
    fingerprint: "bench",
    // What was just written is remembered after two seconds.
    now: () => Date.now() + 10_000,
    leastBytes: library.leastBytes,
  };
  const reduce = async () => {
    let line;
    const begin = () => {
      line = library.thinning();
      return ({ moments, values }) => {
        if (!moments.includes(Number.NaN)) line.addAll({ xs: moments, ys: values });
      };
    };
    await library.visitBlocks(folder, { metric: "loss", moments: "step" }, begin, place);
    const found = library.reduceToColumns(
      line.points(),
      (step) => Math.floor((step / points) * buckets),
      buckets,
    );
    const highest = found.reduce((most, { high }) => Math.max(most, high), 0);
    if (found.length !== buckets || highest < 5) throw new Error("a spike is lost");
  };
  const first = await timedAsync(reduce);
  const raw = join(root, "raw");
  const numbers = new Float64Array(2 * points).map((_, at) => (at < points ? at : curve(at - points)));
  writeFileSync(raw, numbers);
  const readRaw = () => {
    const { buffer, byteOffset } = readFileSync(raw);
    return new Float64Array(buffer, byteOffset, 2 * points);
  };
  const rounds = short ? 11 : 41;
  const byHand = () => timed(() => reduceByHand(readRaw(), points, buckets));
  const measured = await pairs(() => timedAsync(reduce), byHand, rounds);
  row(
    `${points} points to ${buckets} buckets, from columns`,
    "the same of raw numbers, by hand",
    measured,
    3,
  );
  const alone = await pairs(
    () => timedAsync(reduce),
    () => timed(readRaw),
    rounds,
  );
  console.log(`against reading the raw numbers alone (${alone.b.toFixed(1)} ms): ${alone.ratio.toFixed(1)}×`);
  console.log(`the same from the journal, once, with its columns written: ${first.toFixed(0)} ms`);
}

function reduceByHand(numbers, points, buckets) {
  const lows = new Float64Array(buckets).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(buckets).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < points; at += 1) {
    const bucket = Math.floor((numbers[at] / points) * buckets);
    const value = numbers[points + at];
    if (value < lows[bucket]) lows[bucket] = value;
    if (value > highs[bucket]) highs[bucket] = value;
  }
  if (highs[0] < 5) throw new Error("a spike is lost");
}

/** The whole program, on a run that ended more than two seconds ago. */
function plotTimes({ scratch, cli, env, short }) {
  const points = short ? 100_000 : 1_000_000;
  const cwd = makeRepository(join(scratch, "plotted"), 1, env);
  const journal = join(scratch, "curve.jsonl");
  writeFileSync(journal, journalOf(points));
  const copy = [
    "run",
    "--quiet",
    "--synthetic-seed",
    "1",
    "--",
    "sh",
    "-c",
    `cat "${journal}" >> "$COLOPHON_METRICS"`,
  ];
  processTime(process.execPath, [cli, ...copy], { cwd, env });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  const plot = () =>
    processTime(process.execPath, [cli, "plot", 'status = "completed"', "--output", "loss.svg"], {
      cwd,
      env,
    });
  const first = plot();
  const [again, once] = [plot(), plot()];
  console.log(
    `plot of ${points} points: first ${first.toFixed(0)} ms, then ${again.toFixed(0)} and ${once.toFixed(0)} ms`,
  );
}

/** What a call of its own into the system costs at least. */
function writeAlone(path, count) {
  const descriptor = openSync(path, "a");
  const line = Buffer.from(
    '{"step":12345,"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":0.3123123123123}}\n',
  );
  return () =>
    timed(() => {
      for (let step = 0; step < count; step += 1) writeSync(descriptor, line, 0, line.length);
    });
}

function byHand(path, count) {
  const descriptor = openSync(path, "a");
  return () =>
    timed(() => {
      for (let step = 0; step < count; step += 1) {
        writeSync(descriptor, `{"step":${step},"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":0.25}}\n`);
        fdatasyncSync(descriptor);
      }
    });
}
