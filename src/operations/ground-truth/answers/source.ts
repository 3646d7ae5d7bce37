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

/** `lacking` is who does not have it, and `known` what there is instead. */
export function noSuchTable(table: string, lacking: string, known: readonly string[]): UsageError {
  return new UsageError("NO_SUCH_TABLE", `${lacking} ${JSON.stringify(table)}; ${thereAre(known)}`, {
    hint:
      known[0] === undefined ? "See what there is: colophon ground-truth show" : `Type: --table ${known[0]}`,
  });
}

export function noSuchColumn(column: string, lacking: string, known: readonly string[]): UsageError {
  return new UsageError("NO_SUCH_COLUMN", `${lacking} ${JSON.stringify(column)}; ${thereAre(known)}`, {
    hint: `Type: --column ${known[0] ?? "NAME"}`,
  });
}

function thereAre(names: readonly string[]): string {
  return names.length === 0 ? "there is none" : `there are ${names.join(", ")}`;
}
