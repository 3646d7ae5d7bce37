/** What the copula aims at: the declared matrix, made possible, less what the trajectories bring by themselves. */
import type { GroundTruthGeneration, MetricConfig } from "../../generated/types.js";
import type { GroundTruthState } from "../../kinds/ground-truth/build.js";
import { compensate, mostCompensatedMetrics } from "../../kinds/ground-truth/ground-truth.js";
import { toDigits } from "../elementary.js";
import { distributionOf } from "./distributions.js";
import { choleskyFactor, nearestCorrelation, type Table } from "./nearest-correlation.js";
import type { Trajectories } from "./trajectories.js";

export interface CorrelationPlan {
  /** What each pair of metrics is drawn with, in the order of the configuration. */
  readonly targets: Table;
  /** Its lower triangular factor. */
  readonly factor: Table;
  /** Every pair, when the declared matrix was none; otherwise null. */
  readonly adjustments: NonNullable<GroundTruthState["correlationAdjustments"]> | null;
  readonly compensations: NonNullable<GroundTruthState["correlationCompensations"]> | null;
}

export async function planCorrelations(
  config: GroundTruthGeneration,
  trajectories: Trajectories,
): Promise<CorrelationPlan> {
  const { metrics, correlations = [] } = config;
  const declared = matrixOf(metrics, correlations);
  const possible = choleskyFactor(declared) === undefined ? await nearestCorrelation(declared) : declared;
  const adjustments = possible === declared ? null : pairsOf(metrics, declared, possible);
  const isCompensated =
    config.compensate_correlations === true &&
    correlations.length > 0 &&
    metrics.length <= mostCompensatedMetrics;
  if (!isCompensated) return { ...factored(possible), adjustments, compensations: null };
  const contribution = contributions(config, trajectories);
  const compensations = correlations.map(({ metric_a, metric_b, coefficient }) => ({
    metric_a,
    metric_b,
    user_target: coefficient,
    trajectory_contribution: contribution(metric_a, metric_b),
  }));
  const aimed = matrixOf(
    metrics,
    compensations.map(({ metric_a, metric_b, user_target, trajectory_contribution }) => ({
      metric_a,
      metric_b,
      coefficient: compensate(user_target, trajectory_contribution).achievable,
    })),
  );
  const targets = choleskyFactor(aimed) === undefined ? await nearestCorrelation(aimed) : aimed;
  return { ...factored(targets), adjustments, compensations };
}

function factored(targets: Table): Pick<CorrelationPlan, "targets" | "factor"> {
  const factor = choleskyFactor(targets);
  if (factor === undefined) throw new Error("the nearest matrix is not positive definite");
  return { targets, factor };
}

function matrixOf(
  metrics: readonly MetricConfig[],
  pairs: NonNullable<GroundTruthGeneration["correlations"]>,
): number[][] {
  const places = new Map(metrics.map(({ name }, place) => [name, place]));
  const matrix = metrics.map((_, a) => metrics.map((_, b) => (a === b ? 1 : 0)));
  for (const { metric_a, metric_b, coefficient } of pairs) {
    const [a, b] = [places.get(metric_a) as number, places.get(metric_b) as number];
    (matrix[a] as number[])[b] = coefficient;
    (matrix[b] as number[])[a] = coefficient;
  }
  return matrix;
}

function pairsOf(
  metrics: readonly MetricConfig[],
  requested: Table,
  achieved: Table,
): NonNullable<CorrelationPlan["adjustments"]> {
  return metrics.flatMap(({ name: metric_a }, a) =>
    metrics.slice(a + 1).map(({ name: metric_b }, after) => ({
      metric_a,
      metric_b,
      requested: requested[a]?.[a + 1 + after] as number,
      achieved: achieved[a]?.[a + 1 + after] as number,
    })),
  );
}

/** Where a metric stands between its `low` and its `high`: 0 to 1. */
export function centreOf({ polarity }: MetricConfig, position: number): number {
  return polarity === "positive" ? position : 1 - position;
}

/**
 * The part of the correlation of a whole table that its trajectories bring: the covariance of both metrics' means over their standard
 * deviations, spread and noise included. It is taken within each archetype, and weighted by the archetype's entities.
 */
function contributions(
  config: GroundTruthGeneration,
  trajectories: Trajectories,
): (a: string, b: string) => number {
  const groups = config.archetypes
    .map(({ name }) => config.entities.filter(({ archetype }) => archetype === name))
    .filter((entities) => entities.length > 0)
    .map((entities) => ({
      weight: entities.length / config.entities.length,
      positions: entities.flatMap(({ name }) => [...(trajectories.get(name) ?? [])]),
    }));
  const byName = new Map(config.metrics.map((metric) => [metric.name, metric]));
  return (a, b) => {
    let sum = 0;
    for (const { weight, positions } of groups)
      sum += weight * induced(positions, byName.get(a) as MetricConfig, byName.get(b) as MetricConfig);
    return Math.max(-1, Math.min(1, toDigits(sum)));
  };
}

function induced(positions: readonly number[], a: MetricConfig, b: MetricConfig): number {
  const [left, right] = [centred(positions, a), centred(positions, b)];
  let covariance = 0;
  for (const [at, value] of left.means.entries()) covariance += value * (right.means[at] as number);
  const scale = Math.sqrt(left.variance * right.variance);
  return scale === 0 ? 0 : covariance / positions.length / scale;
}

function centred(positions: readonly number[], metric: MetricConfig): { means: number[]; variance: number } {
  const moments = positions.map((position) =>
    distributionOf(metric).moments(metric, centreOf(metric, position)),
  );
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = average(moments.map((each) => each.mean));
  const means = moments.map((each) => each.mean - mean);
  const noise = "noise" in metric ? metric.noise * metric.noise : 0;
  const variance =
    average(means.map((each) => each * each)) + average(moments.map((each) => each.variance)) + noise;
  return { means, variance };
}
