/** As many points as a picture has columns for, and no spike less: of each column the first, lowest, highest and last value. */
import { type Point, type Points, samplesOf } from "./series.js";

export interface ReducedColumn {
  /** In the order they were recorded, one to four. Empty where nothing is a number. */
  readonly points: readonly Point[];
  readonly low: number;
  readonly high: number;
  /** How many values of it are NaN or infinite. */
  readonly notFinite: number;
}

/** `columnOf`: of a value of x, 0 to `count` - 1; what is outside is left out. One pass, memory of the columns alone. */
export function reduceToColumns(
  points: Points,
  columnOf: (x: number) => number,
  count: number,
): (ReducedColumn | undefined)[] {
  const { xs, ys } = samplesOf(points);
  /** Of each column four places, -1 for none. */
  const places = new Int32Array(count * 4).fill(-1);
  const notFinite = new Uint32Array(count);
  // Points mostly come in the order of x: what is known of a column is at hand while they stay in it.
  let current = -1;
  let [low, high, last, lowest, highest] = [-1, -1, -1, 0, 0];
  const leave = () => {
    if (current < 0) return;
    places[current * 4 + 1] = low;
    places[current * 4 + 2] = high;
    places[current * 4 + 3] = last;
  };
  for (let at = 0; at < xs.length; at += 1) {
    const next = columnOf(xs[at] as number);
    if (!(next >= 0 && next < count)) continue;
    const y = ys[at] as number;
    if (!Number.isFinite(y)) {
      notFinite[next] = (notFinite[next] as number) + 1;
      continue;
    }
    if (next !== current) {
      leave();
      current = next;
      if ((places[next * 4] as number) < 0) places.fill(at, next * 4, next * 4 + 4);
      low = places[next * 4 + 1] as number;
      high = places[next * 4 + 2] as number;
      lowest = ys[low] as number;
      highest = ys[high] as number;
    }
    last = at;
    if (y < lowest) {
      lowest = y;
      low = at;
    } else if (y > highest) {
      highest = y;
      high = at;
    }
  }
  leave();
  return Array.from(notFinite, (lost, column) => {
    const [first = -1, low = -1, high = -1, last = -1] = places.subarray(column * 4, column * 4 + 4);
    if (first < 0)
      return lost === 0 ? undefined : { points: [], low: Number.NaN, high: Number.NaN, notFinite: lost };
    const kept = [...new Set([first, Math.min(low, high), Math.max(low, high), last])];
    return {
      points: kept.map((at) => ({ x: xs[at] as number, y: ys[at] as number })),
      low: ys[low] as number,
      high: ys[high] as number,
      notFinite: lost,
    };
  });
}
