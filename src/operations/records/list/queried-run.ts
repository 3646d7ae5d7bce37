/** A recorded run as queries see it. */
import { kinds } from "../../../kinds/table.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { QueriedMetric, QueriedRun } from "../../../query/queried-run.js";
import { capabilityOf } from "../load/extension.js";
import type { LoadedRecord } from "../load/loaded-run.js";
import type { RunSummary } from "./summarize-run.js";

/** `summary`: of the same record. */
export function queriedRun(
  { manifest, run, version, reported }: LoadedRecord,
  summary: RunSummary,
  metrics: Readonly<Record<string, QueriedMetric>>,
): QueriedRun {
  const { id, folder, name, state, started_at, finished_at, elapsed_seconds, code, data, tags } = summary;
  const pipeline = capabilityOf(run, kinds.run, "pipeline")?.name;
  return {
    id,
    folder,
    name,
    status: state,
    pipeline: typeof pipeline === "string" ? pipeline : null,
    started: parseUtc(started_at) ?? null,
    finished: finished_at === null ? null : (parseUtc(finished_at) ?? null),
    elapsed: elapsed_seconds,
    version,
    metrics,
    params: { ...reported.params, ...manifest?.params },
    tags,
    git: { ...code },
    env: { ...manifest?.env },
    data: data === null ? {} : data.kind === "synthetic" ? { seed: data.seed } : data.hashes,
  };
}
