/**
 * `.colophon/trash/`: runs that were removed, each as it was, in `<id>/run`, and beside it `removed.json`, which says where it came
 * from. Each step is one rename, so that a run is in one place or the other, and never in part.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "../../errors.js";
import { writeAtomic } from "../../files/write-atomic.js";
import { formatDisk } from "../../manifest/canonical.js";
import { folderOfExperiment, isExperimentId } from "../../manifest/ids.js";
import { isObject } from "../../manifest/validate.js";
import type { Project } from "../project.js";
import { openStateFolder, stateFolderOf } from "../state-folder.js";

export interface RemovedRun {
  readonly id: string;
  readonly name: string;
  /** Where it lay, relative to the project's root, POSIX. */
  readonly path: string;
  readonly removed_at: string;
  /** The commit that keeps its code, and the ref by which Git keeps that. */
  readonly snapshot: { readonly ref: string; readonly commit: string } | null;
}

const shown = ".colophon/trash";

/** Relative to the project's root, POSIX. */
export function placeInTrash(id: string): string {
  return `${shown}/${id}/run`;
}

/** By id. What is no removed run, or not all of one, is passed over. */
export function listTrash({ root, records }: Project): RemovedRun[] {
  const trash = join(stateFolderOf(root), "trash");
  if (!existsSync(trash)) return [];
  return readdirSync(trash)
    .filter((id) => isExperimentId(id) && existsSync(join(trash, id, "run")))
    .sort()
    .map((id) => ({
      ...readNote(join(trash, id, "removed.json")),
      id,
      path: `${records}/${folderOfExperiment(id)}`,
    }));
}

/** Somebody may have written into it: a path is never taken from it, and a ref only where it is one of ours. */
function readNote(file: string): Pick<RemovedRun, "name" | "removed_at" | "snapshot"> {
  const note = parse(file);
  const { name, removed_at, snapshot } = isObject(note) ? note : {};
  const { ref, commit } = isObject(snapshot) ? snapshot : {};
  const isOurs =
    typeof ref === "string" &&
    /^refs\/colophon\/snapshots\/[0-9A-Za-z_]+$/.test(ref) &&
    typeof commit === "string" &&
    /^[0-9a-f]{40,64}$/.test(commit);
  return {
    name: typeof name === "string" ? name : "",
    removed_at: typeof removed_at === "string" ? removed_at : "",
    snapshot: isOurs ? { ref, commit } : null,
  };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** @throws FileError when it stays where it was. */
export function moveToTrash({ root }: Project, run: RemovedRun): void {
  const folder = join(openStateFolder(root), "trash", run.id);
  attempt(`${run.path} could not be moved to ${placeInTrash(run.id)}`, () => {
    mkdirSync(folder, { recursive: true });
    writeAtomic(join(folder, "removed.json"), formatDisk({ trash_version: 1, ...run }));
    renameSync(join(root, run.path), join(folder, "run"));
  });
}

/** @throws FileError when it stays in the trash. */
export function moveBack({ root }: Project, { id, path }: RemovedRun): void {
  attempt(`${placeInTrash(id)} could not be moved back to ${path}`, () => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    renameSync(join(root, placeInTrash(id)), join(root, path));
  });
  rmSync(join(root, shown, id), { recursive: true, force: true });
}

/** @throws FileError */
export function removeFromTrash({ root }: Project, { id }: RemovedRun): void {
  attempt(`${shown}/${id} could not be removed`, () =>
    rmSync(join(root, shown, id), { recursive: true, force: true }),
  );
}

function attempt(what: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new FileError("NOT_MOVED", `${what}: ${(cause as Error).message}`, {
      hint: "See that you may write to both folders, and that both lie on one file system.",
      cause,
    });
  }
}
