/** Tables of a small world, and everything that is true of them. The same configuration gives the same tables on every machine. */
import type { GroundTruthGeneration } from "../../generated/types.js";
import type { GroundTruthState } from "../../kinds/ground-truth/build.js";
import { vectorizedThreshold } from "../../kinds/ground-truth/ground-truth.js";
import { type DrawnCells, drawCells } from "./cells.js";
import { type CorrelationPlan, planCorrelations } from "./correlations.js";
import { corruptTables } from "./quality.js";
import { type Streams, streamsOf } from "./streams.js";
import { bridgeTables, dimensionTables, eventTables, factTables, type WorldTables } from "./tables.js";
import { type Trajectories, trajectoriesOf } from "./trajectories.js";

export interface GeneratedWorld {
  /** As they are written. */
  readonly tables: WorldTables;
  /** As they were before anything went wrong with them. */
  readonly clean: WorldTables;
  readonly state: GroundTruthState;
}

/** The configuration has no faults. */
export async function generateWorld(config: GroundTruthGeneration): Promise<GeneratedWorld> {
  const { streams, trajectories, plan } = await layOut(config);
  const { cells, fallbacks } = drawCells(config, trajectories, plan, streams);
  const world = { config, trajectories, cells, streams };
  const events = eventTables(world);
  const dimensions = dimensionTables(world);
  const bridges = bridgeTables(world, dimensions.keys);
  const clean = { ...factTables(world), ...events.tables, ...dimensions.tables, ...bridges.tables };
  const { tables, injections } = corruptTables(config, clean, streams);
  return {
    tables,
    clean,
    state: {
      ...stateOf(trajectories, plan, fallbacks),
      eventFirings: events.firings,
      scdEvents: dimensions.crossings,
      bridges: bridges.associations,
      qualityInjections: injections,
    },
  };
}

export interface Layout {
  readonly streams: Streams;
  readonly trajectories: Trajectories;
  readonly plan: CorrelationPlan;
}

/** What every cell rests on. */
export async function layOut(config: GroundTruthGeneration): Promise<Layout> {
  const streams = streamsOf(config.seed);
  const trajectories = trajectoriesOf(config, streams);
  return { streams, trajectories, plan: await planCorrelations(config, trajectories) };
}

function stateOf(
  trajectories: Trajectories,
  { adjustments, compensations }: CorrelationPlan,
  fallbacks: DrawnCells["fallbacks"],
): GroundTruthState {
  return {
    trajectories: Object.fromEntries(trajectories),
    correlationAdjustments: adjustments,
    correlationCompensations: compensations,
    bypassFallbackCounts: fallbacks,
    vectorizedThreshold,
  };
}
