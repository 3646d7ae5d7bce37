import { describe, expect, test } from "@jest/globals";
import {
  compareMetrics,
  type MetricPoint,
} from "../../../../src/operations/reproduce/compare/compare-metrics.js";

type Written = readonly [metric: string, step: number | null, value: number];

async function* points(written: readonly Written[]): AsyncGenerator<MetricPoint> {
  for (const [metric, step, value] of written) yield { metric, step, value, rank: null };
}

const compare = (before: readonly Written[], now: readonly Written[], tolerance: number | null = null) =>
  compareMetrics(points(before), points(now), tolerance);

describe("compareMetrics", () => {
  const run: Written[] = [
    ["loss", 1, 0.5],
    ["acc", 1, 0.8],
    ["loss", 2, 0.25],
  ];

  test("points are held against those of the same metric and step, in whatever order they came", async () => {
    expect(await compare(run, run.toReversed())).toMatchObject({
      outcome: "identical",
      points: 3,
      equal: 3,
      first: null,
    });
    expect(
      await compare(
        [
          ["a", null, 1],
          ["a", null, 2],
        ],
        [
          ["a", null, 1],
          ["a", null, 2],
        ],
      ),
    ).toMatchObject({ outcome: "identical" });
    expect(
      await compare(
        [
          ["a", 1, 1],
          ["a", 1, 2],
        ],
        [
          ["a", 1, 2],
          ["a", 1, 1],
        ],
      ),
    ).toMatchObject({ outcome: "differs", equal: 0 });
  });

  test("the first point of the record that parted is named", async () => {
    const now: Written[] = [
      ["loss", 1, 0.5],
      ["acc", 1, 0.9],
      ["loss", 2, 0.3],
    ];
    expect(await compare(run, now)).toMatchObject({
      outcome: "differs",
      equal: 1,
      first: { metric: "acc", step: 1, recorded: 0.8, now: 0.9 },
    });
    // Within the tolerance is the first; the second is what decides.
    expect((await compare(run, now, 0.12)).first).toMatchObject({ metric: "loss", step: 2 });
    expect(await compare(run, now, 0.2)).toMatchObject({
      outcome: "within-tolerance",
      first: { metric: "acc" },
    });
  });

  test("a point that is gone, and one that is new, differ", async () => {
    expect((await compare(run, run.slice(0, 2))).first).toEqual({
      metric: "loss",
      step: 2,
      recorded: 0.25,
      now: null,
    });
    expect((await compare(run, [...run, ["loss", 3, 0.1]])).first).toEqual({
      metric: "loss",
      step: 3,
      recorded: null,
      now: 0.1,
    });
    expect((await compare(run, [], 0.9)).outcome).toBe("differs");
  });

  test("NaN is the same as NaN, and text in JSON", async () => {
    expect(await compare([["a", 1, Number.NaN]], [["a", 1, Number.NaN]])).toMatchObject({
      outcome: "identical",
    });
    expect((await compare([["a", 1, 1]], [["a", 1, Number.NaN]], 0.5)).first).toEqual({
      metric: "a",
      step: 1,
      recorded: 1,
      now: "NaN",
    });
    expect(JSON.stringify(await compare([["a", 1, 1]], [["a", 1, Number.NaN]]))).not.toContain(
      'null,"points',
    );
  });

  test("nothing on record is nothing compared", async () => {
    expect(await compare([], run)).toMatchObject({ outcome: "none", points: 0 });
  });
});
