/** Pipelines: which stages a run has, and which artifacts it must name. A run carries the rules it is judged by. */
import type { Pipeline } from "../../generated/types.js";

/** What `colophon run` records. */
export const commandPipeline: Pipeline = {
  pipeline_version: 1,
  name: "command",
  stages: [
    { name: "00_run_metadata", skippable: false },
    { name: "20_execute", skippable: false },
    { name: "30_collect", skippable: false },
  ],
  promoted: ["config_source", "config_resolved", "input_data_provenance"],
  required_to_load: ["config_source", "config_resolved", "input_data_provenance"],
  required_to_complete: ["config_source", "config_resolved", "input_data_provenance", "environment"],
};
