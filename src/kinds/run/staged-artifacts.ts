/** The artifacts of a run: those of its stages, and the ones repeated at the top level. */
import type { Pipeline } from "../../generated/types.js";

interface Stage {
  readonly artifacts: Readonly<Record<string, string>>;
}

/** Paths by name; names are meant to be unique, and of two the later stage's counts. */
export function stagedArtifacts(stages: readonly Stage[]): Readonly<Record<string, string>> {
  return Object.fromEntries(stages.flatMap(({ artifacts }) => Object.entries(artifacts)));
}

/** The top-level index: what the pipeline promotes, as far as stages have left it. */
export function promotedArtifacts({ promoted }: Pipeline, stages: readonly Stage[]): Record<string, string> {
  const all = stagedArtifacts(stages);
  return Object.fromEntries(
    promoted.flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] as string]] : [])),
  );
}
