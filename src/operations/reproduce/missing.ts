/** What stands in the way of a reproduction, and the verdict that follows. */
import { ColophonError } from "../../errors.js";
import type { Missing, Reproduction } from "./result.js";
import { summarizeMissing } from "./summarize.js";

export function missing(
  what: Missing["what"],
  subject: string,
  reason: string,
  hint: string | null = null,
): Missing {
  return { what, subject, reason, hint };
}

export function couldNotRun(known: Reproduction, gone: readonly Missing[]): Reproduction {
  return { ...known, verdict: "could-not-run", summary: summarizeMissing(gone), missing: gone };
}

/** What Git or the disk refuse is why it cannot be run; anything else is a fault of ours. */
export function asMissing(what: Missing["what"], subject: string): (error: unknown) => Missing {
  return (error) => {
    if (error instanceof ColophonError) return missing(what, subject, error.message, error.hint);
    throw error;
  };
}
