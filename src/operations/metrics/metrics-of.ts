/** The metrics of a recorded run: what is on record of them, or where that has nothing, as of a run without an end, its journals. */
import type { MetricsSummary } from "../../generated/types.js";
import type { JournalProblems, MetricPoint } from "../../store/metrics/journal.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { createPointsSummary } from "./summarize-points.js";

export interface MetricsOfPorts {
  readonly visitMetrics: (
    folder: string,
    visit: (point: MetricPoint) => void,
  ) => Promise<readonly JournalProblems[]>;
  readonly redactText: (text: string) => { readonly redactions: Readonly<Record<string, number>> };
}

export interface RunMetrics extends Omit<MetricsSummary, "metrics_summary_version"> {
  readonly source: "record" | "journals";
}

/** `null` where there is neither. */
export async function metricsOf(
  { folder, metrics }: Pick<LoadedRun, "folder" | "metrics">,
  { visitMetrics, redactText }: MetricsOfPorts,
): Promise<RunMetrics | null> {
  if (metrics !== null) return described(metrics, "record");
  const points = createPointsSummary((name) => Object.keys(redactText(name).redactions).length > 0);
  const problems = await visitMetrics(folder, points.add);
  const summary = points.end(problems);
  return summary === null ? null : described(summary, "journals");
}

function described(
  { metrics_summary_version, ...summary }: MetricsSummary,
  source: RunMetrics["source"],
): RunMetrics {
  return { source, ...summary };
}
