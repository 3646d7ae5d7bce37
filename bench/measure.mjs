/** Times two things in turn, A B A B …, so that a machine that slows down slows both; the ratio is taken pair by pair. */
import { spawnSync } from "node:child_process";

/** `a` and `b` give the milliseconds one go took, or a promise of them. */
export async function pairs(a, b, count, warmUp = 2) {
  const times = { a: [], b: [], ratio: [] };
  for (let round = -warmUp; round < count; round += 1) {
    const first = await a();
    const second = await b();
    if (round < 0) continue;
    times.a.push(first);
    times.b.push(second);
    times.ratio.push(first / second);
  }
  return {
    a: median(times.a),
    b: median(times.b),
    ratio: median(times.ratio),
    spread: quartiles(times.ratio),
    count,
  };
}

/** Wall time of a whole process, in milliseconds; a process that fails is no measurement. */
export function processTime(program, words, options = {}) {
  const begun = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, words, {
    // What is written is read, as by a pipe in a shell.
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
    ...options,
  });
  const took = Number(process.hrtime.bigint() - begun) / 1e6;
  if (error || status !== 0)
    throw error ?? new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr}`);
  return took;
}

export function timed(work) {
  const begun = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

export async function timedAsync(work) {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

export function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function quartiles(values) {
  const sorted = [...values].sort((x, y) => x - y);
  return [sorted[Math.floor(sorted.length / 4)], sorted[Math.floor((3 * sorted.length) / 4)]];
}
