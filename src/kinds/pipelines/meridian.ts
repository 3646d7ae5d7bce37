/** The pipeline of the origin project: seven stages, what they promote, and what a run of theirs must name. */
import type { Pipeline } from "../../generated/types.js";

export const meridianPipeline: Pipeline = {
  pipeline_version: 1,
  name: "meridian",
  stages: [
    { name: "00_run_metadata", skippable: false },
    { name: "10_validation", skippable: true },
    { name: "20_model_fit", skippable: false },
    { name: "30_model_assessment", skippable: false },
    { name: "40_decomposition", skippable: false },
    // 50 is left free for a stage to come.
    { name: "60_response_curves", skippable: true },
    { name: "70_optimisation", skippable: true },
  ],
  promoted: [
    "config_source",
    "config_resolved",
    "input_data_provenance",
    "validation_spec",
    "meridian_model",
    "diagnostics_bundle",
    "model_results_summary",
    "summary_metrics_csv",
    "summary_metrics_nc",
  ],
  required_to_load: ["config_source", "config_resolved", "input_data_provenance"],
  required_to_complete: ["config_source", "config_resolved", "input_data_provenance", "diagnostics_bundle"],
  version_fields: [
    { name: "meridian_tools_version", nullable: false },
    { name: "meridian_version", nullable: true },
  ],
};

/** As it was when that version of the manifest was written: provenance came with 3, the last two stages with 1. */
export function meridianPipelineOf(version: unknown): Pipeline {
  if (version !== 0 && version !== 1 && version !== 2) return meridianPipeline;
  const { stages, required_to_load, required_to_complete } = meridianPipeline;
  const known = (name: string) => name !== "input_data_provenance";
  return {
    ...meridianPipeline,
    stages: stages.slice(0, version === 0 ? 5 : undefined) as Pipeline["stages"],
    required_to_load: required_to_load.filter(known),
    required_to_complete: required_to_complete.filter(known),
  };
}
