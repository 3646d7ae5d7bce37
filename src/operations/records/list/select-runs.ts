/** Which of the recorded runs are asked for, and in which order. */
import { kinds } from "../../../kinds/table.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import { matches } from "../../../query/match.js";
import { parseQuery } from "../../../query/parse-query.js";
import type { QueriedMetric, QueriedRun } from "../../../query/queried-run.js";
import type { Query } from "../../../query/query.js";
import { compareBy, parseSort, type SortKey } from "../../../query/sort.js";
import { capabilityOf } from "../load/extension.js";
import type { LoadedRecord } from "../load/loaded-run.js";
import type { ListedRun } from "./list-runs.js";
import { summarizeRun } from "./summarize-run.js";

export interface Selection {
  /** All of them have to match. */
  readonly queries: readonly Query[];
  readonly sort: readonly SortKey[];
  readonly now: number;
}

export interface SelectedRun {
  readonly record: LoadedRecord;
  readonly queried: QueriedRun;
}

export interface SelectedRuns {
  readonly runs: readonly SelectedRun[];
  /** Those that cannot be loaded cannot be asked. */
  readonly notAsked: number;
}

/** As typed. @throws UsageError that points at the character. */
export function parseSelection(queries: readonly string[], sort: string | undefined, now: number): Selection {
  return {
    queries: queries.map((query) => parseQuery(query, now)),
    sort: sort === undefined ? [] : parseSort(sort),
    now,
  };
}

/** In the order they come in, where the sort says nothing. */
export function selectRuns(
  listed: readonly ListedRun[],
  { queries, sort, now }: Selection,
  metricsOf: (record: LoadedRecord) => Readonly<Record<string, QueriedMetric>>,
): SelectedRuns {
  const loaded = listed.flatMap(({ run }) => (run === null ? [] : [run]));
  const runs = loaded
    .map((record) => ({ record, queried: queriedRun(record, metricsOf(record), now) }))
    .filter(({ queried }) => queries.every((query) => matches(query, queried)));
  const compare = compareBy(sort);
  return {
    runs: runs.toSorted((a, b) => compare(a.queried, b.queried)),
    notAsked: listed.length - loaded.length,
  };
}

export function queriedRun(
  record: LoadedRecord,
  metrics: Readonly<Record<string, QueriedMetric>>,
  now: number,
): QueriedRun {
  const { manifest, run, version, reported } = record;
  const { id, folder, name, state, started_at, finished_at, elapsed_seconds, code, data, tags } =
    summarizeRun(record, now);
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
