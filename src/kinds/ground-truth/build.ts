/** The builder: puts what a generator knows into the document, sorted, completed and added up. Reads no clock and no seed but the configuration's. */
import { UsageError } from "../../errors.js";
import type { GroundTruthManifest } from "../../generated/types.js";
import { formatCanonical } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import {
  type BridgeAssociation,
  type CorrelationAdjustment,
  type CorrelationCompensation,
  compareBridges,
  compareEvents,
  compareNames,
  compensate,
  type EventFiring,
  type HoldoutSplit,
  mostCompensatedMetrics,
  noiseFloor,
  type QualityInjection,
  type ScdEvent,
  sampleSize,
  schemaVersion,
  vectorizedThreshold,
} from "./ground-truth.js";

/** What the manifest looks at of a generator's configuration; all of it goes into the digest. */
export interface GroundTruthConfig {
  readonly seed: number;
  readonly entities: readonly { readonly name: string; readonly archetype: string }[];
  readonly metrics?: readonly unknown[];
  readonly holdout?: {
    readonly enabled?: boolean;
    readonly target: string;
    readonly periods: number;
  } | null;
  readonly manifest?: {
    /** Whether `writeTables` writes the manifest it is given; default true. */
    readonly include?: boolean;
    /** In (0, 1], default 1. */
    readonly trajectory_sample_rate?: number;
  } | null;
}

/** What a generator found out while it made the tables. */
export interface GroundTruthState {
  /** By entity, the position in every period. */
  readonly trajectories: Readonly<Record<string, readonly number[]>>;
  /** By event table and entity, the periods in which rows were observed, in any order; who is not named did not fire. */
  readonly eventFirings?: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly scdEvents?: readonly ScdEvent[];
  readonly bridges?: readonly Omit<BridgeAssociation, "cardinality">[];
  readonly qualityInjections?: readonly QualityInjection[];
  /** Every pair of the projected matrix; null when none was projected. */
  readonly correlationAdjustments?: readonly Omit<CorrelationAdjustment, "adjustment">[] | null;
  /** Null when compensation is off or nothing is configured. */
  readonly correlationCompensations?:
    | readonly Pick<
        CorrelationCompensation,
        "metric_a" | "metric_b" | "user_target" | "trajectory_contribution"
      >[]
    | null;
  /** Null in serial mode. */
  readonly bypassFallbackCounts?: Readonly<Record<string, number>> | null;
  readonly vectorizedThreshold?: number | null;
}

/** The same configuration and state give the same document, in whatever order they name things. Does not validate. */
export function buildGroundTruth(config: GroundTruthConfig, state: GroundTruthState): GroundTruthManifest {
  const entities = config.entities.map(({ name }) => name).sort(compareNames);
  return {
    schema_version: schemaVersion,
    seed: config.seed,
    config_sha256: digestOfConfig(config),
    archetype_assignments: config.entities
      .map(({ name, archetype }) => ({ entity: name, archetype }))
      .sort((a, b) => compareNames(a.entity, b.entity)),
    trajectory_samples: samplesOf(entities, sampleRateOf(config), state),
    event_firings: firingsOf(entities, state),
    scd_events: (state.scdEvents ?? []).map((event) => ({ ...event })).sort(compareEvents),
    bridge_associations: (state.bridges ?? [])
      .map((bridge) => ({ ...bridge, targets: [...bridge.targets], cardinality: bridge.targets.length }))
      .sort(compareBridges),
    quality_injections: (state.qualityInjections ?? []).map(copyOfInjection).sort(compareInjections),
    holdout: holdoutOf(config, state),
    correlation_adjustments: adjustmentsOf(state),
    correlation_compensations: compensationsOf(config, state),
    bypass_fallback_counts: state.bypassFallbackCounts ? { ...state.bypassFallbackCounts } : null,
    vectorized_threshold_used:
      state.vectorizedThreshold === undefined ? vectorizedThreshold : state.vectorizedThreshold,
  };
}

/** 64 hexadecimal digits, of the canonical form: neither the order of keys nor blanks matter. */
export function digestOfConfig(config: object): string {
  return sha256(formatCanonical(config));
}

export function sampleRateOf({ manifest }: GroundTruthConfig): number {
  const rate = manifest?.trajectory_sample_rate ?? 1;
  if (rate > 0 && rate <= 1) return rate;
  throw new UsageError(
    "BAD_ARGUMENT",
    `config.manifest.trajectory_sample_rate takes a number above 0 and up to 1; found ${rate}`,
    { hint: "Leave it out to sample every entity." },
  );
}

function samplesOf(
  entities: readonly string[],
  rate: number,
  { trajectories }: GroundTruthState,
): GroundTruthManifest["trajectory_samples"] {
  const samples: GroundTruthManifest["trajectory_samples"] = [];
  for (const entity of entities.slice(0, sampleSize(entities.length, rate))) {
    const positions = Object.hasOwn(trajectories, entity) ? trajectories[entity] : undefined;
    if (positions === undefined)
      throw new UsageError("BAD_ARGUMENT", `trajectories has nothing for ${JSON.stringify(entity)}`, {
        hint: "Give the positions of every entity, by name.",
      });
    for (let period = 0; period < positions.length; period += 1)
      samples.push({ entity, period_index: period, position: positions[period] as number });
  }
  return samples;
}

/** By entity, then table: every entity has an entry for every table. */
function firingsOf(entities: readonly string[], { eventFirings = {} }: GroundTruthState): EventFiring[] {
  const tables = Object.keys(eventFirings).sort(compareNames);
  return entities.flatMap((entity) =>
    tables.map((table) => {
      const fired = eventFirings[table] ?? {};
      const periods = Object.hasOwn(fired, entity) ? (fired[entity] ?? []) : [];
      return { entity, table, period_indices: [...new Set(periods)].sort((a, b) => a - b) };
    }),
  );
}

function holdoutOf({ holdout }: GroundTruthConfig, { trajectories }: GroundTruthState): HoldoutSplit | null {
  if (!holdout?.enabled) return null;
  const periods = Math.max(0, ...new Set(Object.values(trajectories).map(({ length }) => length)));
  return {
    target_metric: holdout.target,
    holdout_periods: holdout.periods,
    cutoff_period_index: periods - holdout.periods,
  };
}

function adjustmentsOf({ correlationAdjustments }: GroundTruthState): CorrelationAdjustment[] | null {
  if (correlationAdjustments === null || correlationAdjustments === undefined) return null;
  return correlationAdjustments
    .map((pair) => ({ ...pair, adjustment: Math.abs(pair.requested - pair.achieved) }))
    .filter(({ adjustment }) => adjustment >= noiseFloor);
}

function compensationsOf(
  { metrics = [] }: GroundTruthConfig,
  { correlationCompensations }: GroundTruthState,
): CorrelationCompensation[] | null {
  if (correlationCompensations === null || correlationCompensations === undefined) return null;
  if (metrics.length > mostCompensatedMetrics) return null;
  return correlationCompensations.map((pair) => ({
    ...pair,
    ...compensate(pair.user_target, pair.trajectory_contribution),
  }));
}

function copyOfInjection(injection: QualityInjection): QualityInjection {
  return {
    ...injection,
    row_indices: [...injection.row_indices],
    clean_values: [...injection.clean_values],
  };
}

function compareInjections(a: QualityInjection, b: QualityInjection): number {
  return a.issue_index - b.issue_index || compareNames(a.table, b.table) || compareNames(a.column, b.column);
}
