/** Where files of a run wait until they have been judged, and how they get into its folder: never over what is there. */
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "../../errors.js";
import { resolveInside } from "../../files/contain.js";
import type { Project } from "../project.js";
import { ensureRecordsIgnore, ignoreItself, isUntrackedInRunFolder } from "../records-ignore.js";
import { openStateFolder } from "../state-folder.js";
import { pathOfRun } from "./recorded-runs.js";
import { listRunFiles, locateInRun } from "./run-files.js";

export interface Incoming {
  /** Absolute; named like the run, and empty. */
  readonly folder: string;
  readonly remove: () => void;
}

const oneDay = 24 * 60 * 60 * 1000;

/** `now`: milliseconds since 1970. What a killed pull left behind goes after a day. */
export function openIncoming({ root }: Project, id: string, now: number): Incoming {
  const above = join(openStateFolder(root), "incoming");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(above)) {
    const stats = statSync(join(above, name), { throwIfNoEntry: false });
    if (stats !== undefined && now - stats.mtimeMs > oneDay)
      rmSync(join(above, name), { recursive: true, force: true });
  }
  const place = mkdtempSync(join(above, "run-"));
  mkdirSync(join(place, id));
  return { folder: join(place, id), remove: () => rmSync(place, { recursive: true, force: true }) };
}

export interface PlacedFiles {
  /** Whether the run had no folder before. */
  readonly isNew: boolean;
  /** How many were put there. */
  readonly placed: number;
  /** Files that were there with other bytes, and still are. */
  readonly differing: readonly string[];
}

/** Files that people add to at any time: what is here stays, and that they differ says nothing. */
const changesLater = new Set(["00_run_metadata/notes.jsonl", "reconciled.jsonl"]);

/** `incoming`: the judged folder of a run, which is used up. @throws FileError when the run's own folder lies outside the project. */
export function placeRun(project: Project, id: string, incoming: string): PlacedFiles {
  const target = resolveInside(project.root, pathOfRun(project, id));
  ensureRecordsIgnore(project);
  for (const folder of ["logs", "artifacts"]) closeFolder(join(incoming, folder), folder === "logs");
  mkdirSync(dirname(target), { recursive: true });
  return moveWhole(incoming, target) ?? moveEach(incoming, target);
}

/** As where the run was made: what Git leaves out says so itself, and logs are nobody else's to read. */
function closeFolder(folder: string, isPrivate: boolean): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
  ignoreItself(folder, { isBrought: isPrivate });
  if (isPrivate) chmodSync(folder, 0o700);
}

/** In one step, where there is nothing yet. */
function moveWhole(incoming: string, target: string): PlacedFiles | undefined {
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) return undefined;
  const placed = listRunFiles(incoming).filter(({ path }) => !isOwnIgnore(path)).length;
  try {
    renameSync(incoming, target);
    return { isNew: true, placed, differing: [] };
  } catch (cause) {
    if (["ENOTEMPTY", "EEXIST"].includes((cause as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw notPlaced(target, cause);
  }
}

/** A hard link appears at once and never replaces anything. */
function moveEach(incoming: string, target: string): PlacedFiles {
  const differing: string[] = [];
  let placed = 0;
  for (const { path, shown, location } of listRunFiles(incoming)) {
    const inside = resolveInside(target, dirname(shown) === "." ? "" : dirname(shown));
    const place = locateInRun(target, path);
    try {
      if (lstatSync(inside, { throwIfNoEntry: false }) === undefined) makeFolder(inside, shown);
      linkSync(location, place);
      if (!isOwnIgnore(path)) placed += 1;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw notPlaced(`${target}/${shown}`, cause);
      if (!changesLater.has(path) && !isOwnIgnore(path) && !haveSameBytes(location, place))
        differing.push(shown);
    }
  }
  return { isNew: false, placed, differing };
}

function makeFolder(folder: string, shown: string): void {
  mkdirSync(folder, { recursive: true, ...(shown.startsWith("logs/") && { mode: 0o700 }) });
}

function isOwnIgnore(path: string): boolean {
  return path === "logs/.gitignore" || path === "artifacts/.gitignore";
}

function haveSameBytes(a: string | Buffer, b: string | Buffer): boolean {
  const [first, second] = [lstatSync(a), lstatSync(b)];
  if (!second.isFile() || first.size !== second.size) return false;
  const [from, other] = [openSync(a, "r"), openSync(b, "r")];
  try {
    const [mine, theirs] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (let at = 0; at < first.size; ) {
      const read = readSync(from, mine, 0, mine.length, at);
      if (read === 0 || readSync(other, theirs, 0, read, at) !== read) return false;
      if (mine.compare(theirs, 0, read, 0, read) !== 0) return false;
      at += read;
    }
    return true;
  } finally {
    closeSync(from);
    closeSync(other);
  }
}

/** Whether the run has all of these files, as far as their names and sizes tell. */
export function holdsAll(
  project: Project,
  id: string,
  files: readonly { readonly path: string; readonly bytes: number }[],
): boolean {
  const folder = join(project.root, pathOfRun(project, id));
  return files.every(({ path, bytes }) => {
    const stats = lstatSync(locateInRun(folder, path), { throwIfNoEntry: false });
    return (
      stats?.isFile() === true &&
      (stats.size === bytes || changesLater.has(path) || !isUntrackedInRunFolder(path))
    );
  });
}

function notPlaced(target: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  return new FileError("RECORDS_NOT_WRITABLE", `cannot put ${target} in place: ${(cause as Error).message}`, {
    hint: "Make the folder one that you may write to, on the same disk as the project, then pull again.",
    cause,
  });
}
