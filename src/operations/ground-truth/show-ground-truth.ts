/** `colophon ground-truth show`: a ground truth in short, and whether what stands beside it is still what it speaks of. */
import { isConfigOf, type ThresholdDrift, thresholdDrift } from "./answers/drift.js";
import { type GroundTruthSummary, summarizeGroundTruth } from "./answers/summary.js";
import {
  type ListedFile,
  listFiles,
  type OpenGroundTruth,
  type OpenGroundTruthPorts,
} from "./open-ground-truth.js";

export interface ShowRequest {
  readonly config: { readonly values: object; readonly text: string } | undefined;
  readonly threshold: number | undefined;
  readonly withLabels: boolean;
}

export interface ShownGroundTruth {
  readonly path: string;
  readonly manifest_sha256: string;
  readonly contains_ground_truth: true;
  readonly summary: GroundTruthSummary;
  readonly config: "same" | "differs" | "not-given";
  readonly threshold: ThresholdDrift;
  readonly files: readonly ListedFile[];
}

export async function showGroundTruth(
  truth: OpenGroundTruth,
  { config, threshold, withLabels }: ShowRequest,
  ports: OpenGroundTruthPorts,
): Promise<ShownGroundTruth> {
  const { path, sha256, manifest } = truth;
  return {
    path,
    manifest_sha256: sha256,
    contains_ground_truth: true,
    summary: summarizeGroundTruth(manifest, withLabels),
    config: config === undefined ? "not-given" : isConfigOf(manifest, config) ? "same" : "differs",
    threshold: thresholdDrift(manifest, threshold),
    files: await listFiles(truth, ports),
  };
}
