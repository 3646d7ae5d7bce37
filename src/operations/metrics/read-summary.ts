/** `metrics_summary.json` as queries see it. */
import type { Finding } from "../../errors.js";
import type { MetricsSummary } from "../../generated/types.js";
import { metrics_summary as validator } from "../../generated/validators.js";
import { parseMetric } from "../../manifest/metrics.js";
import { parseJson } from "../../manifest/parse.js";
import type { QueriedMetric } from "../../query/queried-run.js";

export const summaryPath = "00_run_metadata/metrics_summary.json";

/** None where the file is not there, or is not what its schema says: \`show\` and \`verify\` tell of that. */
export function summarizedMetrics(
  bytes: Uint8Array | Finding | null,
): Readonly<Record<string, QueriedMetric>> {
  if (bytes === null || "code" in bytes) return {};
  const parsed = parseJson(bytes, bytes.length);
  if (!parsed.ok || !validator(parsed.value)) return {};
  return queriedMetrics(parsed.value as MetricsSummary);
}

export function queriedMetrics({
  metrics,
}: Pick<MetricsSummary, "metrics">): Readonly<Record<string, QueriedMetric>> {
  return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, queried(metric)]));
}

function queried({ count, last, min, max }: MetricsSummary["metrics"][string]): QueriedMetric {
  const number = (point: { readonly value: unknown } | null) => parseMetric(point?.value) ?? Number.NaN;
  return { last: number(last), min: number(min), max: number(max), count };
}
