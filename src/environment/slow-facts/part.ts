/** One piece of the slow facts: gathered on its own, so that what is there in time is kept when another piece is not. */
import type { Interpreter, NotGathered, SlowFacts } from "../../generated/types.js";

export interface SlowFactsRequest {
  /** From `captureRuntimes`. */
  readonly interpreter: Interpreter | null;
  readonly searchPath: readonly string[];
  /** Where the command runs, and with which variables. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The repository. */
  readonly root: string;
}

export interface Part {
  readonly what: NotGathered["what"];
  readonly facts: PartFacts;
  readonly gaps: readonly NotGathered[];
  /** Whether asking again under the same conditions would give the same. */
  readonly lasting: boolean;
}

export type PartFacts = Partial<Omit<SlowFacts, "packages">> & {
  readonly packages?: Partial<SlowFacts["packages"]>;
};

/** The parts this command has: packages of an interpreter only where that interpreter runs it. */
export function expectedParts({ interpreter }: SlowFactsRequest): NotGathered["what"][] {
  const packages = interpreter === null ? [] : ([`${interpreter.name} packages`] as const);
  return ["gpus", ...packages, "system"];
}

export function gap(what: NotGathered["what"], reason: string): NotGathered {
  return { what, reason };
}
