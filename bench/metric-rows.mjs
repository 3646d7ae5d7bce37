/** What a logged point costs, and what it costs to read it back. */

import { spawnSync } from "node:child_process";
import { fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pairs, timed, timedAsync } from "./measure.mjs";

export async function metricRows({ root, scratch, short, library, row }) {
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
