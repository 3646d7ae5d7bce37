/**
 * A series of any length, held in bounded memory while it comes in: first whole; beyond `most` points, of ever longer stretches the lowest, the
 * highest and one that is no number, each as it was. A column of a picture is many stretches wide, so that no spike is lost.
 */
import type { Point } from "./series.js";

export interface Thinning {
  add(x: number, y: number): void;
  /** In the order in which they came; the last of all is the last. */
  points(): readonly Point[];
}

interface Placed extends Point {
  readonly at: number;
}

interface Stretch {
  readonly low: Placed | null;
  readonly high: Placed | null;
  readonly odd: Placed | null;
}

export const mostPoints = 131_072;

export function thinning(most = mostPoints): Thinning {
  let stretches: Stretch[] = [];
  /** How many points are in each. */
  let length = 1;
  let open: Stretch | null = null;
  let inOpen = 0;
  let count = 0;
  let last: Placed | null = null;
  return {
    add(x, y) {
      last = { x, y, at: count };
      count += 1;
      const alone = Number.isFinite(y)
        ? { low: last, high: last, odd: null }
        : { low: null, high: null, odd: last };
      open = open === null ? alone : join(open, alone);
      inOpen += 1;
      if (inOpen < length) return;
      stretches.push(open);
      open = null;
      inOpen = 0;
      if (stretches.length < most) return;
      stretches = inPairs(stretches);
      length *= 2;
    },
    points() {
      const all = open === null ? stretches : [...stretches, open];
      const placed = all.flatMap(({ low, high, odd }) =>
        [low, high, odd]
          .filter((point) => point !== null)
          .filter(({ at }, index, those) => those.findIndex((other) => other.at === at) === index)
          .sort((a, b) => a.at - b.at),
      );
      if (last !== null && placed.at(-1)?.at !== last.at) placed.push(last);
      return placed;
    },
  };
}

function inPairs(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (let index = 0; index < stretches.length; index += 2) {
    const [one, other] = [stretches[index] as Stretch, stretches[index + 1]];
    joined.push(other === undefined ? one : join(one, other));
  }
  return joined;
}

/** Of equal points the first. */
function join(one: Stretch, other: Stretch): Stretch {
  return {
    low: one.low === null || (other.low !== null && other.low.y < one.low.y) ? other.low : one.low,
    high: one.high === null || (other.high !== null && other.high.y > one.high.y) ? other.high : one.high,
    odd: one.odd ?? other.odd,
  };
}
