/** The JSON files that Colophon writes into `00_run_metadata/`, and the schemas they are held to. */

import type { CompiledValidator } from "../../../generated/validators.js";
import * as validators from "../../../generated/validators.js";

export interface FactFile {
  /** In the run folder, POSIX. */
  readonly path: string;
  /** The name under which a stage has it. */
  readonly artifact: string;
  /** `null` for an object of any form. */
  readonly schema: CompiledValidator | null;
  /** Whether the founding document describes it, so that runs of other tools have it in the same form. */
  readonly isFounding: boolean;
}

export const factFiles: readonly FactFile[] = [
  fact("command", "command.json", validators.command),
  fact("config_resolved", "config.resolved.json", null),
  fact("environment", "environment.json", validators.environment),
  {
    ...fact("input_data_provenance", "input_data_provenance.json", validators.input_data_provenance),
    isFounding: true,
  },
  fact("metrics_summary", "metrics_summary.json", validators.metrics_summary),
  fact("observed", "observed.json", validators.observed),
  fact("pipeline", "pipeline.json", validators.pipeline),
];

function fact(artifact: string, name: string, schema: CompiledValidator | null): FactFile {
  return { path: `00_run_metadata/${name}`, artifact, schema, isFounding: false };
}
