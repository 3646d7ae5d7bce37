/** What `colophon show` works with. */
import { setTimeout } from "node:timers/promises";
import type { MetricsOfPorts } from "../../operations/metrics/metrics-of.js";
import type { FollowPorts } from "../../operations/records/follow-run.js";
import { redactText } from "../../secrets/text.js";
import { visitMetrics } from "../../store/metrics/read-journals.js";
import { listLogs, readLog } from "../../store/runs/run-logs.js";
import { type RecordPorts, recordPorts } from "./records.js";

export function showPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  namespace?: string,
  maximumBytes?: number,
): RecordPorts & FollowPorts & MetricsOfPorts {
  return {
    ...recordPorts(directory, env, namespace, maximumBytes),
    listLogs,
    readLog,
    visitMetrics,
    redactText,
    pause: (milliseconds) => setTimeout(milliseconds),
  };
}
