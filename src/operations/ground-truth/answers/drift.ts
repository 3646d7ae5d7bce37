import { digestOfConfig } from "../../../kinds/ground-truth/build.js";
import { type GroundTruthManifest, vectorizedThreshold } from "../../../kinds/ground-truth/ground-truth.js";
import { sha256 } from "../../../manifest/digest.js";

/** Whether a configuration is the one the tables were made from: by its canonical form, or by its very bytes, as other writers digest it. */
export function isConfigOf(
  { config_sha256 }: GroundTruthManifest,
  config: { readonly values: object; readonly text: string },
): boolean {
  return [digestOfConfig(config.values), sha256(config.text), sha256(config.text.trimEnd())].includes(
    config_sha256,
  );
}

export interface ThresholdDrift {
  /** Null where it was not recorded. */
  readonly recorded: number | null;
  readonly current: number;
  readonly changed: boolean;
  readonly mode_then: "serial" | "vectorized";
  /** What the automatic choice would be now. */
  readonly mode_now: "serial" | "vectorized";
}

/** Whether a generation in automatic mode would land in another mode today. */
export function thresholdDrift(
  {
    vectorized_threshold_used: recorded = null,
    bypass_fallback_counts,
    archetype_assignments,
  }: GroundTruthManifest,
  current = vectorizedThreshold,
): ThresholdDrift {
  return {
    recorded,
    current,
    changed: recorded !== null && recorded !== current,
    mode_then: bypass_fallback_counts ? "vectorized" : "serial",
    mode_now: archetype_assignments.length >= current ? "vectorized" : "serial",
  };
}
