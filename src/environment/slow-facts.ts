/** What other programs have to be asked for: from an earlier run when nothing changed, else gathered beside the running command. */
import type { SlowFacts } from "../generated/types.js";
import { mergeRedactions } from "../secrets/redactions.js";
import { cacheKey, findCached, storeCached } from "./slow-facts/cache.js";
import { collectParts } from "./slow-facts/collect-parts.js";
import { digestLockFiles, type LockFiles } from "./slow-facts/lock-files.js";
import { expectedParts, gap, type Part, type SlowFactsRequest } from "./slow-facts/part.js";

export interface GatherRequest extends SlowFactsRequest {
  /** Made when it is not there. */
  readonly cacheFolder: string;
  /** The bundled CLI, which is started a second time to gather; see `gatherer.ts`. */
  readonly entryFile: string;
}

/**
 * Never rejects; what is missing stands in `not_gathered`. Aborting answers at once with what is there. Does not keep this process
 * alive by itself: whoever waits for it does.
 */
export async function gatherSlowFacts(request: GatherRequest, signal: AbortSignal): Promise<SlowFacts> {
  const began = Date.now();
  const lockFiles = digestLockFiles(request.root, request.cwd);
  const key = cacheKey(request, lockFiles);
  const cached = findCached(request.cacheFolder, key);
  if (cached !== undefined) return cached;
  const parts: Part[] = [];
  const { askGatherer } = await import("./slow-facts/gatherer.js");
  const reason = await askGatherer(request, (part) => parts.push(part), signal);
  const facts = assemble(request, parts, lockFiles, began, reason);
  if (cacheKey(request, digestLockFiles(request.root, request.cwd)) !== key) return withDoubt(facts, request);
  const complete = parts.length === expectedParts(request).length && parts.every(({ lasting }) => lasting);
  if (complete) storeCached(request.cacheFolder, key, facts);
  return facts;
}

/** Installing packages meanwhile may make a list that never was. */
function withDoubt(facts: SlowFacts, { interpreter }: SlowFactsRequest): SlowFacts {
  if (interpreter === null) return facts;
  const reason = "the list may be mixed: what is installed, or a lock file, changed while it was made";
  return { ...facts, not_gathered: [...facts.not_gathered, gap(`${interpreter.name} packages`, reason)] };
}

/** The same without cache and without a second process: blocks the thread for tens of milliseconds. */
export async function collectSlowFacts(request: SlowFactsRequest, signal?: AbortSignal): Promise<SlowFacts> {
  const began = Date.now();
  const parts: Part[] = [];
  await collectParts(request, (part) => parts.push(part), signal);
  return assemble(request, parts, digestLockFiles(request.root, request.cwd), began, "no longer needed");
}

function assemble(
  request: SlowFactsRequest,
  parts: readonly Part[],
  lockFiles: LockFiles,
  began: number,
  reason: string,
): SlowFacts {
  const missing = expectedParts(request).filter((what) => !parts.some((part) => part.what === what));
  const unreadable = lockFiles.unreadable.map((path) => gap("lock files", `${path} cannot be read`));
  const nothing: SlowFacts = {
    environment_version: 1,
    gathered_at: new Date(began).toISOString(),
    from_cache: false,
    elapsed_seconds: (Date.now() - began) / 1000,
    python: null,
    packages: { python: null, node: null },
    lock_files: [...lockFiles.files],
    driver_version: null,
    cuda_version: null,
    gpus: [],
    cpu: null,
    memory: null,
    os: null,
    system: null,
    redactions: {},
    not_gathered: [
      ...unreadable,
      ...parts.flatMap(({ gaps }) => gaps),
      ...missing.map((what) => gap(what, reason)),
    ].sort((a, b) => (a.what < b.what ? -1 : a.what > b.what ? 1 : 0)),
  };
  const facts: SlowFacts = Object.assign(nothing, ...parts.map((part) => part.facts));
  facts.packages = Object.assign({ python: null, node: null }, ...parts.map((part) => part.facts.packages));
  facts.redactions = { ...mergeRedactions(...parts.map((part) => part.facts.redactions ?? {})) };
  return facts;
}
