/** `metrics_summary.json`, written when a run ends: the journals stay out of Git, and this is what a clone knows of them. */
import type { MetricsSummary } from "../../generated/types.js";
import type { Redacted } from "../../secrets/redactions.js";
import type { JournalProblems, MetricPoint } from "../../store/metrics/journal.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import { createPointsSummary, type PointsSummary } from "../metrics/summarize-points.js";

export interface MetricsPorts {
  /** Calls for every point in the journals below a folder; never rejects for what stands there. */
  readonly visitMetrics: (
    folder: string,
    visit: (point: MetricPoint) => void,
  ) => Promise<readonly JournalProblems[]>;
  readonly redactText: (text: string) => Redacted<string>;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
}

export interface SummarizedMetrics {
  /** Its path by its name. */
  readonly facts: Readonly<Record<string, string>>;
  /** `null` where the run has no metrics. */
  readonly summary: MetricsSummary | null;
}

export async function summarizeMetrics(
  folder: RunFolder,
  { visitMetrics, ...ports }: MetricsPorts,
): Promise<SummarizedMetrics> {
  const points = pointsOf(ports);
  return written(points.end(await visitMetrics(folder.path, points.add)), folder, ports);
}

export interface MetricsNowPorts extends Omit<MetricsPorts, "visitMetrics"> {
  /** The same without waiting; `null` for more than can be read while a process ends. */
  readonly visitMetricsNow: (
    folder: string,
    visit: (point: MetricPoint) => void,
  ) => readonly JournalProblems[] | null;
}

/** For a process that just ends. What it does not come to, whoever reads the run finds in its journals. */
export function summarizeMetricsNow(
  folder: RunFolder,
  { visitMetricsNow, ...ports }: MetricsNowPorts,
): SummarizedMetrics {
  const points = pointsOf(ports);
  const problems = visitMetricsNow(folder.path, points.add);
  return written(problems === null ? null : points.end(problems), folder, ports);
}

function pointsOf({ redactText }: Pick<MetricsPorts, "redactText">): PointsSummary {
  return createPointsSummary((name) => Object.keys(redactText(name).redactions).length > 0);
}

function written(
  summary: MetricsSummary | null,
  folder: RunFolder,
  { writeFact }: Pick<MetricsPorts, "writeFact">,
): SummarizedMetrics {
  if (summary === null) return { facts: {}, summary };
  try {
    return { facts: { metrics_summary: writeFact(folder, "metrics_summary.json", summary) }, summary };
  } catch {
    return { facts: {}, summary }; // The record of the run is worth more than this, and the journals still say it.
  }
}
