import { LifecycleError } from "../../errors.js";
import { kinds } from "../../kinds/table.js";

export interface FrozenPorts {
  /** `undefined` when there is no such file. */
  readonly findText: (path: string) => string | undefined;
}

/**
 * What has ended does not change: a document that says so of itself is not written over by anything, except the very same bytes.
 * @throws LifecycleError
 */
export function refuseFrozen(path: string, text: string, { findText }: FrozenPorts): void {
  const present = findText(path);
  if (present === undefined || present === text) return;
  const document = parsed(present);
  const frozen = Object.values(kinds).find(({ isFrozen }) => isFrozen?.(document));
  if (frozen === undefined) return;
  throw new LifecycleError(
    "RUN_FROZEN",
    `${path} holds a ${frozen.name} that has ended, and does not change any more`,
    { hint: "Start a new run: colophon run --from RUN" },
  );
}

/** What cannot be read freezes nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
