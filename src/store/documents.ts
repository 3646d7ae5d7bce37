/** What a search for manifests in a folder finds. */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Finding } from "../errors.js";
import { type Judge, judgeCandidates } from "./candidates.js";
import type { Project } from "./project.js";
import { unreadable } from "./read-document.js";

/** Folders that hold no manifests of the user's: Git's own, packages, and our caches. */
const skipped = new Set([".git", "node_modules", ".colophon"]);

export async function judgeFor(project: Project): Promise<Judge> {
  if ((project.config.manifests ?? []).length === 0) return judgeCandidates(project);
  return judgeCandidates(project, (await import("picomatch")).default);
}

export function isFolder(directory: string, path: string): boolean {
  return statOf(resolve(directory, path))?.isDirectory() ?? false;
}

export interface Listed {
  readonly shown: string;
  readonly relative: string;
  /** Why this folder could not be searched. */
  readonly unsearchable?: Finding;
  /** Why this file may not be read. */
  readonly fault?: Finding;
}

/** What stands below a folder, by path. A link is followed to a file below that folder, and nowhere else: a search stays where it was sent. */
export function* listFolder(directory: string, folder: string, root: string): Iterable<Listed> {
  const top = resolve(directory, folder);
  for (const { path, ...faults } of walk(top, realpathSync(top))) {
    const below = relative(top, path).split(sep).join("/");
    const shown = folder === "." ? below || folder : `${folder.replace(/\/+$/, "")}${below && `/${below}`}`;
    yield { shown, relative: relative(root, path).split(sep).join("/"), ...faults };
  }
}

type Found = Pick<Listed, "unsearchable" | "fault"> & { readonly path: string };

function* walk(folder: string, top: string): Iterable<Found> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const what = `cannot be searched: ${(error as Error).message}`;
    yield { path: folder, unsearchable: unreadable("FILE_UNREADABLE", what, "Check its permissions.") };
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) yield* follow(path, top);
    else if (!entry.isDirectory()) yield { path };
    else if (!skipped.has(entry.name)) yield* walk(path, top);
  }
}

function* follow(path: string, top: string): Iterable<Found> {
  const target = statOf(path);
  if (target?.isDirectory()) return;
  const isInside = target === undefined || !relative(top, realpathSync(path)).startsWith("..");
  const fault = unreadable(
    "NOT_A_FILE",
    "is a link that leads out of the searched folder",
    "Name what it points to.",
  );
  yield isInside ? { path } : { path, fault };
}

/** What a path leads to; nothing where it leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
