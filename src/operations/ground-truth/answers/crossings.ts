import type { GroundTruthManifest, ScdEvent } from "../../../kinds/ground-truth/ground-truth.js";
import { checkEntity, type Source } from "./source.js";

export interface Crossing extends ScdEvent {
  /** Where the entity stood: on its tape, or, as it was not sampled, by the crossing itself. */
  readonly position: number;
  readonly source: Source;
}

/** Every crossing with the position that triggered it. */
export function crossingsOf(manifest: GroundTruthManifest, entity?: string): Crossing[] {
  if (entity !== undefined) checkEntity(manifest, entity);
  const events = (manifest.scd_events ?? []).filter(
    (event) => entity === undefined || event.entity === entity,
  );
  const wanted = new Set(events.map((event) => event.entity));
  const positions = new Map<string, number>();
  for (const { entity: whose, period_index, position } of manifest.trajectory_samples)
    if (wanted.has(whose)) positions.set(`${period_index}\n${whose}`, position);
  return events.map((event) => {
    const position = positions.get(`${event.period_index}\n${event.entity}`);
    return position === undefined
      ? { ...event, position: event.trigger_position, source: "derived" }
      : { ...event, position, source: "manifest" };
  });
}
