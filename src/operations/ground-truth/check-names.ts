/** Whether a table, and a column of it, is one that a question can be about: an empty answer about a misspelled name would be believed. */
import { compareNames, sentinelColumns } from "../../kinds/ground-truth/ground-truth.js";
import { noSuchColumn, noSuchTable } from "./answers/source.js";
import {
  listedTables,
  type OpenGroundTruth,
  type OpenGroundTruthPorts,
  openTable,
  standsBeside,
} from "./open-ground-truth.js";

interface Names {
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

/** @throws UsageError `NO_SUCH_TABLE`, `NO_SUCH_COLUMN`, with the names there are. */
export function checkNames(
  { table, column }: Names,
  truth: OpenGroundTruth,
  ports: OpenGroundTruthPorts,
): void {
  const tables = knownTables(truth, ports);
  if (table !== undefined && !tables.includes(table) && !standsBeside(truth, table, ports))
    throw noSuchTable(table, `${truth.path} knows no table`, tables);
  if (column === undefined) return;
  const columns = knownColumns(table === undefined ? tables : [table], truth, ports);
  if (!columns.includes(column))
    throw noSuchColumn(
      column,
      `${truth.path} knows no column${table === undefined ? "" : ` of ${table}`}`,
      columns,
    );
}

/** Those that the ground truth speaks of, and those that were written with it. */
function knownTables(truth: OpenGroundTruth, ports: OpenGroundTruthPorts): string[] {
  const {
    event_firings,
    quality_injections = [],
    scd_events = [],
    bridge_associations = [],
  } = truth.manifest;
  return sorted([
    ...[...event_firings, ...quality_injections].map(({ table }) => table),
    ...scd_events.map(({ dim_table }) => dim_table),
    ...bridge_associations.map(({ bridge }) => bridge),
    ...listedTables(truth, ports),
  ]);
}

/** Those that something befell, those of the tables that are here, and what stands for whole rows. */
function knownColumns(
  tables: readonly string[],
  truth: OpenGroundTruth,
  ports: OpenGroundTruthPorts,
): string[] {
  const befallen = (truth.manifest.quality_injections ?? []).filter(({ table }) => tables.includes(table));
  const here = tables.filter((table) => standsBeside(truth, table, ports));
  return sorted([
    ...befallen.map(({ column }) => column),
    ...here.flatMap((table) => openTable(truth, table, ports).table.columns),
    ...Object.values(sentinelColumns),
  ]);
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareNames);
}
