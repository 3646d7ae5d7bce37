/** One cell of a fact table, step by step from the label to what stands in the file, with a word for each on where it was found. */
import { UsageError } from "../../../errors.js";
import type { GroundTruthGeneration, MetricConfig } from "../../../generated/types.js";
import { type CellSteps, traceCell as stepsOf } from "../../../generators/ground-truth/trace-cell.js";
import {
  areClose,
  type CleanValue,
  type GroundTruthManifest,
} from "../../../kinds/ground-truth/ground-truth.js";
import type { DataTable } from "../data-table.js";
import { recoverTable } from "./recover-table.js";
import { checkEntity, type Source } from "./source.js";

export interface CellQuestion {
  readonly entity: string;
  /** From 0. */
  readonly period: number;
  readonly metric: string;
}

export interface TraceStep {
  readonly step: "archetype" | keyof CellSteps;
  readonly value: string | number;
  /** `derived`: the configuration tells it again. */
  readonly source: Source;
  /** Whether the manifest, where it has it too, says the same. */
  readonly agrees: boolean;
}

export interface TracedPair {
  readonly metric: string;
  /** Null where none was asked for. */
  readonly requested: number | null;
  /** What the trajectories bring; null where nothing was compensated. */
  readonly trajectory_contribution: number | null;
  /** What the pair is drawn with. */
  readonly target: number;
}

export interface TracedFile {
  /** In the file, from 0, without its header. */
  readonly row: number;
  /** What stands there. */
  readonly found: CleanValue;
  /** What stood there before anything went wrong. */
  readonly clean: CleanValue;
  /** Of `quality_injections`, those that touched it. */
  readonly issues: readonly number[];
}

export interface TracedCell {
  readonly entity: string;
  readonly period_index: number;
  readonly metric: string;
  readonly table: string;
  readonly steps: readonly TraceStep[];
  readonly pairs: readonly TracedPair[];
  /** Null where the table is not there. */
  readonly cell: TracedFile | null;
  /** Whether the manifest, the file and what the configuration makes are one. */
  readonly agrees: boolean;
}

/** `config` is the one of the manifest; `table` is the corrupted one, as it was read. @throws UsageError for a cell that there is none of. */
export async function traceCell(
  manifest: GroundTruthManifest,
  config: GroundTruthGeneration,
  question: CellQuestion,
  tableNamed: (name: string) => DataTable<CleanValue> | undefined,
): Promise<TracedCell> {
  const metric = metricOf(config, question);
  checkEntity(manifest, question.entity);
  const { steps: made, targets } = await stepsOf(config, question);
  const steps = stepsAgainst(manifest, question, made);
  const table = tableNamed(metric.table);
  const cell = table === undefined ? null : cellOf(manifest, metric, question, table);
  return {
    entity: question.entity,
    period_index: question.period,
    metric: metric.name,
    table: metric.table,
    steps,
    pairs: pairsOf(manifest, config, metric.name, targets),
    cell,
    agrees:
      steps.every(({ agrees }) => agrees) &&
      (table === undefined || (cell !== null && String(cell.clean) === String(made.realised))),
  };
}

function metricOf({ metrics, time_window }: GroundTruthGeneration, question: CellQuestion): MetricConfig {
  const metric = metrics.find(({ name }) => name === question.metric);
  if (metric === undefined)
    throw new UsageError("NO_SUCH_CELL", `there is no metric ${JSON.stringify(question.metric)}`, {
      hint: `Name one of ${metrics.map(({ name }) => name).join(", ")}.`,
    });
  const { period } = question;
  if (Number.isInteger(period) && period >= 0 && period < time_window.periods) return metric;
  throw new UsageError("NO_SUCH_CELL", `there is no period ${question.period}`, {
    hint: `Name one from 0 to ${time_window.periods - 1}.`,
  });
}

function stepsAgainst(
  { archetype_assignments, trajectory_samples }: GroundTruthManifest,
  { entity, period }: CellQuestion,
  made: CellSteps,
): TraceStep[] {
  const archetype = archetype_assignments.find((each) => each.entity === entity)?.archetype as string;
  const sample = trajectory_samples.find((each) => each.entity === entity && each.period_index === period);
  const derived = Object.entries(made).map(
    ([step, value]): TraceStep => ({ step: step as keyof CellSteps, value, source: "derived", agrees: true }),
  );
  return [
    { step: "archetype", value: archetype, source: "manifest", agrees: true },
    ...derived.map((step) =>
      step.step !== "position" || sample === undefined
        ? step
        : {
            ...step,
            value: sample.position,
            source: "manifest" as const,
            agrees: areClose(sample.position, made.position),
          },
    ),
  ];
}

function pairsOf(
  { correlation_compensations }: GroundTruthManifest,
  { metrics, correlations = [] }: GroundTruthGeneration,
  name: string,
  targets: readonly number[],
): TracedPair[] {
  const isPair = (other: string) => (pair: { metric_a: string; metric_b: string }) =>
    (pair.metric_a === name && pair.metric_b === other) ||
    (pair.metric_b === name && pair.metric_a === other);
  return metrics.flatMap(({ name: other }, at) => {
    if (other === name) return [];
    const requested = correlations.find(isPair(other))?.coefficient ?? null;
    const compensation = correlation_compensations?.find(isPair(other));
    const target = targets[at] as number;
    if (requested === null && target === 0) return [];
    return [
      {
        metric: other,
        requested,
        trajectory_contribution: compensation?.trajectory_contribution ?? null,
        target,
      },
    ];
  });
}

/** The row is looked for in the clean table, as its key may be corrupted too, and counted back to the file. */
function cellOf(
  manifest: GroundTruthManifest,
  { table, name }: MetricConfig,
  { entity, period }: CellQuestion,
  corrupted: DataTable<CleanValue>,
): TracedFile | null {
  const spell = (value: CleanValue) => (value === null ? null : String(value));
  const { table: clean, removed_rows } = recoverTable(manifest, table, corrupted, spell);
  const place = (column: string) => clean.columns.indexOf(column);
  const cleanRow = clean.rows.findIndex(
    (row) => row[place("entity")] === entity && Number(row[place("period_index")]) === period,
  );
  if (cleanRow < 0) return null;
  const removed = new Set(removed_rows);
  let row = 0;
  for (let kept = removed.has(0) ? -1 : 0; kept < cleanRow; ) {
    row += 1;
    if (!removed.has(row)) kept += 1;
  }
  const issues = (manifest.quality_injections ?? []).filter(
    (issue) => issue.table === table && issue.column === name && issue.row_indices.includes(row),
  );
  return {
    row,
    found: corrupted.rows[row]?.[corrupted.columns.indexOf(name)] ?? null,
    clean: clean.rows[cleanRow]?.[place(name)] ?? null,
    issues: issues.map(({ issue_index }) => issue_index),
  };
}
