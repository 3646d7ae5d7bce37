/**
 * `colophon rm`: moves runs to the trash, from where they can be restored. Nothing is moved unless all of them may be. What a commit
 * holds stays, and so does what other records stand on: a figure that names a run, data that is an artifact of one.
 */
import { RefusedError, UsageError } from "../../errors.js";
import type { KnownToGit } from "../../git/trees/committed.js";
import { kinds } from "../../kinds/table.js";
import { suffixOf } from "../../manifest/ids.js";
import { shellWord } from "../../manifest/shell-word.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { RemovedRun } from "../../store/runs/trash.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRecord } from "../records/load/loaded-run.js";
import { resolveRun } from "../records/resolve-run.js";

export interface TrashRequest {
  /** As typed: ids, or the beginning or end of one. */
  readonly runs: readonly string[];
  readonly dryRun: boolean;
}

export interface RemovePorts {
  readonly now: () => number;
  readonly ids: () => readonly string[];
  /** Relative to the project's root, POSIX. */
  readonly pathOfRun: (id: string) => string;
  /** @throws LifecycleError when it cannot be loaded. */
  readonly load: (id: string) => LoadedRecord;
  readonly findInGit: (path: string) => Promise<KnownToGit>;
  /** Manifests of figures and the like, and of experiments: their paths and texts. */
  readonly referrers: () => Iterable<{
    readonly path: string;
    readonly run: string | null;
    readonly text: string;
  }>;
  readonly moveToTrash: (run: RemovedRun) => void;
}

export async function removeRuns({ runs, dryRun }: TrashRequest, ports: RemovePorts): Promise<RemovedRun[]> {
  const known = ports.ids();
  const ids = [...new Set(runs.map((word) => resolveRun(word, known)))];
  const loaded = ids.map(ports.load);
  for (const record of loaded) {
    refuseRunning(record, ports);
    refuseCommitted(record, await ports.findInGit(ports.pathOfRun(record.id)), ports);
  }
  refuseReferenced(loaded, ports);
  const removed = loaded.map((record) => removedRun(record, ports));
  if (!dryRun) for (const run of removed) ports.moveToTrash(run);
  return removed;
}

function removedRun(record: LoadedRecord, { now, pathOfRun }: RemovePorts): RemovedRun {
  const { ref, commit } = capabilityOf(record.manifest, kinds.experiment, "snapshot") ?? {};
  return {
    id: record.id,
    name: record.run.run_name,
    path: pathOfRun(record.id),
    removed_at: formatUtc(now()),
    snapshot: typeof ref === "string" && typeof commit === "string" ? { ref, commit } : null,
  };
}

/** Its processes still write there; and whether one that ran elsewhere has ended cannot be told from here. */
function refuseRunning({ id, observed: { state, reason } }: LoadedRecord, { pathOfRun }: RemovePorts): void {
  if (state !== "running" && state !== "unknown") return;
  const suffix = suffixOf(id);
  throw new RefusedError(
    "RUN_STILL_RUNNING",
    `run ${suffix} is recorded as running (${pathOfRun(id)})${reason === null ? "" : `, and ${reason}`}`,
    {
      hint:
        state === "unknown"
          ? `If you know that it died, type: colophon doctor --reconcile ${suffix} && colophon rm ${suffix}`
          : `Wait until it has ended, then type: colophon rm ${suffix}`,
    },
  );
}

function refuseCommitted(
  { id }: LoadedRecord,
  { tracked, commit }: KnownToGit,
  { pathOfRun }: RemovePorts,
): void {
  if (tracked === null && commit === null) return;
  const path = pathOfRun(id);
  const where = commit === null ? "is in the index" : `is in the commit ${commit.slice(0, 7)}`;
  throw new RefusedError(
    "RUN_IS_COMMITTED",
    `run ${suffixOf(id)} ${where}; what Git holds is not ours to remove (${path})`,
    {
      hint:
        commit === null
          ? `Take it out of the index first: git rm -r --cached -- ${shellWord(path)}`
          : `Remove it as any other file, and it stays in the history: git rm -r -- ${shellWord(path)}`,
    },
  );
}

/** Whoever names all of them in one command may remove all of them. */
function refuseReferenced(loaded: readonly LoadedRecord[], ports: RemovePorts): void {
  const named = new Map(
    loaded.flatMap((record) => marksOf(record).map((mark) => [mark, record.id] as const)),
  );
  const going = new Set(loaded.map(({ id }) => id));
  if (named.size === 0) return;
  const found = new Map<string, Set<string>>();
  for (const { path, run, text } of ports.referrers()) {
    if (run !== null && going.has(run)) continue;
    for (const [mark, id] of named) {
      // Another run may name it as the one it repeats, and stands without it.
      if ((run === null || mark !== id) && text.includes(mark))
        found.set(id, (found.get(id) ?? new Set()).add(path));
    }
  }
  const [first] = found;
  if (first === undefined) return;
  const [id, paths] = first;
  const lines = [...paths].slice(0, 10).map((path) => `  ${path}`);
  const more = paths.size > 10 ? [`  and ${paths.size - 10} more`] : [];
  throw new RefusedError(
    "RUN_IS_REFERENCED",
    [`run ${suffixOf(id)} is what others stand on:`, ...lines, ...more].join("\n"),
    {
      hint: "Remove those first, or runs among them in the same command: colophon rm RUN RUN",
    },
  );
}

/** By which others can name it: its id, and the digests of what it keeps. Content that is elsewhere stays there. */
function marksOf({ id, artifacts }: LoadedRecord): string[] {
  const kept = artifacts.filter(
    ({ how, bytes, path }) =>
      (how === "copied" || how === "linked" || how === "written") &&
      bytes !== 0 &&
      path.startsWith("artifacts/"),
  );
  return [id, ...kept.flatMap(({ sha256 }) => sha256 ?? [])];
}

export interface RestorePorts {
  readonly trash: () => readonly RemovedRun[];
  readonly isThere: (path: string) => boolean;
  readonly moveBack: (run: RemovedRun) => void;
}

export function restoreRuns({ runs, dryRun }: TrashRequest, ports: RestorePorts): RemovedRun[] {
  const restored = inTrash(runs, ports.trash());
  for (const { id, path } of restored) {
    if (!ports.isThere(path)) continue;
    throw new RefusedError(
      "PLACE_TAKEN",
      `run ${suffixOf(id)} cannot be put back: ${path} is there already`,
      {
        hint: `Look what it is, and move it away: ls -la ${shellWord(path)}`,
      },
    );
  }
  if (!dryRun) restored.forEach(ports.moveBack);
  return restored;
}

export interface EmptyPorts {
  readonly trash: () => readonly RemovedRun[];
  /** Its code goes with the next collection of Git's. */
  readonly discardSnapshot: (snapshot: NonNullable<RemovedRun["snapshot"]>) => Promise<void>;
  readonly removeFromTrash: (run: RemovedRun) => void;
}

/** All of them, or those that are named. The ref goes last: what is in the trash has its code. */
export async function emptyTrash({ runs, dryRun }: TrashRequest, ports: EmptyPorts): Promise<RemovedRun[]> {
  const all = ports.trash();
  const removed = runs.length === 0 ? [...all] : inTrash(runs, all);
  for (const run of dryRun ? [] : removed) {
    ports.removeFromTrash(run);
    if (run.snapshot !== null) await ports.discardSnapshot(run.snapshot);
  }
  return removed;
}

function inTrash(words: readonly string[], trash: readonly RemovedRun[]): RemovedRun[] {
  const ids = trash.map(({ id }) => id);
  const meant = new Set(words.map((word) => resolveIn(word, ids)));
  return trash.filter(({ id }) => meant.has(id));
}

function resolveIn(word: string, ids: readonly string[]): string {
  try {
    return resolveRun(word, ids);
  } catch (cause) {
    if (!(cause instanceof UsageError) || cause.code !== "NO_SUCH_RUN") throw cause;
    throw new UsageError("NOT_IN_TRASH", `no run in the trash begins or ends with "${word}"`, {
      hint: "See what is there: colophon rm --list",
      cause,
    });
  }
}
