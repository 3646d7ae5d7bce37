/** Where entities stand: a position in [0, 1] for every period, from the curve of their archetype. Free of noise and of any distribution. */
import type { ArchetypeConfig, GroundTruthGeneration } from "../../generated/types.js";
import { exponential, sineOfTurns, toDecimals } from "../elementary.js";
import type { Streams } from "./streams.js";

/** By entity. */
export type Trajectories = ReadonlyMap<string, readonly number[]>;

export function trajectoriesOf(config: GroundTruthGeneration, streams: Streams): Trajectories {
  const archetypes = new Map(config.archetypes.map((archetype) => [archetype.name, archetype]));
  const { periods } = config.time_window;
  return new Map(
    config.entities.map(({ name, archetype }) => [
      name,
      trajectoryOf(archetypes.get(archetype) as ArchetypeConfig, name, periods, streams),
    ]),
  );
}

/** Entities of one archetype are earlier or later, and nothing else. */
function trajectoryOf(
  archetype: ArchetypeConfig,
  entity: string,
  periods: number,
  streams: Streams,
): number[] {
  const shift = (2 * streams("trajectory", entity).fraction() - 1) * archetype.variation;
  const { from, to } = archetype;
  return Array.from({ length: periods }, (_, period) => {
    const share = shareAt(archetype, period, periods, shift);
    return toDecimals(Math.max(0, Math.min(1, from + (to - from) * share)), 6);
  });
}

/** How far the curve is from `from` to `to`: 0 to 1. */
function shareAt(archetype: ArchetypeConfig, period: number, periods: number, shift: number): number {
  const time = period / (periods - 1) - shift;
  switch (archetype.curve) {
    case "growth":
    case "decline":
      return 1 / (1 + exponential(archetype.pace * (archetype.at - time)));
    case "spike_then_crash": {
      const away = time - archetype.at;
      const steep = archetype.pace * (away > 0 ? 3 : 1) * away;
      return exponential(-0.5 * steep * steep);
    }
    case "seasonal":
      return 0.5 + 0.5 * sineOfTurns((period - shift * periods) / archetype.season);
  }
}
