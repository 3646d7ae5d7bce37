/** What the commands that list runs have in common: their words, and the entry of a run in `--json`. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../errors.js";
import type { ListedRun } from "../../operations/records/list/list-runs.js";
import { summarizeRun } from "../../operations/records/list/summarize-run.js";

/** A word that is a query is no folder, unless there is one of that name. */
export function isQuery(word: string | undefined, directory: string): word is string {
  return (
    word !== undefined && /[=<>]|\s(in|like|ilike|is)\s/i.test(word) && !existsSync(resolve(directory, word))
  );
}

export function entryOf({ folder, run, error }: ListedRun, now: number): object {
  const fault = error === null ? null : { code: error.code, message: error.message, hint: error.hint };
  if (run !== null) return { ...summarizeRun(run, now), error: null };
  return { id: folder.slice(folder.lastIndexOf("/") + 1), folder, error: fault };
}

const mostOnTerminal = 20;

/** `null` for all. */
export function limitOf(text: string | undefined, byDefault: boolean): number | null {
  if (text === undefined) return byDefault ? mostOnTerminal : null;
  const limit = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(limit))
    throw new UsageError("BAD_FLAG_VALUE", `--limit takes a number of runs; found "${text}"`, {
      hint: "Type: colophon ls --limit 50, or --limit 0 for all",
    });
  return limit === 0 ? null : limit;
}
