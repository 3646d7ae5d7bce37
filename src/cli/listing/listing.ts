/** What the commands that list runs have in common: their words, and the entry of a run in `--json`. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ListedRun } from "../../catalog/catalog.js";
import { UsageError } from "../../errors.js";
import type { CatalogRequest } from "../../local-ports/records/catalog.js";
import type { RunSummary } from "../../operations/records/list/summarize-run.js";
import type { Arguments } from "../arguments.js";
import { byteCount } from "../terminal/byte-count.js";
import { countProgress } from "../terminal/count-progress.js";
import type { Streams } from "../terminal/streams.js";

/** Signs and words that compare, or a field that something follows. */
const likeQuery =
  /[=<>]|\s(in|like|ilike|is)\b|^[\s(]*(not\s+)?(metric|param|parameter|tag|attribute|git|env|data)s?\..*\s/i;

/** A word that is a query is no folder, unless there is one of that name. An empty one is a query that says nothing. */
export function isQuery(word: string | undefined, directory: string): word is string {
  if (word === undefined || word.trim() === "") return word !== undefined;
  return likeQuery.test(word) && !existsSync(resolve(directory, word));
}

export function entryOf({ id, folder, run, error }: ListedRun<RunSummary>): object {
  const fault = error === null ? null : { code: error.code, message: error.message, hint: error.hint };
  return run === null ? { id, folder, error: fault } : { ...run, error: null };
}

/** What a list is to be made from. The kinds of manifests are loaded only to check a key that is given. */
export async function requestOf(given: Arguments, folder: string | undefined): Promise<CatalogRequest> {
  const namespace = given.value("namespace");
  if (namespace !== undefined)
    (await import("../../kinds/table.js")).checkNamespace(namespace, "--namespace");
  return { folder, namespace, maximumBytes: byteCount("ls", given), isFresh: given.has("fresh") };
}

/** A line on a terminal while very many records are read. */
export function readingProgress(streams: Streams): (done: number | null) => void {
  const progress = countProgress("reading", null, streams);
  return (done) => (done === null ? progress.clear() : progress.show(done));
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
