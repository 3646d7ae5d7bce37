import type { EventFiring, GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";
import { checkEntity, noSuchTable } from "./source.js";

export interface EventFilter {
  readonly entity?: string | undefined;
  readonly table?: string | undefined;
}

/** The matrix of observed events, or some of its rows and columns; also the empty cells. @throws UsageError for a name that is in none. */
export function eventsOf(manifest: GroundTruthManifest, { entity, table }: EventFilter = {}): EventFiring[] {
  if (entity !== undefined) checkEntity(manifest, entity);
  if (table !== undefined) checkEventTable(manifest, table);
  return manifest.event_firings.filter(
    (firing) =>
      (entity === undefined || firing.entity === entity) && (table === undefined || firing.table === table),
  );
}

function checkEventTable({ event_firings }: GroundTruthManifest, table: string): void {
  const tables = [...new Set(event_firings.map((firing) => firing.table))];
  if (!tables.includes(table)) throw noSuchTable(table, "the ground truth has no table of events", tables);
}
