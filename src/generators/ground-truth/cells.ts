/** The cells of the fact tables, before anything goes wrong with them: one by one, or column by column, with the same result. */
import type { GroundTruthGeneration, MetricConfig } from "../../generated/types.js";
import { vectorizedThreshold } from "../../kinds/ground-truth/ground-truth.js";
import { toDecimals } from "../elementary.js";
import { type CorrelationPlan, centreOf } from "./correlations.js";
import { distributionOf } from "./distributions.js";
import type { Table } from "./nearest-correlation.js";
import { normalsFrom, type Streams } from "./streams.js";
import type { Trajectories } from "./trajectories.js";

/** By entity: a row for every period, a cell for every metric, in the order of the configuration. */
export type Cells = ReadonlyMap<string, readonly (readonly number[])[]>;

export interface DrawnCells {
  readonly cells: Cells;
  /** By archetype; null in serial mode. */
  readonly fallbacks: Readonly<Record<string, number>> | null;
}

export function drawCells(
  config: GroundTruthGeneration,
  trajectories: Trajectories,
  plan: CorrelationPlan,
  streams: Streams,
): DrawnCells {
  return isVectorized(config)
    ? drawColumns(config, trajectories, plan, streams)
    : { cells: drawSerially(config, trajectories, plan, streams), fallbacks: null };
}

export function isVectorized({ generation_mode: mode, entities }: GroundTruthGeneration): boolean {
  return mode === "vectorized" || (mode === "auto" && entities.length >= vectorizedThreshold);
}

/** What one period of one entity is drawn from: a number for the copula and one for the noise of each metric. */
export interface Draws {
  readonly independent: readonly number[];
  readonly noise: readonly number[];
}

/** Period by period, always in this order. */
export function* drawsOf(entity: string, metrics: number, streams: Streams): Generator<Draws, never> {
  const normal = normalsFrom(streams("cells", entity));
  for (;;) {
    const independent = Array.from({ length: metrics }, normal);
    yield { independent, noise: Array.from({ length: metrics }, normal) };
  }
}

/** A cell on its way, step by step. */
export interface RealisedCell {
  readonly centre: number;
  readonly correlated: number;
  readonly marginal: number;
  readonly noisy: number;
  readonly clamped: number;
  readonly realised: number;
}

export function realiseCell(
  metric: MetricConfig,
  place: number,
  position: number,
  draws: Draws,
  factor: Table,
): RealisedCell {
  const centre = centreOf(metric, position);
  const correlated = correlate(factor[place] as readonly number[], draws.independent);
  const marginal = distributionOf(metric).value(metric, centre, correlated);
  return { centre, correlated, marginal, ...finish(metric, marginal, draws.noise[place] as number) };
}

function correlate(row: readonly number[], independent: readonly number[]): number {
  let sum = 0;
  for (const [at, weight] of row.entries()) sum += weight * (independent[at] as number);
  return sum;
}

function finish(
  metric: MetricConfig,
  marginal: number,
  noise: number,
): Pick<RealisedCell, "noisy" | "clamped" | "realised"> {
  const { least, most } = metric.clamp;
  const noisy = metric.distribution === "poisson" ? marginal : marginal + metric.noise * noise;
  const clamped = Math.max(least, Math.min(most, noisy));
  return {
    noisy,
    clamped,
    realised: toDecimals(clamped, metric.distribution === "poisson" ? 0 : metric.decimals),
  };
}

function drawSerially(
  { entities, metrics }: GroundTruthGeneration,
  trajectories: Trajectories,
  { factor }: CorrelationPlan,
  streams: Streams,
): Cells {
  return new Map(
    entities.map(({ name }) => {
      const draws = drawsOf(name, metrics.length, streams);
      const rows = (trajectories.get(name) ?? []).map((position) => {
        const drawn = draws.next().value;
        return metrics.map((metric, place) => realiseCell(metric, place, position, drawn, factor).realised);
      });
      return [name, rows];
    }),
  );
}

/** All cells of a metric, then all of the next. One that does not come out in a bounded number of steps goes the other way, and is counted. */
function drawColumns(
  { entities, metrics }: GroundTruthGeneration,
  trajectories: Trajectories,
  { factor }: CorrelationPlan,
  streams: Streams,
): DrawnCells {
  const rows = entities.flatMap(({ name, archetype }) => {
    const draws = drawsOf(name, metrics.length, streams);
    return (trajectories.get(name) ?? []).map((position) => ({
      name,
      archetype,
      position,
      draws: draws.next().value,
      cells: [] as number[],
    }));
  });
  const fallbacks = new Map<string, number>();
  for (const [place, metric] of metrics.entries()) {
    const { boundedValue, value } = distributionOf(metric);
    const weights = factor[place] as readonly number[];
    for (const { archetype, position, draws, cells } of rows) {
      const centre = centreOf(metric, position);
      const correlated = correlate(weights, draws.independent);
      let marginal = boundedValue?.(metric, centre, correlated);
      if (marginal === undefined) {
        if (boundedValue !== undefined) fallbacks.set(archetype, (fallbacks.get(archetype) ?? 0) + 1);
        marginal = value(metric, centre, correlated);
      }
      cells.push(finish(metric, marginal, draws.noise[place] as number).realised);
    }
  }
  const cells = new Map<string, number[][]>(entities.map(({ name }) => [name, []]));
  for (const row of rows) cells.get(row.name)?.push(row.cells);
  return { cells, fallbacks: Object.fromEntries(fallbacks) };
}
