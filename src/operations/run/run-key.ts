/** What makes two runs the same: their code, data, parameters and commands. */
import type { ExperimentManifest } from "../../kinds/experiment.js";
import { digestOfValue } from "../../manifest/digest.js";
import { isObject } from "../../manifest/validate.js";

/** `null` where that cannot be said: of a tree with edits, or of a record that does not name its tree. */
export function keyOfRun(manifest: ExperimentManifest, namespace: string): string | null {
  const extension = manifest[namespace];
  const [source, command] = isObject(extension) ? [extension.source, extension.command] : [];
  if (manifest.git.dirty || !isObject(source) || typeof source.code_tree !== "string") return null;
  return digestOfValue({
    code: source.code_tree,
    data: manifest.data_provenance,
    params: manifest.params,
    // Of a single command, the words stand among the parameters.
    stages: isObject(command) ? (command.stages ?? null) : null,
    cwd: isObject(command) ? (command.cwd ?? null) : null,
  });
}
