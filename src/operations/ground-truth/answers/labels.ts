import type { GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";
import { checkEntity } from "./source.js";

export type Label = GroundTruthManifest["archetype_assignments"][number];

/** The archetype of every entity, or of one: the answer key for a classifier. */
export function labelsOf(manifest: GroundTruthManifest, entity?: string): Label[] {
  if (entity === undefined) return [...manifest.archetype_assignments];
  checkEntity(manifest, entity);
  return manifest.archetype_assignments.filter((label) => label.entity === entity);
}
