import type { EventFiring, GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";
import { checkEntity } from "./source.js";

export interface EventFilter {
  readonly entity?: string | undefined;
  readonly table?: string | undefined;
}

/** The matrix of observed events, or some of its rows and columns; also the empty cells. */
export function eventsOf(manifest: GroundTruthManifest, { entity, table }: EventFilter = {}): EventFiring[] {
  if (entity !== undefined) checkEntity(manifest, entity);
  return manifest.event_firings.filter(
    (firing) =>
      (entity === undefined || firing.entity === entity) && (table === undefined || firing.table === table),
  );
}
