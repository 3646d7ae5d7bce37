/** A fixture generated, verified and replayed by whole processes, against a process that writes or reads the same bytes. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pairs, processTime } from "./measure.mjs";

const writer = `
const { closeSync, fsyncSync, openSync, readSync, readdirSync, writeSync, mkdirSync } = require("node:fs");
const [from, to] = process.argv.slice(2);
const block = Buffer.allocUnsafe(1 << 18);
if (to) mkdirSync(to, { recursive: true });
for (const name of readdirSync(from)) {
  const source = openSync(from + "/" + name, "r");
  const target = to && openSync(to + "/" + name, "w");
  for (let read; (read = readSync(source, block)) > 0; ) if (to) writeSync(target, block, 0, read);
  if (to) fsyncSync(target), closeSync(target);
  closeSync(source);
}
`;

export async function fixtureRows({ scratch, cli, env, short, row }) {
  const events = short ? 20_000 : 1_000_000;
  const [made, again, floor] = ["made", "again", "floor"].map((name) => join(scratch, `fixture-${name}`));
  const copy = join(scratch, "copy-fixture.cjs");
  writeFileSync(copy, writer);
  const generate = (folder) => [cli, ...generateWords(folder, events)];
  const { status, stderr } = spawnSync(process.execPath, generate(made), { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const options = { env };
  const rounds = short ? 5 : 3;
  const fresh = (folder, words) => () => {
    rmSync(folder, { recursive: true, force: true });
    return processTime(process.execPath, words, options);
  };
  const generated = await pairs(fresh(again, generate(again)), fresh(floor, [copy, made, floor]), rounds, 1);
  const size = `${events} events, ${readdirSync(made).length} files`;
  row(`fixture generate, ${size}`, "node, writing the same bytes", generated, short ? 20 : 60);
  for (const verb of ["verify", "replay"]) {
    const read = await pairs(
      () => processTime(process.execPath, [cli, "fixture", verb, made], options),
      () => processTime(process.execPath, [copy, made], options),
      rounds,
      1,
    );
    row(`fixture ${verb}, ${events} events`, "node, reading the same bytes", read, short ? 20 : 60);
  }
}

function generateWords(folder, events) {
  const bundle = JSON.stringify({ seed: 42, namespace: "bench", partition: "0" });
  const flags = {
    generator: "market-events",
    "seed-bundle": bundle,
    profile: "calm",
    scenario: "options-sweep",
  };
  const all = { ...flags, "run-name": "bench", "output-dir": folder };
  const params = [`events=${events}`, "symbols=SPY,QQQ,IWM", "start_ts=1767623400000", "interval_ms=250"];
  return [
    "fixture",
    "generate",
    ...Object.entries(all).flatMap(([flag, value]) => [`--${flag}`, value]),
    ...params.flatMap((param) => ["--param", param]),
  ];
}
