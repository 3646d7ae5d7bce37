/**
 * A series of any length, held in bounded memory while it comes in: first whole; beyond `most` points, of ever longer stretches the lowest, the
 * highest and one that is no number, each as it was. A column of a picture is many stretches wide, so that no spike is lost.
 */
import type { Samples } from "./series.js";

export interface Thinning {
  add(x: number, y: number): void;
  addAll(samples: Samples): void;
  /** In the order in which they came; the last of all is the last. */
  points(): Samples;
}

export const mostPoints = 262_144;

export function thinning(most = mostPoints): Thinning {
  /** The points of the stretches that are whole, then all that came since. */
  let xs = new Float64Array(1024);
  let ys = new Float64Array(1024);
  let length = 0;
  /** Where the points of each stretch end; not needed while each is one point. */
  let ends = new Uint32Array(0);
  let stretches = 0;
  /** How many points came for each. */
  let size = 1;
  let inOpen = 0;
  /** The last of all may be in its stretch neither the lowest nor the highest. */
  let last = { x: 0, y: 0, isKept: true };

  const makeRoom = (count: number) => {
    if (length + count > xs.length)
      [xs, ys] = [larger(xs, length, length + count), larger(ys, length, length + count)];
  };
  const close = () => {
    const kept = condense(xs, ys, length - inOpen, length, length - inOpen);
    last = { x: xs[length - 1] as number, y: ys[length - 1] as number, isKept: kept.hasLast };
    length = kept.end;
    ends[stretches] = length;
  };
  const joinPairs = () => {
    const joined = size === 1 ? new Uint32Array(most) : ends;
    let from = 0;
    let into = 0;
    let count = 0;
    for (let stretch = 0; stretch < stretches; stretch += 2) {
      const second = Math.min(stretch + 1, stretches - 1);
      const to = size === 1 ? second + 1 : (ends[second] as number);
      const kept = condense(xs, ys, from, to, into);
      if (to === length) {
        if (size === 1) last = { x: xs[to - 1] as number, y: ys[to - 1] as number, isKept: true };
        last = { ...last, isKept: last.isKept && kept.hasLast };
      }
      from = to;
      into = kept.end;
      joined[count++] = into;
    }
    ends = joined;
    stretches = count;
    length = into;
    size *= 2;
  };
  const add = (x: number, y: number) => {
    if (length === xs.length) makeRoom(1);
    xs[length] = x;
    ys[length] = y;
    length += 1;
    inOpen += 1;
    if (inOpen < size) return;
    if (size > 1) close();
    inOpen = 0;
    stretches += 1;
    if (stretches >= most) joinPairs();
  };
  return {
    add,
    addAll(samples) {
      const count = samples.xs.length;
      if (size > 1 || stretches + count >= most) {
        for (let at = 0; at < count; at += 1) add(samples.xs[at] as number, samples.ys[at] as number);
        return;
      }
      makeRoom(count);
      xs.set(samples.xs, length);
      ys.set(samples.ys, length);
      length += count;
      stretches += count;
    },
    points() {
      if (size === 1) return { xs: xs.subarray(0, length), ys: ys.subarray(0, length) };
      const held = { xs: xs.slice(0, length + 1), ys: ys.slice(0, length + 1) };
      let { x, y, isKept } = last;
      let end = length;
      if (inOpen > 0) {
        [x, y] = [xs[length - 1] as number, ys[length - 1] as number];
        const kept = condense(held.xs, held.ys, length - inOpen, length, length - inOpen);
        isKept = kept.hasLast;
        end = kept.end;
      }
      if (!isKept) {
        held.xs[end] = x;
        held.ys[end] = y;
        end += 1;
      }
      return { xs: held.xs.subarray(0, end), ys: held.ys.subarray(0, end) };
    },
  };
}

/** Moves what is kept of the points `from` … `to` to `into`, which is not behind them. Of equal points the first. */
function condense(
  xs: Float64Array,
  ys: Float64Array,
  from: number,
  to: number,
  into: number,
): { readonly end: number; readonly hasLast: boolean } {
  let low = -1;
  let high = -1;
  let odd = -1;
  for (let at = from; at < to; at += 1) {
    const y = ys[at] as number;
    if (!Number.isFinite(y)) {
      if (odd < 0) odd = at;
      continue;
    }
    if (low < 0 || y < (ys[low] as number)) low = at;
    if (high < 0 || y > (ys[high] as number)) high = at;
  }
  let end = into;
  for (let at = from; at < to; at += 1) {
    if (at !== low && at !== high && at !== odd) continue;
    xs[end] = xs[at] as number;
    ys[end] = ys[at] as number;
    end += 1;
  }
  return { end, hasLast: low === to - 1 || high === to - 1 || odd === to - 1 };
}

/** With room for so many, and at least for twice as many as before, so that few are moved often. */
function larger(numbers: Float64Array, length: number, count: number): Float64Array<ArrayBuffer> {
  const room = new Float64Array(Math.max(count, numbers.length * 2));
  room.set(numbers.subarray(0, length));
  return room;
}
