/** Commits the tracked files of runs that have ended, and nothing else, with a trailer that names each run. */
import { LifecycleError, RefusedError } from "../errors.js";
import type { UncommittedFile } from "../git/status/uncommitted.js";
import { kinds } from "../kinds/table.js";
import { suffixOf } from "../manifest/ids.js";
import type { LoadedRecord, ObservedState } from "./records/load/loaded-run.js";
import { historyHint } from "./records/load/restore.js";
import { resolveRun } from "./records/resolve-run.js";

/** Paths are relative to the project's root, POSIX. */
export interface CommitRunsPorts {
  /** Ids of all runs recorded in the project. */
  readonly listRuns: () => readonly string[];
  readonly pathOfRun: (id: string) => string;
  readonly listTrackedFiles: (id: string) => readonly string[];
  /** @throws LifecycleError when it cannot be loaded. */
  readonly load: (id: string) => LoadedRecord;
  /** Of these files, those that the newest commit does not hold as they are. */
  readonly listUncommitted: (paths: readonly string[]) => Promise<readonly UncommittedFile[]>;
  /** The path of the records folder's `.gitignore`, which is made where it is missing. */
  readonly ensureIgnore: () => string;
  readonly commit: (
    paths: readonly string[],
    message: string,
    trailers: readonly string[],
  ) => Promise<{ sha: string }>;
}

export interface CommitRunsRequest {
  /** As typed: ids, or the beginning or end of one. */
  readonly runs: readonly string[];
  readonly message: string | undefined;
}

export interface CommitRunsOutcome {
  /** `null` when every run was committed before. */
  readonly commit: {
    readonly sha: string;
    readonly subject: string;
    readonly paths: readonly string[];
  } | null;
  readonly runs: readonly {
    readonly id: string;
    readonly path: string;
    readonly status: "committed" | "unchanged";
  }[];
}

export async function commitRuns(
  { runs, message }: CommitRunsRequest,
  ports: CommitRunsPorts,
): Promise<CommitRunsOutcome> {
  const known = ports.listRuns();
  const ids = [...new Set(runs.map((word) => resolveRun(word, known)))];
  const ended = ids.map((id) => readEndedRun(id, ports));
  const files = ended.map(({ id }) => ports.listTrackedFiles(id));
  const ignore = ports.ensureIgnore();
  const uncommitted = await ports.listUncommitted([ignore, ...files.flat()]);
  // The first commit of a run brings the records folder's .gitignore along; edits of it are the user's to commit.
  const paths = uncommitted.filter(({ path, isNew }) => path !== ignore || isNew).map(({ path }) => path);
  const pending = ended.filter((_, index) => files[index]?.some((path) => paths.includes(path)));
  const commit = pending.length === 0 ? null : await commitPending(pending, paths, message, ports);
  return {
    commit,
    runs: ended.map((run) => ({
      id: run.id,
      path: ports.pathOfRun(run.id),
      status: pending.includes(run) ? "committed" : "unchanged",
    })),
  };
}

interface EndedRun {
  readonly id: string;
  readonly name: string;
}

async function commitPending(
  pending: readonly EndedRun[],
  paths: readonly string[],
  message: string | undefined,
  ports: CommitRunsPorts,
): Promise<CommitRunsOutcome["commit"]> {
  const text = message ?? subjectFor(pending);
  const { sha } = await ports.commit(
    paths,
    text,
    pending.map(({ id }) => `Colophon-Run: ${id}`),
  );
  return { sha, subject: text.split("\n")[0] as string, paths };
}

/** Whoever has no hook gets the same judgement here: nothing is committed that cannot be loaded again, or only in part. */
function readEndedRun(id: string, ports: CommitRunsPorts): EndedRun {
  const { folder, manifest, run, observed } = ports.load(id);
  if (manifest === null) throw halfHere(folder);
  if (run.status === "running") refuseWithoutEnd(id, ports.pathOfRun(id), observed);
  return { id, name: run.run_name };
}

function halfHere(folder: string): LifecycleError {
  const { fileName } = kinds.experiment;
  return new LifecycleError(
    "RUN_HALF_HERE",
    `${folder} holds a part of a run, without ${fileName}: history would not know from which code and data it was made`,
    { hint: historyHint(folder, fileName, true) },
  );
}

/** A run that somebody has put on record as lost has an end of a kind: `reconciled.jsonl` is committed with it. */
function refuseWithoutEnd(id: string, folder: string, { state, reason, reconciled }: ObservedState): void {
  if (state === "lost" && reconciled) return;
  const suffix = suffixOf(id);
  const repair = `colophon doctor --reconcile ${suffix}`;
  if (state === "lost")
    throw new RefusedError(
      "RUN_LOST",
      `run ${suffix} is lost (${folder}): ${reason}; history would keep a run that never ends`,
      {
        hint: `Put on record that it is lost, then commit it: ${repair}`,
      },
    );
  const recorded = `run ${suffix} is recorded as running (${folder}/${kinds.run.fileName})`;
  throw new RefusedError(
    "RUN_STILL_RUNNING",
    `${recorded}${reason === null ? "" : `, and ${reason}`}; history would keep a run that never ends`,
    {
      hint:
        state === "unknown"
          ? `Wait until it has ended; if you know that it died, type: ${repair}`
          : `Wait until it has ended, then type: colophon commit ${suffix}`,
    },
  );
}

function subjectFor(runs: readonly EndedRun[]): string {
  const [run] = runs as readonly [EndedRun];
  return runs.length > 1
    ? `Record ${runs.length} runs`
    : `Record run ${onOneLine(run.name)} ${suffixOf(run.id)}`;
}

/** Names come from manifests, where they may be as long and as wild as they like. */
function onOneLine(name: string): string {
  const line = name.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  const characters = [...line];
  return characters.length > 50 ? `${characters.slice(0, 49).join("")}…` : line;
}
