import { UsageError } from "../../../errors.js";
import { countPeriods, type GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";
import type { DataTable } from "../data-table.js";

export interface Split {
  readonly target_metric: string;
  /** From the first period to before the second; the end of the holdout is where the tapes end. */
  readonly train: readonly [number, number];
  readonly holdout: readonly [number, number];
}

/** Null where nothing is held out. */
export function splitOf({ holdout }: GroundTruthManifest): Split | null {
  if (holdout === null || holdout === undefined) return null;
  const { target_metric, cutoff_period_index: cutoff, holdout_periods } = holdout;
  return { target_metric, train: [0, cutoff], holdout: [cutoff, cutoff + holdout_periods] };
}

export interface SplitTable<Cell> {
  readonly train: DataTable<Cell>;
  readonly holdout: DataTable<Cell>;
}

/**
 * The rows of a table before and from the cutoff, by a column of periods: their numbers from 0, or as many different values, such as
 * dates, as there are periods, which are then taken in their order.
 *
 * @throws UsageError when nothing is held out, or the column tells no period.
 */
export function splitTable<Cell>(
  manifest: GroundTruthManifest,
  { columns, rows }: DataTable<Cell>,
  periodColumn: string,
): SplitTable<Cell> {
  const split = splitOf(manifest);
  if (split === null)
    throw new UsageError("NO_HOLDOUT", "the ground truth holds nothing out", {
      hint: "Use the whole table.",
    });
  const place = columns.indexOf(periodColumn);
  if (place < 0)
    throw noPeriods(periodColumn, `is none of ${columns.map((name) => JSON.stringify(name)).join(", ")}`);
  const periods = countPeriods(manifest.trajectory_samples) ?? split.holdout[1];
  const periodOf = periodReader(
    rows.map((row) => row[place]),
    periods,
    periodColumn,
  );
  const [, cutoff] = split.train;
  return {
    train: { columns, rows: rows.filter((row) => periodOf(row[place]) < cutoff) },
    holdout: { columns, rows: rows.filter((row) => periodOf(row[place]) >= cutoff) },
  };
}

function periodReader(
  values: readonly unknown[],
  periods: number,
  column: string,
): (value: unknown) => number {
  const texts = [...new Set(values.map(String))];
  if (texts.every((text) => /^[0-9]+$/.test(text) && Number(text) < periods)) return Number;
  if (texts.length !== periods)
    throw noPeriods(column, `holds ${texts.length} different values; there are ${periods} periods`);
  const areNumbers = texts.every((text) => text !== "" && Number.isFinite(Number(text)));
  const sorted = areNumbers ? texts.sort((a, b) => Number(a) - Number(b)) : texts.sort();
  const order = new Map(sorted.map((text, period) => [text, period]));
  return (value) => order.get(String(value)) as number;
}

function noPeriods(column: string, what: string): UsageError {
  return new UsageError("NO_PERIODS", `the column ${JSON.stringify(column)} ${what}`, {
    hint: "Name the column of periods: their numbers from 0, or one value for each.",
  });
}
