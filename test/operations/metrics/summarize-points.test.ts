import { describe, expect, test } from "@jest/globals";
import { metrics_summary } from "../../../src/generated/validators.js";
import { createPointsSummary } from "../../../src/operations/metrics/summarize-points.js";

const summarize = (points: readonly (readonly [string, number | null, number, string?])[]) => {
  const summary = createPointsSummary((name) => name.startsWith("secret"));
  for (const [metric, step, value, rank = null] of points)
    summary.add({ metric, step, value, rank, time: null });
  const end = summary.end([]);
  if (end !== null)
    expect({ valid: metrics_summary(end), errors: metrics_summary.errors }).toMatchObject({ valid: true });
  return end;
};

describe("createPointsSummary", () => {
  test("says nothing of nothing", () => {
    expect(summarize([])).toBeNull();
  });

  test("gives the first of the least and the greatest, and the last line, wherever steps go", () => {
    expect(
      summarize([
        ["loss", 5, 2],
        ["loss", 1, 1],
        ["loss", 2, 1],
        ["loss", 9, 2],
        ["loss", 3, 1.5],
      ])?.metrics.loss,
    ).toEqual({
      count: 5,
      nan: 0,
      last: { value: 1.5, step: 3 },
      min: { value: 1, step: 1 },
      max: { value: 2, step: 5 },
    });
  });

  test("keeps what is no number out of least and greatest, and infinities in", () => {
    expect(
      summarize([
        ["a", 1, Number.NaN],
        ["b", 1, Number.NEGATIVE_INFINITY],
        ["b", 2, Number.NaN],
        ["b", 3, 4],
      ])?.metrics,
    ).toEqual({
      a: { count: 1, nan: 1, last: { value: "NaN", step: 1 }, min: null, max: null },
      b: {
        count: 3,
        nan: 1,
        last: { value: 4, step: 3 },
        min: { value: "-Infinity", step: 1 },
        max: { value: 4, step: 3 },
      },
    });
  });

  test("takes names for names, and counts those that look like secrets, or are too many", () => {
    const many = Array.from({ length: 10_050 }, (_, index) => [`metric ${index}`, null, index] as const);
    const summary = summarize([["constructor", 1, 1], ["secret a", 1, 1], ["secret a", 2, 1], ...many]);
    expect(Object.keys(summary?.metrics ?? {})).toHaveLength(9999);
    expect(Object.hasOwn(summary?.metrics ?? {}, "constructor")).toBe(true);
    expect(summary?.left_out).toEqual({ secret: 2, beyond_the_first_names: 52 });
  });
});
