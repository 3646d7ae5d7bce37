import {
  compareNames,
  countPeriods,
  countSamples,
  type GroundTruthManifest,
  type HoldoutSplit,
  type IssueType,
  laterSections,
} from "../../../kinds/ground-truth/ground-truth.js";

/** A manifest in a few hundred bytes, however many it has: counts, and no entity's name. */
export interface GroundTruthSummary {
  readonly schema_version: string;
  readonly seed: number;
  readonly config_sha256: string;
  readonly entities: number;
  /** How many entities have each archetype; null where labels are to be left out. */
  readonly archetypes: Readonly<Record<string, number>> | null;
  readonly periods: number | null;
  readonly sampled_entities: number;
  readonly event_tables: readonly {
    readonly table: string;
    readonly entities: number;
    readonly periods: number;
  }[];
  readonly crossings: number;
  readonly bridges: readonly {
    readonly bridge: string;
    readonly entities: number;
    readonly targets: number;
  }[];
  readonly injections: readonly {
    readonly issue_index: number;
    readonly issue_type: IssueType;
    readonly table: string;
    readonly column: string;
    readonly rows: number;
  }[];
  readonly holdout: HoldoutSplit | null;
  /** Null: nothing was projected. */
  readonly adjusted_pairs: number | null;
  readonly compensated_pairs: { readonly pairs: number; readonly infeasible: number } | null;
  readonly generation_mode: "serial" | "vectorized";
  /** Cells that fell back; null in serial mode. */
  readonly fallback_cells: number | null;
  readonly vectorized_threshold_used: number | null;
  /** Sections that an earlier writer left out. */
  readonly not_recorded: readonly string[];
}

export function summarizeGroundTruth(manifest: GroundTruthManifest, withLabels = true): GroundTruthSummary {
  const { archetype_assignments, trajectory_samples, bypass_fallback_counts: fallbacks } = manifest;
  const compensations = manifest.correlation_compensations ?? null;
  return {
    schema_version: manifest.schema_version,
    seed: manifest.seed,
    config_sha256: manifest.config_sha256,
    entities: archetype_assignments.length,
    archetypes: withLabels ? tally(archetype_assignments.map(({ archetype }) => archetype)) : null,
    periods: countPeriods(trajectory_samples) ?? null,
    sampled_entities: countSamples(trajectory_samples).size,
    event_tables: eventTables(manifest),
    crossings: (manifest.scd_events ?? []).length,
    bridges: bridges(manifest),
    injections: (manifest.quality_injections ?? []).map(({ row_indices, clean_values: _, ...injection }) => ({
      ...injection,
      rows: row_indices.length,
    })),
    holdout: manifest.holdout ?? null,
    adjusted_pairs: manifest.correlation_adjustments?.length ?? null,
    compensated_pairs: compensations && {
      pairs: compensations.length,
      infeasible: compensations.filter(({ infeasible }) => infeasible).length,
    },
    generation_mode: fallbacks ? "vectorized" : "serial",
    fallback_cells: fallbacks ? Object.values(fallbacks).reduce((sum, count) => sum + count, 0) : null,
    vectorized_threshold_used: manifest.vectorized_threshold_used ?? null,
    not_recorded: Object.keys(laterSections).filter((section) => !Object.hasOwn(manifest, section)),
  };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => compareNames(a, b)));
}

function eventTables({ event_firings }: GroundTruthManifest): GroundTruthSummary["event_tables"] {
  const tables = new Map<string, { table: string; entities: number; periods: number }>();
  for (const { table, period_indices } of event_firings) {
    const entry = tables.get(table) ?? { table, entities: 0, periods: 0 };
    tables.set(table, entry);
    if (period_indices.length > 0) entry.entities += 1;
    entry.periods += period_indices.length;
  }
  return [...tables.values()].sort((a, b) => compareNames(a.table, b.table));
}

function bridges({ bridge_associations = [] }: GroundTruthManifest): GroundTruthSummary["bridges"] {
  const found = new Map<string, { bridge: string; entities: number; targets: number }>();
  for (const { bridge, cardinality } of bridge_associations) {
    const entry = found.get(bridge) ?? { bridge, entities: 0, targets: 0 };
    found.set(bridge, entry);
    entry.entities += 1;
    entry.targets += cardinality;
  }
  return [...found.values()].sort((a, b) => compareNames(a.bridge, b.bridge));
}
