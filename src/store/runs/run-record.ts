/** The record of a run on disk, wherever its folder lies: what is there of it, and its files, none of them outside the folder. */
import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FileError, type Finding } from "../../errors.js";
import { resolveInside } from "../../files/contain.js";
import { isExperimentId } from "../../manifest/ids.js";
import { readDocument, unreadable } from "../read-document.js";
import { isUntrackedInRunFolder } from "../records-ignore.js";

export const runManifestName = "run_manifest.json";

/**
 * - `record`: `run_manifest.json` is there.
 * - `leftovers`: only what Git leaves out, as after a checkout of a branch without the record.
 * - `half`: other files of a run, without `run_manifest.json`.
 * - `no-run`: a folder of another kind. - `other-file`: a file of another name. - `nothing`: neither file nor folder.
 * - `loop`: a link that leads to itself.
 */
export type RecordState =
  | "record"
  | "leftovers"
  | "half"
  | "no-run"
  | "other-file"
  | "nothing"
  | "loop"
  | "unreadable";

export interface RecordPlace {
  readonly state: RecordState;
  /** Absolute; for a file, the folder around it. */
  readonly folder: string;
  /** Why, where the state is `unreadable`. */
  readonly reason: string | null;
}

/** `path`, absolute, of a run's folder or of its `run_manifest.json`. */
export function findRecord(path: string): RecordPlace {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return { state: stateOf(path), folder: path, reason: null };
    const isNamed = basename(path) === runManifestName;
    if (stats !== undefined)
      return { state: isNamed ? "record" : "other-file", folder: dirname(path), reason: null };
    // The manifest of a run may be what is missing of it.
    if (isNamed && statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
      return findRecord(dirname(path));
    return { state: "nothing", folder: dirname(path), reason: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return { state: "nothing", folder: dirname(path), reason: null };
    return { state: code === "ELOOP" ? "loop" : "unreadable", folder: path, reason: message };
  }
}

function stateOf(folder: string): RecordState {
  if (lstatSync(join(folder, runManifestName), { throwIfNoEntry: false }) !== undefined) return "record";
  if (!isExperimentId(basename(folder))) return "no-run";
  const tracked = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !isUntrackedInRunFolder(name))
    .some((entry) => !entry.isDirectory() || holdsFile(join(folder, entry.name)));
  return tracked ? "half" : "leftovers";
}

/** Git knows no empty folders, so they say nothing about what was recorded. */
function holdsFile(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => !entry.isDirectory());
}

export interface RunLink {
  /** Its own path, absolute. */
  readonly folder: string;
  /** As it stands in the link. */
  readonly target: string;
}

/** Direct children of a folder that are links where runs are expected: by their name, or by what they lead to. */
export function listRunLinks(folder: string): RunLink[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map(({ name }) => join(folder, name))
    .filter((path) => isExperimentId(basename(path)) || leadsToRun(path))
    .sort()
    .map((path) => ({ folder: path, target: readlinkSync(path) }));
}

function leadsToRun(path: string): boolean {
  try {
    return isThere(join(path, runManifestName));
  } catch {
    return false; // A loop, or what may not be looked at.
  }
}

/** Direct children of a folder that are runs or remains of one, by name. Links are left to `listRunLinks`. */
export function listRunFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => isExperimentId(name) || isThere(join(folder, name, runManifestName)))
    .sort();
}

/** The bytes of a file of the record; `null` when it is not there. Links that leave the folder are not followed. */
export function readInFolder(
  folder: string,
  path: string,
  maximumBytes: number,
): Uint8Array | Finding | null {
  const place = probeInside(folder, path);
  if (place.state === "absent") return null;
  if (place.state !== "here") return fault(place);
  return readDocument(folder, place.absolute, maximumBytes);
}

export interface Probe {
  readonly state: "here" | "absent" | "escapes" | "loop" | "unreadable";
  /** Absolute, links resolved as far as they lead somewhere inside. */
  readonly absolute: string;
  /** Why, where it is neither here nor absent. */
  readonly reason: string | null;
}

/** Where a path of a manifest, POSIX, leads to in its run folder. */
export function probeInside(folder: string, path: string): Probe {
  return probeFrom(folder, path, new Set());
}

/** The same for each of several paths, which mostly lie side by side: a folder on the way is looked at once. */
export function probeAllInside(folder: string, paths: readonly string[]): Probe[] {
  const passed = new Set<string>();
  return paths.map((path) => probeFrom(folder, path, passed));
}

/** `passed`: folders that are there and no links. */
function probeFrom(folder: string, path: string, passed: Set<string>): Probe {
  const names = path.split("/");
  const isPlain = names.every((name) => name !== "" && name !== "." && name !== "..") && !path.includes("\0");
  const absolute = isPlain ? `${folder}/${path}` : join(folder, path);
  try {
    const state = isPlain ? stateWithoutLinks(folder, names, passed) : "linked";
    return state === "linked" ? probeLinks(folder, path) : { state, absolute, reason: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A file where a folder should be: what was in the folder is gone.
    return code === "ENOTDIR"
      ? { state: "absent", absolute, reason: null }
      : { state: "unreadable", absolute, reason: message };
  }
}

/** Where no link is on the way, nothing can lead out, and links need not be resolved: that is what lists spend their time on. */
function stateWithoutLinks(
  folder: string,
  names: readonly string[],
  passed: Set<string>,
): "here" | "absent" | "linked" {
  let at = folder;
  for (const name of names) {
    at = `${at}/${name}`;
    if (passed.has(at)) continue;
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return "absent";
    if (stats.isSymbolicLink()) return "linked";
    if (stats.isDirectory()) passed.add(at);
  }
  return "here";
}

function probeLinks(folder: string, path: string): Probe {
  const plain = join(folder, path);
  try {
    const absolute = resolveInside(folder, path);
    return { state: isThere(absolute) ? "here" : "absent", absolute, reason: null };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { code, message } = (error.cause ?? {}) as NodeJS.ErrnoException;
    if (code === "ELOOP") return { state: "loop", absolute: plain, reason: "is a link that leads to itself" };
    // A link to nothing: whatever it once named is gone.
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "absent", absolute: plain, reason: null };
    if (code !== undefined) return { state: "unreadable", absolute: plain, reason: message };
    return { state: "escapes", absolute: plain, reason: error.message };
  }
}

function fault({ state, reason }: Probe): Finding {
  const said = reason ?? "cannot be read";
  if (state === "loop") return unreadable("SYMLINK_LOOP", said, "Replace the link by the file.");
  if (state === "escapes") return unreadable("PATH_ESCAPES", said, "Replace the link by the file.");
  return unreadable("FILE_UNREADABLE", said, "Check its permissions.");
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
