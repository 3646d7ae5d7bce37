import type { GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";

export interface AdjustedPair {
  readonly metric_a: string;
  readonly metric_b: string;
  /** `projected`: the matrix was none; `infeasible`: out of reach beside the trajectories; `compensated`: within reach. */
  readonly reason: "projected" | "infeasible" | "compensated";
  readonly requested: number;
  /** What was aimed at instead. */
  readonly achieved: number;
  readonly adjustment: number;
}

/** All pairs whose target was moved, the furthest first. */
export function pairsByAdjustment({
  correlation_adjustments,
  correlation_compensations,
}: GroundTruthManifest): AdjustedPair[] {
  const projected = (correlation_adjustments ?? []).map((pair) => ({
    ...pair,
    reason: "projected" as const,
  }));
  const compensated = (correlation_compensations ?? []).map(
    ({ metric_a, metric_b, user_target, achievable, infeasible, adjustment }) => ({
      metric_a,
      metric_b,
      reason: infeasible ? ("infeasible" as const) : ("compensated" as const),
      requested: user_target,
      achieved: achievable,
      adjustment,
    }),
  );
  return [...projected, ...compensated].sort((a, b) => b.adjustment - a.adjustment);
}

/** Those that could not be had as they were asked for: moved to a matrix that is one, or beyond what can be reached. */
export function undeliverablePairs(manifest: GroundTruthManifest): AdjustedPair[] {
  return pairsByAdjustment(manifest).filter(({ reason }) => reason !== "compensated");
}
