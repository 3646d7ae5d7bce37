/** The tables of a world: facts, events, dimensions and bridges, with what is to be recorded of them. */
import type { DimensionConfig, GroundTruthGeneration, MetricConfig } from "../../generated/types.js";
import type { GroundTruthState } from "../../kinds/ground-truth/build.js";
import { type CleanValue, compareNames, type ScdEvent } from "../../kinds/ground-truth/ground-truth.js";
import type { Cells } from "./cells.js";
import { centreOf } from "./correlations.js";
import { drawPlaces, type Streams } from "./streams.js";
import type { Trajectories } from "./trajectories.js";

export interface WorldTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CleanValue[])[];
}

export type WorldTables = Readonly<Record<string, WorldTable>>;

/** What stands before the metrics of a row. */
export const rowColumns: readonly string[] = ["entity", "period_index", "period"];
export const eventColumns: readonly string[] = ["event_id", ...rowColumns];
export const memberColumns: readonly string[] = ["member_id", "key"];
export const bridgeColumns: readonly string[] = ["entity", "target"];

/** `band` is the column that changes slowly. */
export function versionColumns(band?: string): string[] {
  return ["dim_row_id", "entity", ...(band === undefined ? [] : [band]), "first_period", "last_period"];
}

export interface World {
  readonly config: GroundTruthGeneration;
  readonly trajectories: Trajectories;
  readonly cells: Cells;
  readonly streams: Streams;
}

export function factTables({ config, cells }: World): WorldTables {
  const names = [...new Set(config.metrics.map(({ table }) => table))];
  return Object.fromEntries(
    names.map((table) => {
      const places = config.metrics.flatMap((metric, place) => (metric.table === table ? [place] : []));
      const columns = [...rowColumns, ...places.map((place) => (config.metrics[place] as MetricConfig).name)];
      const rows = sortedEntities(config).flatMap((entity) =>
        (cells.get(entity) ?? []).map((row, period) => [
          ...rowOf(config, entity, period),
          ...places.map((place) => row[place] as number),
        ]),
      );
      return [table, { columns, rows }];
    }),
  );
}

export interface EventTables {
  readonly tables: WorldTables;
  readonly firings: NonNullable<GroundTruthState["eventFirings"]>;
}

export function eventTables({ config, trajectories, cells, streams }: World): EventTables {
  const tables: Record<string, WorldTable> = {};
  const firings: Record<string, Record<string, number[]>> = {};
  for (const event of config.event_tables ?? []) {
    const place = config.metrics.findIndex(({ name }) => name === event.metric);
    const metric = config.metrics[place] as MetricConfig;
    const fired = new Map<string, number[]>();
    const rows: CleanValue[][] = [];
    for (const entity of sortedEntities(config)) {
      const random = streams("events", event.name, entity);
      const countAt = (position: number, period: number) =>
        event.trigger === "threshold"
          ? Number((cells.get(entity)?.[period]?.[place] as number) > event.above)
          : Math.floor(event.most * centreOf(metric, position) + random.fraction());
      const counts = (trajectories.get(entity) ?? []).map(countAt);
      fired.set(
        entity,
        counts.flatMap((count, period) => (count > 0 ? [period] : [])),
      );
      for (const [period, count] of counts.entries())
        for (let row = 0; row < count; row += 1)
          rows.push([rows.length + 1, ...rowOf(config, entity, period)]);
    }
    tables[event.name] = { columns: eventColumns, rows };
    firings[event.name] = Object.fromEntries(fired);
  }
  return { tables, firings };
}

export interface DimensionTables {
  readonly tables: WorldTables;
  readonly crossings: readonly ScdEvent[];
  /** By dimension, what associations name: keys, or the row of each entity's current version. */
  readonly keys: ReadonlyMap<string, readonly (string | number)[]>;
}

export function dimensionTables(world: World): DimensionTables {
  const made = (world.config.dimensions ?? []).map((dimension) =>
    dimension.of === "members" ? members(dimension) : versions(world, dimension),
  );
  return {
    tables: Object.fromEntries(made.map(({ name, table }) => [name, table])),
    crossings: made.flatMap(({ crossings }) => crossings),
    keys: new Map(made.map(({ name, keys }) => [name, keys])),
  };
}

interface MadeDimension {
  readonly name: string;
  readonly table: WorldTable;
  readonly crossings: readonly ScdEvent[];
  readonly keys: readonly (string | number)[];
}

function members({ name, prefix, count }: Extract<DimensionConfig, { of: "members" }>): MadeDimension {
  const width = Math.max(3, String(count).length);
  const keys = Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(width, "0")}`);
  const rows = keys.map((key, at) => [at + 1, key]);
  return { name, table: { columns: memberColumns, rows }, crossings: [], keys };
}

/** A row for each version of an entity: of its band, where one column changes slowly. Periods are whole, both ends included. */
function versions(
  { config, trajectories }: World,
  { name, bands }: Extract<DimensionConfig, { of: "entities" }>,
): MadeDimension {
  const rows: CleanValue[][] = [];
  const crossings: ScdEvent[] = [];
  const keys: number[] = [];
  const metric = config.metrics.find((each) => each.name === bands?.metric);
  for (const entity of sortedEntities(config)) {
    let label: string | undefined;
    for (const [period, position] of (trajectories.get(entity) ?? []).entries()) {
      const centre = metric === undefined ? 0 : centreOf(metric, position);
      const now = bands?.labels.findLast(({ from }) => centre >= from)?.label ?? "";
      if (now === label) continue;
      const closing = rows.at(-1);
      rows.push([rows.length + 1, entity, ...(bands ? [now] : []), period, null]);
      if (label !== undefined && metric !== undefined && closing !== undefined) {
        closing[closing.length - 1] = period - 1;
        crossings.push({
          dim_table: name,
          entity,
          period_index: period,
          old_label: label,
          new_label: now,
          old_dim_row_id: rows.length - 1,
          new_dim_row_id: rows.length,
          trigger_metric: `${metric.table}.${metric.name}`,
          trigger_position: position,
        });
      }
      label = now;
    }
    keys.push(rows.length);
  }
  return { name, table: { columns: versionColumns(bands?.column), rows }, crossings, keys };
}

export interface BridgeTables {
  readonly tables: WorldTables;
  readonly associations: NonNullable<GroundTruthState["bridges"]>;
}

export function bridgeTables({ config, streams }: World, keys: DimensionTables["keys"]): BridgeTables {
  const tables: Record<string, WorldTable> = {};
  const associations: { bridge: string; entity: string; targets: (string | number)[] }[] = [];
  for (const { name, dimension, least, most } of config.bridges ?? []) {
    const all = keys.get(dimension) ?? [];
    const areEntities = config.dimensions?.some((each) => each.name === dimension && each.of === "entities");
    const rows: CleanValue[][] = [];
    for (const [index, entity] of sortedEntities(config).entries()) {
      const random = streams("bridge", name, entity);
      // Nobody is associated with itself.
      const others = areEntities ? all.toSpliced(index, 1) : all;
      const count = random.between(Math.min(least, others.length), Math.min(most, others.length));
      const places = drawPlaces(random, count, others.length);
      const targets = places.map((place) => others[place] as string | number);
      associations.push({ bridge: name, entity, targets });
      for (const target of targets) rows.push([entity, target]);
    }
    tables[name] = { columns: bridgeColumns, rows };
  }
  return { tables, associations };
}

export function sortedEntities({ entities }: GroundTruthGeneration): string[] {
  return entities.map(({ name }) => name).sort(compareNames);
}

function rowOf({ time_window }: GroundTruthGeneration, entity: string, period: number): CleanValue[] {
  return [entity, period, monthOf(time_window.start, period)];
}

function monthOf(start: string, period: number): string {
  const [year = 0, month = 0] = start.split("-").map(Number);
  const months = year * 12 + (month - 1) + period;
  return `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
}
