/** The words of the ground-truth kind: the document, the configuration it is made for, and what its rules agree on. */
import type {
  BridgeAssociation,
  CorrelationAdjustment,
  CorrelationCompensation,
  GroundTruthManifest,
  Holdout,
  QualityInjection,
  ScdEvent,
  TrajectorySample,
} from "../../generated/types.js";

export type {
  BridgeAssociation,
  CorrelationAdjustment,
  CorrelationCompensation,
  EventFiring,
  GroundTruthManifest,
  QualityInjection,
  ScdEvent,
} from "../../generated/types.js";
export type HoldoutSplit = NonNullable<Holdout>;
export type IssueType = QualityInjection["issue_type"];
export type CleanValue = QualityInjection["clean_values"][number];

export const schemaVersion = "1.0";
/** With more metrics, correlations are not compensated. */
export const mostCompensatedMetrics = 20;
/** A pair that moved by less did not move. */
export const noiseFloor = 1e-12;
/** The number of entities from which generation is vectorized now. */
export const vectorizedThreshold = 50;

/** Of what befalls whole rows, the name that stands in the place of a column's. */
export const sentinelColumns: { readonly [Type in IssueType]?: string } = {
  duplicate_rows: "_rows",
  late_arrival: "_arrival_period",
};

/** Sums of doubles are inexact: 0.55 - 0.32 is 0.23000000000000004. */
export function areClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9;
}

/** As many periods as the tapes have; `undefined` when no entity has one. Every sampled entity covers all of them. */
export function countPeriods(samples: readonly TrajectorySample[]): number | undefined {
  let last = -1;
  for (const { period_index } of samples) if (period_index > last) last = period_index;
  return last < 0 ? undefined : last + 1;
}

/** How many samples each entity has, in the order of their first ones. */
export function countSamples(samples: readonly TrajectorySample[]): Map<string, number> {
  const counts = new Map<string, number>();
  let [entity, count] = ["", 0];
  for (const sample of samples) {
    if (sample.entity !== entity) {
      if (count > 0) counts.set(entity, (counts.get(entity) ?? 0) + count);
      entity = sample.entity;
      count = 0;
    }
    count += 1;
  }
  if (count > 0) counts.set(entity, (counts.get(entity) ?? 0) + count);
  return counts;
}

/** How many entities are sampled. */
export function sampleSize(entities: number, rate: number): number {
  return Math.min(entities, Math.ceil(entities * rate));
}

/** What is defined by what else an entry says. */
export function compensate(
  userTarget: number,
  contribution: number,
): Pick<CorrelationCompensation, "compensated_target" | "achievable" | "infeasible" | "adjustment"> {
  const compensated = userTarget - contribution;
  const achievable = Math.max(-1, Math.min(1, compensated));
  return {
    compensated_target: compensated,
    achievable,
    infeasible: compensated < -1 || compensated > 1,
    adjustment: Math.abs(userTarget - achievable),
  };
}

/** The entry that names the same pair, whichever of the two stands first. */
export function pairName({
  metric_a,
  metric_b,
}: Pick<CorrelationAdjustment, "metric_a" | "metric_b">): string {
  return [metric_a, metric_b].sort(compareNames).join("\n");
}

/** By code point, as "sorted by name" means in the founding document's language; UTF-16 puts U+1F600 before U+FF5E. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function compareEvents(a: ScdEvent, b: ScdEvent): number {
  return (
    compareNames(a.dim_table, b.dim_table) ||
    compareNames(a.entity, b.entity) ||
    a.period_index - b.period_index
  );
}

export function compareBridges(a: BridgeAssociation, b: BridgeAssociation): number {
  return compareNames(a.bridge, b.bridge) || compareNames(a.entity, b.entity);
}

/** The sections that earlier writers left out, and what a reader takes instead. */
export const laterSections: {
  readonly [Section in keyof GroundTruthManifest as undefined extends GroundTruthManifest[Section]
    ? Section
    : never]-?: readonly [] | null;
} = {
  scd_events: [],
  bridge_associations: [],
  quality_injections: [],
  holdout: null,
  correlation_adjustments: null,
  correlation_compensations: null,
  bypass_fallback_counts: null,
  vectorized_threshold_used: null,
};
