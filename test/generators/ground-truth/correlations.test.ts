import { describe, expect, test } from "@jest/globals";
import type { GroundTruthGeneration } from "../../../src/generated/types.js";
import { type GeneratedWorld, generateWorld } from "../../../src/generators/ground-truth/generate-world.js";
import { column, widened, without, world } from "./world.js";

describe("correlations", () => {
  const pair = { metric_a: "engagement", metric_b: "mrr" };
  const many = (changes: Partial<GroundTruthGeneration>) =>
    generateWorld({
      ...widened(80, changes),
      event_tables: [],
      bridges: [],
      quality: { quality_issues: [] },
    });

  test("of the whole table come nearer to what was asked for, once the trajectories are taken off", async () => {
    const asked = { correlations: [{ ...pair, coefficient: 0.6 }] };
    const compensated = await many({ ...asked, compensate_correlations: true });
    const plain = await many({ ...asked, compensate_correlations: false });
    const of = (each: GeneratedWorld) =>
      pearson(column(each, "fct_engagement", "engagement"), column(each, "fct_engagement", "mrr"));
    // What the document takes off is a difference, so that the table comes nearer and not all the way.
    expect(Math.abs(of(compensated) - 0.6)).toBeLessThan(Math.abs(of(plain) - 0.6) / 1.5);
    expect(plain.state).toMatchObject({ correlationAdjustments: null, correlationCompensations: null });
    expect(compensated.state.correlationAdjustments).toBeNull();
  });

  test("of residuals are the copula's", async () => {
    const flat = world.archetypes.map((archetype) => ({ ...archetype, from: 0.5, to: 0.5 }));
    const each = await many({
      archetypes: flat,
      correlations: [{ metric_a: "response_hours", metric_b: "satisfaction", coefficient: -0.7 }],
      compensate_correlations: false,
    });
    const found = pearson(
      column(each, "fct_support", "response_hours"),
      column(each, "fct_support", "satisfaction"),
    );
    expect(Math.abs(found + 0.7)).toBeLessThan(0.05);
  });

  test("of more than 20 metrics are not compensated (P42)", async () => {
    const [first] = world.metrics;
    const wide = Array.from({ length: 21 }, (_, at) => ({ ...first, name: `m${at}`, table: "fct_wide" }));
    const config = {
      ...without(world, "event_tables", "dimensions", "bridges", "quality", "holdout"),
      metrics: wide as GroundTruthGeneration["metrics"],
      correlations: [{ metric_a: "m0", metric_b: "m1", coefficient: 0.5 }],
    };
    expect((await generateWorld(config)).state.correlationCompensations).toBeNull();
    const twenty = { ...config, metrics: config.metrics.slice(0, 20) };
    expect((await generateWorld(twenty)).state.correlationCompensations).toHaveLength(1);
  });
});

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, at) => (value - meanA) * ((b[at] as number) - meanB)));
  const deviation = (values: readonly number[], around: number) =>
    Math.sqrt(mean(values.map((value) => (value - around) ** 2)));
  return product / deviation(a, meanA) / deviation(b, meanB);
}
