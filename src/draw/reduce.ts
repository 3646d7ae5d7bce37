/** As many points as a picture has columns for, and no spike less: of each column the first, lowest, highest and last value. */
import type { Point } from "./series.js";

export interface ReducedColumn {
  /** In the order they were recorded, one to four. Empty where nothing is a number. */
  readonly points: readonly Point[];
  readonly low: number;
  readonly high: number;
  /** How many values of it are NaN or infinite. */
  readonly notFinite: number;
}

interface Open {
  first: Indexed;
  low: Indexed;
  high: Indexed;
  last: Indexed;
  notFinite: number;
}

interface Indexed extends Point {
  readonly at: number;
}

/** `columnOf`: of a value of x, 0 to `count` - 1; what is outside is left out. One pass, memory of the columns alone. */
export function reduceToColumns(
  points: readonly Point[],
  columnOf: (x: number) => number,
  count: number,
): (ReducedColumn | undefined)[] {
  const open: (Open | undefined)[] = new Array(count).fill(undefined);
  const lost = new Map<number, number>();
  for (const [at, { x, y }] of points.entries()) {
    const column = columnOf(x);
    if (!(column >= 0 && column < count)) continue;
    if (!Number.isFinite(y)) {
      lost.set(column, (lost.get(column) ?? 0) + 1);
      continue;
    }
    const point = { x, y, at };
    const known = open[column];
    if (known === undefined)
      open[column] = { first: point, low: point, high: point, last: point, notFinite: 0 };
    else {
      if (y < known.low.y) known.low = point;
      if (y > known.high.y) known.high = point;
      known.last = point;
    }
  }
  return open.map((column, index) => close(column, lost.get(index) ?? 0));
}

function close(column: Open | undefined, notFinite: number): ReducedColumn | undefined {
  if (column === undefined) {
    return notFinite === 0 ? undefined : { points: [], low: Number.NaN, high: Number.NaN, notFinite };
  }
  const { first, low, high, last } = column;
  const points = [...new Map([first, low, high, last].map((point) => [point.at, point])).values()].sort(
    (a, b) => a.at - b.at,
  );
  return { points: points.map(({ x, y }) => ({ x, y })), low: low.y, high: high.y, notFinite };
}
