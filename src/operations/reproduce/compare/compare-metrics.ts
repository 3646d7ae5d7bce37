/** Metrics of two runs, point by point: the n-th value of a metric at a step is held against the n-th there. */
import type { MetricsSummary } from "../../../generated/types.js";
import type { ComparedMetrics, MetricValue, PartedPoint } from "../result.js";
import { relativeDifference } from "./numbers.js";

export interface MetricPoint {
  readonly metric: string;
  readonly step: number | null;
  readonly value: number;
  readonly rank: string | null;
}

export async function compareMetrics(
  recorded: AsyncIterable<MetricPoint>,
  now: AsyncIterable<MetricPoint>,
  tolerance: number | null,
): Promise<ComparedMetrics> {
  const [before, after] = [await listPoints(recorded), await listPoints(now)];
  if (before.length === 0) return nothingRecorded;
  const values = byKey(after);
  let [equal, largest, beyond]: [number, number, PartedPoint | null] = [0, 0, null];
  let unequal: PartedPoint | null = null;
  for (const point of before) {
    const value = values.get(keyOf(point))?.shift();
    const difference =
      value === undefined ? Number.POSITIVE_INFINITY : relativeDifference(point.value, value);
    if (difference === 0) equal += 1;
    else unequal ??= parted(point, point.value, value);
    if (difference > (tolerance ?? 0)) beyond ??= parted(point, point.value, value);
    largest = Math.max(largest, difference);
  }
  const added = after.find((point) => (values.get(keyOf(point))?.length ?? 0) > 0);
  if (added !== undefined) beyond ??= parted(added, undefined, values.get(keyOf(added))?.[0]);
  const outcome = beyond !== null ? "differs" : unequal === null ? "identical" : "within-tolerance";
  return {
    outcome,
    of: "journal",
    points: before.length,
    equal,
    first: beyond ?? unequal,
    largest_difference: Number.isFinite(largest) ? largest : null,
  };
}

/** What a clone knows of metrics. */
export async function compareSummaries(
  recorded: MetricsSummary | null,
  now: MetricsSummary | null,
  tolerance: number | null,
): Promise<ComparedMetrics> {
  const compared = await compareMetrics(figuresOf(recorded), figuresOf(now), tolerance);
  return { ...compared, of: "summary" };
}

async function* figuresOf(summary: MetricsSummary | null): AsyncGenerator<MetricPoint> {
  for (const [metric, { count, last, min, max }] of Object.entries(summary?.metrics ?? {})) {
    for (const point of [last, min, max])
      if (point !== null) yield { metric, step: point.step, value: Number(point.value), rank: null };
    yield { metric: `number of ${metric}`, step: null, value: count, rank: null };
  }
}

const nothingRecorded: ComparedMetrics = {
  outcome: "none",
  of: "journal",
  points: 0,
  equal: 0,
  first: null,
  largest_difference: null,
};

async function listPoints(points: AsyncIterable<MetricPoint>): Promise<MetricPoint[]> {
  const list: MetricPoint[] = [];
  for await (const point of points) list.push(point);
  return list;
}

function keyOf({ metric, step, rank }: MetricPoint): string {
  return JSON.stringify([metric, step, rank]);
}

function byKey(points: readonly MetricPoint[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const point of points) {
    const known = values.get(keyOf(point));
    if (known === undefined) values.set(keyOf(point), [point.value]);
    else known.push(point.value);
  }
  return values;
}

function parted(
  { metric, step }: MetricPoint,
  recorded: number | undefined,
  now: number | undefined,
): PartedPoint {
  return { metric, step, recorded: asJson(recorded), now: asJson(now) };
}

/** JSON has no other numbers than finite ones. */
function asJson(value: number | undefined): MetricValue | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}
