import { countPeriods, type GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";
import { checkEntity, type Source } from "./source.js";

export interface TapeEntry {
  readonly period_index: number;
  /** Null where nothing tells. */
  readonly position: number | null;
  readonly source: Source;
}

export interface Tape {
  readonly entity: string;
  /** Of the tape as a whole: `derived` also when only some periods are known. */
  readonly source: Source;
  readonly entries: readonly TapeEntry[];
}

/**
 * The positions of an entity, period by period. One that was not sampled is derived: by `derive`, which runs the generator again, where
 * the caller has one; otherwise from its crossings, which hold the position at that period and say nothing of the others.
 */
export function tapeOf(
  manifest: GroundTruthManifest,
  entity: string,
  derive?: (entity: string) => readonly number[],
): Tape {
  checkEntity(manifest, entity);
  const sampled = manifest.trajectory_samples.filter((sample) => sample.entity === entity);
  if (sampled.length > 0) {
    const entries = sampled
      .map(({ period_index, position }) => ({ period_index, position, source: "manifest" as const }))
      .sort((a, b) => a.period_index - b.period_index);
    return { entity, source: "manifest", entries };
  }
  const known = derive === undefined ? atCrossings(manifest, entity) : new Map(derive(entity).entries());
  const periods = countPeriods(manifest.trajectory_samples) ?? Math.max(-1, ...known.keys()) + 1;
  const entries = Array.from({ length: periods }, (_, period_index): TapeEntry => {
    const position = known.get(period_index);
    return position === undefined
      ? { period_index, position: null, source: "not-recorded" }
      : { period_index, position, source: "derived" };
  });
  return { entity, source: known.size > 0 ? "derived" : "not-recorded", entries };
}

function atCrossings({ scd_events = [] }: GroundTruthManifest, entity: string): Map<number, number> {
  const events = scd_events.filter((event) => event.entity === entity);
  return new Map(events.map(({ period_index, trigger_position }) => [period_index, trigger_position]));
}
