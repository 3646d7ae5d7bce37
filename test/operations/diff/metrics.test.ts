import { describe, expect, test } from "@jest/globals";
import type { MetricsSummary } from "../../../src/generated/types.js";
import { diffRuns } from "../../../src/operations/diff/diff-runs.js";
import type { LoadedRun } from "../../../src/operations/records/load/loaded-run.js";
import { madeRun, mirrorDiff, portsOver } from "./compared-run.js";

async function compareBothWays(a: LoadedRun, b: LoadedRun) {
  const diff = await diffRuns(a, b, portsOver([]));
  expect(await diffRuns(b, a, portsOver([]))).toEqual(mirrorDiff(diff));
  return diff;
}

type Metric = MetricsSummary["metrics"][string];

const metric = (last: Metric["last"]["value"], step: number, more: Partial<Metric> = {}): Metric => ({
  count: step + 1,
  nan: 0,
  last: { value: last, step },
  min: { value: 0.1, step: 3 },
  max: { value: 0.9, step: 0 },
  ...more,
});

const summary = (metrics: MetricsSummary["metrics"]): MetricsSummary => ({
  metrics_summary_version: 1,
  metrics,
  left_out: { secret: 0, beyond_the_first_names: 0 },
  unread: [],
});

const outcomes = (diff: Awaited<ReturnType<typeof diffRuns>>) =>
  diff.metrics.metrics.map(({ name, outcome }) => [name, outcome]);

describe("diffRuns, the metrics", () => {
  test("compares each by what it came to", async () => {
    const a = madeRun({
      metrics: summary({
        loss: metric(0.2, 9),
        acc: metric(0.5, 9),
        nan: metric("NaN", 9),
        old: metric(1, 1),
      }),
    });
    const b = madeRun({
      suffix: "x81m0d",
      metrics: summary({
        loss: metric(0.3, 9),
        acc: metric(0.5, 9),
        nan: metric("NaN", 9),
        new: metric(1, 1),
      }),
    });
    const diff = await compareBothWays(a, b);
    expect(outcomes(diff)).toEqual([
      ["acc", "same"],
      ["loss", "changed"],
      ["nan", "same"],
      ["new", "only_b"],
      ["old", "only_a"],
    ]);
    expect(diff.outcome).toBe("changed");
    expect(diff.summary).toMatch(/^Only what came out .*: metric loss, metric new, and metric old\./);
  });

  test("says what a run was made from first", async () => {
    const a = madeRun({ metrics: summary({ loss: metric(0.2, 9) }), reported: { seed: 1 } });
    const b = madeRun({
      suffix: "x81m0d",
      metrics: summary({ loss: metric(0.3, 9) }),
      reported: { seed: 2 },
    });
    const diff = await compareBothWays(a, b);
    expect(diff.summary).toMatch(/^One thing differs: seed\. .*What came out differs too: metric loss\./);
  });

  test("does not take what cannot be read for nothing", async () => {
    const a = madeRun({ metrics: summary({ loss: metric(0.2, 9) }) });
    const b = madeRun({ suffix: "x81m0d", example: "run-running", state: "lost" });
    const diff = await diffRuns(a, b, portsOver([]));
    expect(outcomes(diff)).toEqual([["loss", "unknown"]]);
  });

  test("reads the journals of a run that has no summary", async () => {
    const a = madeRun({
      metrics: summary({
        loss: metric(0.5, 0, { min: { value: 0.5, step: 0 }, max: { value: 0.5, step: 0 } }),
      }),
    });
    const b = madeRun({ suffix: "x81m0d", example: "run-running", state: "lost" });
    const point = { metric: "loss", step: 0, value: 0.5, time: null, rank: null };
    const ports = {
      ...portsOver([]),
      visitMetrics: async (_folder: string, visit: (found: typeof point) => void) => {
        visit(point);
        return [];
      },
    };
    expect(outcomes(await diffRuns(a, b, ports))).toEqual([["loss", "same"]]);
  });
});
