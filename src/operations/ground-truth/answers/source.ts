/** Where an answer comes from: the manifest; derived, as the entity was not sampled; or nowhere, as nothing was recorded of it. */
import { UsageError } from "../../../errors.js";
import type { GroundTruthManifest } from "../../../kinds/ground-truth/ground-truth.js";

export type Source = "manifest" | "derived" | "not-recorded";

/** @throws UsageError when the ground truth speaks of nobody of that name. */
export function checkEntity({ archetype_assignments }: GroundTruthManifest, entity: string): void {
  if (archetype_assignments.some((assignment) => assignment.entity === entity)) return;
  throw new UsageError("NO_SUCH_ENTITY", `the ground truth has no entity ${JSON.stringify(entity)}`, {
    hint: "List them: colophon ground-truth query labels",
  });
}
