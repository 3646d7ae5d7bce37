/**
 * What the points of a run come to: of each metric the last, the least and the greatest, with their steps, and how many. Which of them is
 * best nobody has said, so that is not said here either.
 */
import type { MetricsSummary } from "../../generated/types.js";
import { spellMetric } from "../../manifest/metrics.js";
import type { JournalProblems, MetricPoint } from "../../store/metrics/journal.js";

export interface PointsSummary {
  add(point: MetricPoint): void;
  /** `null` where there is neither a point nor anything that was to be one. */
  end(problems: readonly JournalProblems[]): MetricsSummary | null;
}

interface Reached {
  readonly value: number;
  readonly step: number | null;
}

interface Tally {
  count: number;
  nan: number;
  /** The journal whose last point counts: the first that has the metric. */
  readonly rank: string | null;
  last: Reached;
  min: Reached | null;
  max: Reached | null;
}

/** A program that makes up a name at each step must not fill the memory. */
const mostNames = 10_000;

export function createPointsSummary(isSecret: (name: string) => boolean): PointsSummary {
  /** `null` for a name that looks like a secret. */
  const tallies = new Map<string, Tally | null>();
  let secret = 0;
  let beyond = 0;

  const tallyOf = (point: MetricPoint): Tally | null | undefined => {
    const known = tallies.get(point.metric);
    if (known !== undefined || tallies.size >= mostNames) return known;
    const made = isSecret(point.metric) ? null : newTally(point);
    tallies.set(point.metric, made);
    return made;
  };

  return {
    add(point) {
      const tally = tallyOf(point);
      if (tally === undefined) beyond += 1;
      else if (tally === null) secret += 1;
      else count(tally, point);
    },
    end(problems) {
      const named = [...tallies].flatMap(([name, tally]) => (tally === null ? [] : [[name, tally] as const]));
      if (named.length + secret + problems.length === 0) return null;
      return {
        metrics_summary_version: 1,
        metrics: Object.fromEntries(named.map(([name, tally]) => [name, described(tally)])),
        left_out: { secret, beyond_the_first_names: beyond },
        unread: problems.slice(0, 1000).map(({ path, torn, bad, lines, unreadable }) => ({
          path,
          torn,
          bad,
          lines: lines.map(({ line }) => line),
          reason: unreadable,
        })),
      };
    },
  };
}

function newTally({ value, step, rank }: MetricPoint): Tally {
  return { count: 0, nan: 0, rank, last: { value, step }, min: null, max: null };
}

function count(tally: Tally, { value, step, rank }: MetricPoint): void {
  tally.count += 1;
  if (rank === tally.rank) tally.last = { value, step };
  if (Number.isNaN(value)) tally.nan += 1;
  else {
    if (tally.min === null || value < tally.min.value) tally.min = { value, step };
    if (tally.max === null || value > tally.max.value) tally.max = { value, step };
  }
}

function described({ count, nan, last, min, max }: Tally): MetricsSummary["metrics"][string] {
  return { count, nan, last: spelled(last), min: min && spelled(min), max: max && spelled(max) };
}

function spelled({ value, step }: Reached) {
  return { value: spellMetric(value), step };
}
