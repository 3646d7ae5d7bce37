/** What is drawn: values over x, in the order they were recorded; x may repeat or go back. */

export interface Series {
  readonly name: string;
  readonly points: Points;
}

export type Points = readonly Point[] | Samples;

/** Many points, side by side: as many of the one as of the other. */
export interface Samples {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

export function samplesOf(points: Points): Samples {
  return "xs" in points
    ? points
    : { xs: Float64Array.from(points, ({ x }) => x), ys: Float64Array.from(points, ({ y }) => y) };
}

export interface Point {
  readonly x: number;
  /** NaN and infinities are marked, not drawn. */
  readonly y: number;
}

/** A series of means, with the spread around them. */
export interface Band {
  readonly name: string;
  readonly points: readonly BandPoint[];
  /** The most members that a mean is over. */
  readonly n: number;
}

export interface BandPoint extends Point {
  /** Mean minus and plus one sample standard deviation; both the mean itself where there is only one member. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Exponential moving average of the raw series, with the bias of its beginning removed: the first value is the first value.
 * `weight` of the past, 0 to below 1. What is not finite stays as it is, and is in no average.
 */
export function smooth({ name, points }: Series, weight: number): Series {
  const next = smoother(weight);
  const { xs, ys } = samplesOf(points);
  return { name, points: { xs, ys: ys.map((y) => next(y)) } };
}

/** The same, one value after the other. */
export function smoother(weight: number): (y: number) => number {
  let average = 0;
  let share = 0;
  return (y) => {
    if (weight === 0 || !Number.isFinite(y)) return y;
    average = weight * average + (1 - weight) * y;
    share = weight * share + (1 - weight);
    return average / share;
  };
}

/** Mean and sample standard deviation at every x that any member has; of a member that has one x twice, the later value counts. */
export function bandOf(name: string, members: readonly Series[]): Band {
  const byX = new Map<number, number[]>();
  for (const { points } of members) {
    const { xs, ys } = samplesOf(points);
    const latest = new Map<number, number>();
    for (const [at, x] of xs.entries()) latest.set(x, ys[at] as number);
    for (const [x, y] of latest) {
      if (!Number.isFinite(y)) continue;
      const values = byX.get(x);
      if (values === undefined) byX.set(x, [y]);
      else values.push(y);
    }
  }
  const points = [...byX].sort(([a], [b]) => a - b).map(([x, values]) => spreadAt(x, values));
  return { name, points, n: points.reduce((most, { n }) => Math.max(most, n), 0) };
}

function spreadAt(x: number, values: readonly number[]): BandPoint {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = n < 2 ? 0 : Math.sqrt(squares / (n - 1));
  return { x, y: mean, low: mean - sd, high: mean + sd, n };
}

/** The last value that is a number: what a label says. */
export function lastOf({ points }: { readonly points: Points }): number | undefined {
  return samplesOf(points).ys.findLast((y) => Number.isFinite(y));
}
