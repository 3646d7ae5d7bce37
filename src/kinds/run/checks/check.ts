/** How the checks of a run are written: a code, what to do, what is read, and a search for faults. */
import type { Pipeline, RunManifest } from "../../../generated/types.js";
import type { Check, Fault, Rules } from "../../../manifest/kind.js";
import { pipelineOf } from "../../pipelines/pipeline-of.js";

export type Run = RunManifest & Readonly<Record<string, unknown>>;
type Recorded = Readonly<Record<string, unknown>>;

/** `recorded` is the document as it stands on disk; `run` has the shape of version 3. */
export type Find = (run: Run, rules: Rules, recorded: Recorded) => Iterable<Fault>;

export function check(code: string, hint: string, reads: readonly string[], find: Find): Check {
  return {
    code,
    severity: "error",
    hint,
    reads,
    find: (document, rules, recorded) => find(document as Run, rules, recorded),
  };
}

export function judgedBy(run: Run, { namespace }: Rules, recorded: Recorded): Pipeline | undefined {
  return pipelineOf(run, namespace, recorded.manifest_version);
}

/** The pointer as a message names the place. */
export function dotted(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".");
}
