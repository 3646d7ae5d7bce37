import { describe, expect, test } from "@jest/globals";
import { createSum, isInvariant } from "../../../src/kinds/figure/invariance.js";
import { digestOfValue } from "../../../src/manifest/digest.js";
import { pipelineFrom } from "../../../src/operations/figures/pipeline.js";

const rows = [{ kg: 1 }, { kg: 2 }];

describe("figurePipeline", () => {
  test("digests each slice as it goes, the last one being the payload (A12, A49)", async () => {
    const scaled = await pipelineFrom(rows).step("scale", "1.0.0", { by: 2 }, (slice, { by }) =>
      slice.map(({ kg }) => ({ kg: kg * by })),
    );
    const drawn = await scaled.step("draw", "2.0.0", {}, async (data) => ({ data }));
    expect(drawn.slice).toEqual({ data: [{ kg: 2 }, { kg: 4 }] });
    expect(drawn.transforms).toEqual([
      {
        name: "scale",
        version: "1.0.0",
        params: { by: 2 },
        sha256_before: digestOfValue(rows),
        sha256_after: digestOfValue(scaled.slice),
      },
      {
        name: "draw",
        version: "2.0.0",
        params: {},
        sha256_before: digestOfValue(scaled.slice),
        sha256_after: digestOfValue(drawn.slice),
      },
    ]);
  });

  test("a slice that something changed between two steps breaks the chain", async () => {
    const first = await pipelineFrom(rows).step("copy", "1", {}, (slice) => slice.map((row) => ({ ...row })));
    (first.slice[0] as { kg: number }).kg = 9;
    await expect(first.step("draw", "1", {}, (data) => ({ data }))).rejects.toMatchObject({
      code: "CHAIN_BROKEN",
    });
  });

  test("a slice that JSON cannot hold is refused", async () => {
    await expect(pipelineFrom(rows).step("nan", "1", {}, () => [Number.NaN])).rejects.toMatchObject({
      code: "NOT_JSON",
    });
  });
});

describe("the sums of a figure", () => {
  test("carry what additions round away", () => {
    const sum = createSum();
    for (const value of [1e16, 1, -1e16, 1]) sum.add(value);
    expect(sum.total()).toBe(2);
  });

  test("that are not finite are none", () => {
    const sum = createSum();
    for (const value of [1e308, 1e308]) sum.add(value);
    expect(sum.total()).toBeUndefined();
  });

  test.each([
    [100, 100.0099, true],
    [100, 100.011, false],
    [-100, -100.009, true],
    [0, 0, true],
    [0, 1e-300, false],
  ])(
    "%d before and %d after agree within 0.01 per cent: %s (A25, A50)",
    (pre_agg_sum, post_agg_sum, agrees) => {
      expect(isInvariant({ pre_agg_sum, post_agg_sum, tolerance_pct: 0.01 })).toBe(agrees);
    },
  );
});
