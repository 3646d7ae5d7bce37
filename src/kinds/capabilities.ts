/** Colophon's own entries under the extension key. Each has a schema of its own and moves with the key. */
import * as validators from "../generated/validators.js";

export const capabilities = {
  source: validators.source,
  machine: validators.machine,
  command: validators.command,
  inputs: validators.inputs,
  artifacts: validators.artifacts,
  pipeline: validators.pipeline,
  process: validators.process,
  result: validators.result,
  snapshot: validators.snapshot,
  reproduction: validators.reproduction,
  drift: validators.drift,
  failure: validators.failure,
  figures: validators.figures,
  console: validators.console,
  recording: validators.recording,
  usage: validators.usage,
} as const;
