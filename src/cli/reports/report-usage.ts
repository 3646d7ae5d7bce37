/** What a run used, on one line; empty where nothing was sampled. */
import type { UsageFacts } from "../../generated/types.js";
import { counted } from "../terminal/counted.js";
import { formatBytes } from "../terminal/progress.js";

export function usageWords(usage: UsageFacts | null): string {
  if (usage === null) return "";
  const { cpu_seconds, mean_cpu, peak_rss_bytes, read_bytes, written_bytes, gpus, lost } = usage;
  return [
    `${formatBytes(peak_rss_bytes)} of memory at most`,
    ...(cpu_seconds === null
      ? []
      : [`${cpu_seconds.toFixed(1)} s of CPU${mean_cpu === null ? "" : ` (${mean_cpu.toFixed(2)} busy)`}`]),
    ...(read_bytes === null ? [] : [`${formatBytes(read_bytes)} read`]),
    ...(written_bytes === null ? [] : [`${formatBytes(written_bytes)} written`]),
    ...gpus.map(({ index, mean_utilization, peak_memory_bytes }) =>
      [
        `GPU ${index}`,
        ...(mean_utilization === null ? [] : [`${mean_utilization.toFixed(0)} %`]),
        ...(peak_memory_bytes === null ? [] : [formatBytes(peak_memory_bytes)]),
      ].join(" "),
    ),
    ...(lost === 0 ? [] : [`${counted(lost, "sample")} not written`]),
  ].join("  ");
}
