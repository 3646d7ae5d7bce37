/** A check of the ground-truth kind: it sees the document with its type, and only when its schema accepts what it reads. */
import type { Severity } from "../../../errors.js";
import type { GroundTruthManifest } from "../../../generated/types.js";
import type { Check, Fault } from "../../../manifest/kind.js";

export interface GroundTruthCheck {
  readonly code: string;
  readonly severity?: Severity;
  readonly hint: string;
  readonly reads: readonly (keyof GroundTruthManifest)[];
  readonly find: (manifest: GroundTruthManifest) => Iterable<Fault>;
}

export function checkOf({ severity = "error", find, ...check }: GroundTruthCheck): Check {
  return { ...check, severity, find: (document) => find(document as unknown as GroundTruthManifest) };
}

/** A fault at `/a/0/b`, which the message names as `a.0.b`. */
export function fault(place: readonly (string | number)[], words: string): Fault {
  return { pointer: place.map((segment) => `/${segment}`).join(""), message: `${place.join(".")}: ${words}` };
}

/** The first few of many, and how many there are. */
export function few(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
}
