/** What was found in the work tree, and copied where it goes in. */
import type { Candidates } from "./candidates.js";
import type { Gathered, LeftOutFile, TakenFile } from "./gather.js";
import type { ChangedSubmodule } from "./submodules.js";

export interface Findings {
  readonly candidates: Candidates;
  readonly gathered: Gathered;
  /** With those that lie in others. */
  readonly submodules: readonly ChangedSubmodule[];
  /** The folders of the copies. */
  readonly copies: { readonly tree: string; readonly overlay: string };
}

/** Bits in the index that hide nothing, and an included path that is not there, leave the tree clean. */
export function isNothing({ candidates, gathered, submodules }: Findings): boolean {
  const { taken, gone, leftOut } = gathered;
  return taken.length + gone.length + leftOut.length + submodules.length + candidates.nested.length === 0;
}

/** What there may be a hundred thousand of comes last. */
export function listLeftOut({ gathered, submodules }: Findings): LeftOutFile[] {
  const all = [...gathered.leftOut, ...submodules.flatMap(({ gathered }) => gathered.leftOut)];
  const isLast = ({ reason }: LeftOutFile) => readLater.has(reason);
  return [...all.filter((file) => !isLast(file)), ...all.filter(isLast)];
}

const readLater: ReadonlySet<string> = new Set(["too_large", "total_exceeded", "too_many", "excluded"]);

/** Those whose digest is made while the command runs. */
export function listUndigested(found: Findings): LeftOutFile[] {
  return listLeftOut(found).filter(({ reason, size }) => readLater.has(reason) && size !== null);
}

/** In the order of their copies. */
export function listOverlay({ submodules }: Findings): TakenFile[] {
  return submodules.flatMap(({ gathered }) => gathered.taken);
}
