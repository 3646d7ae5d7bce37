/** One cell, made again: every number on the way from the position to what is written. */
import type { GroundTruthGeneration, MetricConfig } from "../../generated/types.js";
import { type Draws, drawsOf, realiseCell } from "./cells.js";
import { layOut } from "./generate-world.js";

export interface CellSteps {
  /** Where the entity stands, in [0, 1]. */
  readonly position: number;
  /** Where the metric stands between `low` and `high`, in [0, 1]. */
  readonly centre: number;
  /** A standard normal number of this metric alone. */
  readonly independent: number;
  /** The same, drawn together with those of the other metrics. */
  readonly correlated: number;
  /** What the distribution around the centre has there. */
  readonly marginal: number;
  readonly noisy: number;
  readonly clamped: number;
  /** At the decimals of the metric: what is written. */
  readonly realised: number;
}

export interface TracedSteps {
  readonly steps: CellSteps;
  /** What the metric is drawn with, by the place of the other one. */
  readonly targets: readonly number[];
}

/** Of an entity, a period and a metric that are there. */
export async function traceCell(
  config: GroundTruthGeneration,
  { entity, period, metric }: { readonly entity: string; readonly period: number; readonly metric: string },
): Promise<TracedSteps> {
  const { streams, trajectories, plan } = await layOut(config);
  const place = config.metrics.findIndex(({ name }) => name === metric);
  const position = trajectories.get(entity)?.[period] as number;
  const draws = drawsOf(entity, config.metrics.length, streams);
  let drawn: Draws = draws.next().value;
  for (let at = 0; at < period; at += 1) drawn = draws.next().value;
  const { centre, ...realised } = realiseCell(
    config.metrics[place] as MetricConfig,
    place,
    position,
    drawn,
    plan.factor,
  );
  const independent = drawn.independent[place] as number;
  return {
    steps: { position, centre, independent, ...realised },
    targets: plan.targets[place] as readonly number[],
  };
}

/** The tape of one entity, made again. */
export async function deriveTape(config: GroundTruthGeneration, entity: string): Promise<readonly number[]> {
  return (await layOut(config)).trajectories.get(entity) ?? [];
}
