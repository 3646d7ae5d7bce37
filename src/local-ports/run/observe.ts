/** The observation of a run's commands on this machine. Loaded only when a run is to be observed. */
import { randomBytes } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { statFile } from "../../files/data-file.js";
import { digestContent } from "../../files/digest-content.js";
import type { ObservedFiles } from "../../generated/types.js";
import { nameText } from "../../git/byte-path.js";
import { listPathStates } from "../../git/status/path-states.js";
import { isOwnPath } from "../../manifest/ids.js";
import { buildObservedFiles, type ObservedFilesPorts } from "../../operations/run/observed/observed-files.js";
import type { BegunRun } from "../../operations/run/run-request.js";
import { type Observation, observeNothing, openObservation } from "../../process/observe/observation.js";
import type { ObservedPath } from "../../process/observe/observed-event.js";
import { isSecretPath } from "../../secrets/blob.js";
import { mergeRedactions } from "../../secrets/redactions.js";
import { redactText } from "../../secrets/text.js";
import { openLiveFolder } from "../../store/state-folder.js";

export interface ObserveSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The bundled program, beside which the injected ones lie. */
  readonly entryFile: string;
}

/** Never throws: a command that cannot be observed is run without. */
export function beginObservation(
  { prepared: { project, request } }: BegunRun,
  asked: Observation["asked"],
  { env, entryFile }: ObserveSurroundings,
): Observation {
  try {
    const live = openLiveFolder(project.root, randomBytes(8).toString("hex"));
    const programs = join(packageOf(entryFile), "dist", "observe");
    return openObservation({ asked, live, programs, env, directory: request.directory });
  } catch (error) {
    return observeNothing(asked, `it could not be prepared: ${(error as Error).message}`);
  }
}

/** `null` where not even a fault can be told. */
export async function readObservation(
  begun: BegunRun,
  observation: Observation,
  { env, entryFile }: ObserveSurroundings,
): Promise<ObservedFiles | null> {
  const { records } = begun.prepared.captured;
  const own = ["python", "dist"].map((name) => `${bytesOf(join(packageOf(entryFile), name))}/`);
  const ports: ObservedFilesPorts = {
    realPath: (folder, path) => realBytes(bytesOf(resolve(folder, path))),
    look,
    bytesOf,
    isOwn: (path) => isOwnPath(nameText(path).path, records),
    isProgram: (path) => own.some((folder) => path.startsWith(folder)),
    isSecretFile: (path) => isSecretPath(nameText(path).path),
    digestObserved: digestOrNull,
    gitStates: (root, paths) => listPathStates(root, paths, env),
    nameOf: nameText,
    redactText,
    mergeRedactions,
  };
  try {
    return await buildObservedFiles(begun, observation, ports);
  } catch (error) {
    const fault = `it could not be read: ${(error as Error).message}`;
    return await buildObservedFiles(begun, observeNothing(observation.asked, fault), ports).catch(() => null);
  } finally {
    observation.end();
  }
}

/** The program may be called by a link. */
function packageOf(entryFile: string): string {
  return dirname(dirname(realpathSync(entryFile)));
}

const look: ObservedFilesPorts["look"] = (given) => {
  const path = realBytes(given);
  try {
    const stats = statSync(Buffer.from(path, "latin1"), { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return { path, found: { state: "absent" } };
    if (stats.isDirectory()) return null;
    if (!stats.isFile()) return { path, found: { state: "other" } };
    const { size, mtimeNs, ctimeNs } = stats;
    return { path, found: { state: "file", size: Number(size), mtimeNs, ctimeNs } };
  } catch {
    return { path, found: { state: "unreadable" } };
  }
};

async function digestOrNull(path: ObservedPath): Promise<string | null> {
  try {
    return await digestContent(statFile(Buffer.from(path, "latin1"), path));
  } catch {
    return null;
  }
}

function bytesOf(path: string): ObservedPath {
  return Buffer.from(path).toString("latin1");
}

/** Links resolved, also where only the beginning of the path is there. */
function realBytes(path: ObservedPath): ObservedPath {
  try {
    return realpathSync.native(Buffer.from(path, "latin1"), { encoding: "latin1" as BufferEncoding });
  } catch {
    const parent = dirname(path);
    return parent === path ? path : `${realBytes(parent).replace(/\/$/, "")}/${basename(path)}`;
  }
}
