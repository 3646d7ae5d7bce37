/** Records of stages, as the run manifest holds them. */
import type { Stage } from "../../../kinds/run/run.js";
import { formatUtc } from "../../../manifest/timestamps.js";

export function stage(
  name: string,
  status: Stage["status"],
  from: number,
  to: number | null,
  artifacts: Record<string, string>,
  message: string | null = null,
): Stage {
  return {
    name,
    status,
    started_at: formatUtc(from),
    finished_at: to === null ? null : formatUtc(Math.max(from, to)),
    elapsed_seconds: to === null ? null : Math.max(0, to - from) / 1000,
    message,
    artifacts,
  };
}

export function runningStage(name: string, from: number): Stage {
  return stage(name, "running", from, null, {});
}

export function skippedStage(name: string, at: number, reason: string): Stage {
  return stage(name, "skipped", at, at, {}, reason);
}
