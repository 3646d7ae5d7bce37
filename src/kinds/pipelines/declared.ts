/** The pipeline that a user declares in `colophon.json`, with what every run of Colophon has. */
import type { Pipeline } from "../../generated/types.js";
import {
  firstStage,
  foundingArtifacts,
  lastStage,
  type PipelineDeclaration,
} from "../../manifest/pipeline-rules.js";

/** `declaration` has no faults: `findPipelineFaults` in `manifest/pipeline-rules.ts` says which there are. */
export function declaredPipeline(name: string, declaration: PipelineDeclaration): Pipeline {
  const {
    stages,
    promoted = [],
    required_to_load = [],
    required_to_complete = [],
    versions = {},
  } = declaration;
  const fields = Object.keys(versions).map((field) => ({ name: field, nullable: false }));
  return {
    pipeline_version: 1,
    name,
    stages: [
      { name: firstStage, skippable: false },
      ...stages.map(({ name, skippable = false }) => ({ name, skippable })),
      { name: lastStage, skippable: false },
    ],
    // What is required to load is looked for at the top level, so it is promoted unasked.
    promoted: unique([...foundingArtifacts, ...promoted, ...required_to_load]),
    required_to_load: unique([...foundingArtifacts, ...required_to_load]),
    required_to_complete: unique([
      ...foundingArtifacts,
      "environment",
      ...required_to_load,
      ...required_to_complete,
    ]),
    ...(fields.length > 0 && { version_fields: fields }),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
