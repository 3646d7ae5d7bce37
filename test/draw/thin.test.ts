import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Samples } from "../../src/draw/series.js";
import { thinning } from "../../src/draw/thin.js";

function thin(values: readonly number[], most: number) {
  const held = thinning(most);
  for (const [x, y] of values.entries()) held.add(x, y);
  return pointsIn(held.points());
}

function pointsIn({ xs, ys }: Samples) {
  return Array.from(xs, (x, at) => ({ x, y: ys[at] as number }));
}

describe("thinning", () => {
  test("keeps a series whole that has room", () => {
    const values = [3, Number.NaN, 1, 2, Number.POSITIVE_INFINITY];
    expect(thin(values, 6)).toEqual(values.map((y, x) => ({ x, y })));
  });

  test("keeps, of a longer one, points as they were, in their order, with both extremes, what is no number, and the last", () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 40 }),
        (values, most) => {
          const kept = thin(values, most);
          expect(kept.length).toBeLessThanOrEqual(3 * most + 4);
          for (const { x, y } of kept) expect(y).toBe(values[x]);
          const steps = kept.map(({ x }) => x);
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
          const numbers = values.filter((each) => !Number.isNaN(each));
          const found = kept.map(({ y }) => y).filter((each) => !Number.isNaN(each));
          expect([Math.min(...found), Math.max(...found)]).toEqual([
            Math.min(...numbers),
            Math.max(...numbers),
          ]);
          expect(found.length === kept.length).toBe(numbers.length === values.length);
          expect(steps.at(-1)).toBe(values.length - 1);
        },
      ),
    );
  });

  test("loses no spike of a long series to a picture: each column of a thousand has its own", () => {
    const count = 400_000;
    const spikes = new Map(
      Array.from({ length: 1000 }, (_, column) => [column * 400 + ((column * 37) % 400), column + 2]),
    );
    const held = thinning(131_072);
    for (let step = 0; step < count; step += 1) held.add(step, spikes.get(step) ?? Math.sin(step));
    const kept = pointsIn(held.points());
    expect(kept.length).toBeLessThan(count);
    const found = new Map(kept.filter(({ y }) => y >= 2).map(({ x, y }) => [x, y]));
    expect(found).toEqual(spikes);
  });
});
