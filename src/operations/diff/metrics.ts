/** What the metrics of two runs came to: the last, least and greatest of each, with their steps, and how many points. */
import type { MetricsOfPorts, RunMetrics } from "../metrics/metrics-of.js";
import { metricsOf } from "../metrics/metrics-of.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { type Comparison, compare, namesOf, type Section, unknown, verdictOf } from "./comparison.js";

export type DiffedMetric = RunMetrics["metrics"][string];

export interface MetricsDiff extends Section {
  readonly metrics: readonly Comparison<DiffedMetric>[];
}

export async function diffMetrics(a: LoadedRun, b: LoadedRun, ports: MetricsOfPorts): Promise<MetricsDiff> {
  const [ofA, ofB] = [await metricsOf(a, ports), await metricsOf(b, ports)];
  const [inA, inB] = [namedIn(ofA), namedIn(ofB)];
  const metrics = namesOf(inA, inB).map((name) => {
    const [before, after] = [inA.get(name), inB.get(name)];
    const isSilent = (before === undefined && isUnsaid(a, ofA)) || (after === undefined && isUnsaid(b, ofB));
    return isSilent ? unknown(name, before, after, unsaid) : compare(name, before, after);
  });
  return { outcome: verdictOf(metrics), reason: null, metrics };
}

function namedIn(metrics: RunMetrics | null): ReadonlyMap<string, DiffedMetric> {
  return new Map(Object.entries(metrics?.metrics ?? {}));
}

const unsaid = "a run without an end has its metrics in its journals, which are not here";

/** Journals stay out of Git, and only the end of a run sums them up. */
function isUnsaid({ run }: LoadedRun, metrics: RunMetrics | null): boolean {
  return run.status === "running" && metrics === null;
}
