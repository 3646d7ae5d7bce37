/** What `colophon verify` and `verifyRun` work with. */
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ColophonError, GitError } from "../../errors.js";
import { digestBytes } from "../../files/digest.js";
import { digestInput, type InputProgress } from "../../files/digest-inputs.js";
import { openStatCache, type StatCache } from "../../files/stat-cache.js";
import { formatSums, parseSums } from "../../files/sums.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { findSnapshots } from "../../git/status/snapshot-state.js";
import { findReachable } from "../../git/trees/reachable.js";
import type { Unanswered } from "../../operations/verify/ask-code.js";
import type { DataAnswer } from "../../operations/verify/find-data.js";
import type { SelectPorts } from "../../operations/verify/select-runs.js";
import type { VerifyPorts } from "../../operations/verify/verify-runs.js";
import { openProject, type Project } from "../../store/project.js";
import { isMadeHere, isUntrackedInRunFolder } from "../../store/records-ignore.js";
import {
  digestRecorded,
  type FileMemory,
  listTracked,
  openTree,
  type RecordedTree,
} from "../../store/runs/recorded-files.js";
import { listRuns as listIds, pathOfRun } from "../../store/runs/recorded-runs.js";
import { probeInside, readInFolder } from "../../store/runs/run-record.js";
import { findStateFolder } from "../../store/state-folder.js";
import { recordPorts } from "./records.js";

export interface VerifyOptions {
  /** The extension key of the runs; without it, that of the project around each. */
  readonly namespace?: string | undefined;
  readonly onProgress?: ((progress: InputProgress) => void) | undefined;
}

/** `directory`: the current folder. Runs in no repository are held against the one around it. */
export function verifyPorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  { namespace, onProgress }: VerifyOptions = {},
): VerifyPorts & SelectPorts {
  const records = recordPorts(directory, env, namespace);
  const caches = openCaches(records.project);
  const memory = fileMemory(caches.files);
  // Runs lie side by side, so what is around them is looked for once a month.
  const around = oncePerParent((folder) => {
    const repository = findRepositoryHint(folder) ?? findRepositoryHint(directory) ?? null;
    return { repository, project: openProject(folder, repository ?? undefined).root };
  });
  return {
    findRecord: records.findRecord,
    readFile: readInFolder,
    namespaceOf: records.loading.namespaceOf,
    isUntracked: isUntrackedInRunFolder,
    isMadeHere,
    inRepository: (folder) => findRepositoryHint(folder) !== undefined,
    probe: probeInside,
    ids: records.ids,
    folderOf: records.folderOf,
    resolvePath: records.resolvePath,
    folders: (folder) => {
      const direct = records.folders(folder);
      return folder === undefined || direct.length > 0 ? direct : runsByMonth(records.project, folder);
    },
    repositoryOf: (folder) => around(folder).repository,
    projectOf: (folder) => around(folder).project,
    resolve,
    parseSums: (bytes, encoding) => {
      const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const sums = parseSums(content.toString(encoding));
      return { sums, isExact: content.equals(Buffer.from(formatSums(sums), encoding)) };
    },
    listTracked,
    textOf: (path) => Buffer.from(path, "latin1").toString(),
    bytesOf: (path) => Buffer.from(path).toString("latin1"),
    digestFile: (folder, path) => digestRecorded(folder, path, memory.of(folder)),
    openTree: (folder) => treeOrFault(folder, memory.of(folder)),
    digestData: dataDigester(caches.inputs, onProgress),
    digestSeen: dataDigester(undefined, onProgress),
    remember: memory.save,
    findReachable: (repository, commits) => orUnanswered(findReachable(repository, commits, env)),
    findSnapshots: (repository, snapshots) => orUnanswered(findSnapshots(repository, snapshots, env)),
  };
}

/** The records folder of another project. */
function runsByMonth(project: Project, folder: string): string[] {
  const other = { ...project, root: folder, records: "." };
  return listIds(other).map((id) => join(folder, pathOfRun(other, id)));
}

function oncePerParent<Found>(find: (folder: string) => Found): (folder: string) => Found {
  const known = new Map<string, Found>();
  return (folder) => {
    const above = dirname(folder);
    const found = known.get(above) ?? find(above);
    known.set(above, found);
    return found;
  };
}

interface Caches {
  /** Of data outside the run folders, which `colophon run` knows too. */
  readonly inputs: StatCache | undefined;
  readonly files: StatCache | undefined;
}

function openCaches(project: Project): Caches {
  const folder = findStateFolder(project);
  const open = (name: string) => (folder === undefined ? undefined : openStatCache(join(folder, name)));
  return { inputs: open("digests"), files: open("verified") };
}

const saveEveryMilliseconds = 10_000;

/** One section for all runs of a month; it is saved before the next one is opened, and meanwhile in long readings. */
function fileMemory(cache: StatCache | undefined): {
  readonly of: (folder: string) => FileMemory | null;
  readonly save: VerifyPorts["remember"];
} {
  let current: { readonly above: string; readonly memory: FileMemory } | null = null;
  let saved = Date.now();
  const save = () => {
    current?.memory.section.save({ keepRest: true });
    saved = Date.now();
  };
  return {
    of: (folder) => {
      const above = dirname(folder);
      if (cache === undefined) return null;
      if (current?.above !== above) {
        save();
        current = { above, memory: { now: cache.now, section: cache.section(above) } };
      }
      return current.memory;
    },
    save: ({ atLast }) => {
      if (atLast || Date.now() - saved > saveEveryMilliseconds) save();
    },
  };
}

/** Many runs read the same data: it is looked at once. */
function dataDigester(
  cache: StatCache | undefined,
  onProgress: VerifyOptions["onProgress"],
): VerifyPorts["digestData"] {
  const known = new Map<string, Promise<DataAnswer>>();
  return (path, bytes) => {
    const size = sizeOfFile(path);
    if (size !== null && bytes !== null && size !== bytes)
      return Promise.resolve({ state: "resized", bytes: size });
    const answer = known.get(path) ?? digestOrTell(path, cache, onProgress);
    known.set(path, answer);
    return answer;
  };
}

/** `null` for a folder, and for what is not there. */
function sizeOfFile(path: string): number | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : null;
  } catch {
    return null; // Reading it says why.
  }
}

async function digestOrTell(
  path: string,
  cache: StatCache | undefined,
  onProgress: VerifyOptions["onProgress"],
): Promise<DataAnswer> {
  try {
    const { sha256, size_bytes } = await digestInput(path, { cache, onProgress });
    return { state: "read", sha256, bytes: size_bytes };
  } catch (error) {
    if (!(error instanceof ColophonError)) throw error;
    if (error.code === "DATA_NOT_FOUND") return { state: "absent" };
    // A folder that has lost its files is one with other content.
    if (error.code === "EMPTY_FOLDER")
      return { state: "read", sha256: digestBytes(new Uint8Array()), bytes: 0 };
    return { state: "unreadable", reason: error.message };
  }
}

/** A link that leaves the run folder is not followed. */
function treeOrFault(folder: string, memory: FileMemory | null): RecordedTree | string | null {
  const { state, absolute, reason } = probeInside(folder, "artifacts");
  if (state !== "here") return state === "absent" ? null : (reason ?? "cannot be read");
  try {
    return openTree(absolute, memory);
  } catch (error) {
    return (error as Error).message;
  }
}

/** What Git cannot tell is not known; the rest stands without it. */
async function orUnanswered<Answer>(answer: Promise<Answer>): Promise<Answer | Unanswered> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GitError) return { unanswered: error.message };
    throw error;
  }
}
