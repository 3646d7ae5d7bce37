/** Whether files and folders are still as they were, from what the system says of them. */
import { lstatSync, type Stats } from "node:fs";

/** Times that are whole seconds come from a file system that keeps no more, where a change within the second leaves no trace. */
const coarseMilliseconds = 2000;
const fineMilliseconds = 50;

export interface Stamp {
  /** Of all of them together: equal when none of them has changed. */
  readonly sum: number;
  /** When one of them changed last, in milliseconds since 1970, later by as much as the file system may be unsure. */
  readonly settledAt: number;
  /** Whether one of them is a link: what it leads to may change without it. */
  readonly hasLink: boolean;
}

/** `paths` below the folder; an empty one is the folder itself. */
export function stampOf(folder: string, paths: readonly string[]): Stamp {
  let settledAt = 0;
  let hasLink = false;
  if (values.length < 5 * paths.length) makeRoom(10 * paths.length);
  let at = 0;
  for (const path of paths) {
    const stats = statOf(path === "" ? folder : `${folder}/${path}`);
    values[at] = stats?.ino ?? 0;
    values[at + 1] = stats?.mode ?? 0;
    values[at + 2] = stats?.size ?? 0;
    values[at + 3] = stats?.mtimeMs ?? 0;
    values[at + 4] = stats?.ctimeMs ?? 0;
    at += 5;
    if (stats === undefined) continue;
    hasLink ||= stats.isSymbolicLink();
    settledAt = Math.max(settledAt, settledTime(stats));
  }
  return { sum: sumOf(at), settledAt, hasLink };
}

function settledTime({ mtimeMs, ctimeMs }: Stats): number {
  const last = Math.max(mtimeMs, ctimeMs);
  return last + (last % 1000 === 0 ? coarseMilliseconds : fineMilliseconds);
}

const mayBeAbsent = { throwIfNoEntry: false } as const;

/** What cannot be looked at is as good as absent, until that changes. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, mayBeAbsent);
  } catch {
    return undefined;
  }
}

/** And no link to one. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** What is summed up, and its halves. A list makes hundreds of stamps, and memory of its own for each would be most of its garbage. */
let values: Float64Array;
let halves: Int32Array;
makeRoom(64);

function makeRoom(count: number): void {
  values = new Float64Array(count);
  halves = new Int32Array(values.buffer);
}

/** Of so many values, of 53 bits. One loop, as a call takes V8's interpreter longer than a round. */
function sumOf(count: number): number {
  let [a, b] = [0x9e37_79b9, 0x85eb_ca6b];
  for (let index = 0; index < 2 * count; index += 1) {
    const half = halves[index] as number;
    a = Math.imul(a ^ half, 0xcc9e_2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ half ^ (a >>> 7), 0xc2b2_ae35);
    b = (b << 13) | (b >>> 19);
  }
  return ((a ^ (a >>> 16)) >>> 0) * 0x20_0000 + (((b ^ (b >>> 13)) >>> 0) & 0x1f_ffff);
}
