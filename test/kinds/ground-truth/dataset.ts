/** A small synthetic dataset, written down by hand, with something to say in every section of its ground truth. */
import type { GroundTruthState } from "../../../src/kinds/ground-truth/build.js";

export type Cell = string | number | boolean | null;
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const config = {
  seed: 42,
  time_window: { start: "2026-01", periods: 8 },
  // Not in the order of their names.
  entities: [
    { name: "spikers_003", archetype: "spike_then_crash" },
    { name: "growers_001", archetype: "growth" },
    { name: "decliners_002", archetype: "decline" },
  ],
  metrics: [{ name: "engagement" }, { name: "mrr" }, { name: "support_tickets" }],
  correlations: [
    ["engagement", "mrr", 0.55],
    ["engagement", "support_tickets", -0.75],
    ["mrr", "support_tickets", -0.9],
  ],
  quality: { quality_issues: ["nulls", "duplicates", "types", "late", "drift"] },
  holdout: { enabled: true, target: "mrr", periods: 2 },
  manifest: { include: true, trajectory_sample_rate: 0.5 },
};

export const trajectories: Record<string, readonly number[]> = {
  growers_001: [0.05, 0.08, 0.13, 0.22, 0.36, 0.52, 0.68, 0.81],
  decliners_002: [0.9, 0.84, 0.75, 0.63, 0.49, 0.35, 0.24, 0.17],
  spikers_003: [0.2, 0.35, 0.66, 0.97, 0.58, 0.21, 0.09, 0.04],
};

/** Every fact is a plain function of the position, so that each cell can be looked up by eye. */
function factRows(): Cell[][] {
  return Object.entries(trajectories).flatMap(([entity, positions]) =>
    positions.map((position, period) => [
      entity,
      period,
      Math.round(position * 100) / 100,
      Math.round(position * 1000),
      position > 0.5 ? "busy, very" : "",
    ]),
  );
}

const columns = ["entity", "period_index", "engagement", "mrr", "remark"];
export const cleanFacts: Table = { columns, rows: factRows() };

/** The facts as they were corrupted: rows 8 and 19 are duplicates, and a column of arrivals was added. */
export function corruptedFacts(): Table {
  const rows: Cell[][] = factRows().map((row) => [...row]);
  rows.splice(8, 0, [...(rows[7] as Cell[])]);
  rows.splice(19, 0, [...(rows[18] as Cell[])]);
  const cell = (row: number, column: string, value: Cell) => {
    (rows[row] as Cell[])[columns.indexOf(column)] = value;
  };
  for (const row of [3, 17, 24]) cell(row, "engagement", null);
  for (const row of [5, 11]) cell(row, "mrr", "N/A");
  for (const row of [22, 23]) cell(row, "remark", "?");
  const late = rows.map((row, index) => [
    ...row,
    index === 2 || index === 6 ? (row[1] as number) + 1 : row[1]!,
  ]);
  return { columns: [...columns, "_arrival_period"], rows: late };
}

/** Cells of the corrupted table as they were before. */
function cleanAt(rows: readonly number[], column: string): Cell[] {
  const place = columns.indexOf(column);
  const before = (row: number) => row - (row > 19 ? 2 : row > 8 ? 1 : 0);
  return rows.map((row) => cleanFacts.rows[before(row)]?.[place] ?? null);
}

export const state: GroundTruthState = {
  trajectories,
  eventFirings: {
    evt_ticket: { decliners_002: [7, 5, 6, 6] },
    evt_login: { growers_001: [0, 1, 2, 3, 5, 7], spikers_003: [2, 3, 4] },
  },
  scdEvents: [
    {
      dim_table: "dim_customer",
      entity: "spikers_003",
      period_index: 2,
      old_label: "starter",
      new_label: "pro",
      old_dim_row_id: 14,
      new_dim_row_id: 15,
      trigger_metric: "fct_engagement.mrr",
      trigger_position: 0.66,
    },
    {
      dim_table: "dim_customer",
      entity: "growers_001",
      period_index: 5,
      old_label: "starter",
      new_label: "pro",
      old_dim_row_id: 12,
      new_dim_row_id: 13,
      trigger_metric: "fct_engagement.mrr",
      trigger_position: 0.52,
    },
  ],
  bridges: [
    { bridge: "customer_subscription", entity: "spikers_003", targets: [] },
    { bridge: "customer_subscription", entity: "growers_001", targets: ["sub_007", "sub_023", "sub_041"] },
    { bridge: "customer_plan", entity: "growers_001", targets: [12, 13] },
  ],
  qualityInjections: [
    {
      issue_index: 0,
      issue_type: "null_injection",
      table: "fct_engagement",
      column: "engagement",
      row_indices: [3, 17, 24],
      clean_values: cleanAt([3, 17, 24], "engagement"),
    },
    {
      issue_index: 1,
      issue_type: "duplicate_rows",
      table: "fct_engagement",
      column: "_rows",
      row_indices: [8, 19],
      clean_values: [],
    },
    {
      issue_index: 2,
      issue_type: "type_mismatch",
      table: "fct_engagement",
      column: "mrr",
      row_indices: [5, 11],
      clean_values: cleanAt([5, 11], "mrr"),
    },
    {
      issue_index: 3,
      issue_type: "late_arrival",
      table: "fct_engagement",
      column: "_arrival_period",
      row_indices: [2, 6],
      clean_values: [],
    },
    {
      issue_index: 4,
      issue_type: "schema_drift",
      table: "fct_engagement",
      column: "remark",
      row_indices: [22, 23],
      clean_values: cleanAt([22, 23], "remark"),
    },
  ],
  correlationAdjustments: [
    { metric_a: "engagement", metric_b: "mrr", requested: 0.55, achieved: 0.55 + 1e-14 },
    { metric_a: "engagement", metric_b: "support_tickets", requested: -0.75, achieved: -0.68 },
  ],
  correlationCompensations: [
    { metric_a: "engagement", metric_b: "mrr", user_target: 0.55, trajectory_contribution: 0.32 },
    { metric_a: "mrr", metric_b: "support_tickets", user_target: -0.9, trajectory_contribution: 0.4 },
  ],
  bypassFallbackCounts: { growth: 0, decline: 12, spike_then_crash: 47 },
};

export const eventTables: Readonly<Record<string, Table>> = {
  evt_login: {
    columns: ["entity", "period_index"],
    rows: [0, 1, 2, 3, 5, 7].map((period) => ["growers_001", period]),
  },
};
