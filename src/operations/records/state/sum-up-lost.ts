/**
 * What a run that was lost said and measured, put on record beside its manifest: its journals stay out of Git, so that a clone would know
 * nothing of it. What they are taken from stays where it is.
 */
import type { RunFolder } from "../../../store/runs/run-folder.js";
import { collectReports, type ReportsPorts } from "../../run/collect-reports.js";
import { type MetricsPorts, summarizeMetrics } from "../../run/summarize-metrics.js";

export type SumUpPorts = MetricsPorts & Omit<ReportsPorts, "removeReports">;

export async function sumUpLost(folder: RunFolder, ports: SumUpPorts): Promise<void> {
  collectReports(folder, [], { ...ports, removeReports: () => {} });
  await summarizeMetrics(folder, ports);
}
