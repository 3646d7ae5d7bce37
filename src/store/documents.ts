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
  const shownOf = folder === "." ? (below: string) => below || folder : joiner(folder.replace(/\/+$/, ""));
  const relativeOf = pathsFrom(root, top);
  for (const { below, ...faults } of walk(top)) {
    yield { shown: shownOf(below), relative: relativeOf(below), ...faults };
  }
}

/** Gives what `relative` of `node:path` gives for what lies below `top`, from one call of it where that will do. */
function pathsFrom(root: string, top: string): (below: string) => string {
  const before = relative(root, top).split(sep).join("/");
  if (before.startsWith("..")) return (below) => relative(root, join(top, below)).split(sep).join("/");
  return before === "" ? (below) => below : joiner(before);
}

function joiner(before: string): (below: string) => string {
  return (below) => (below === "" ? before : `${before}/${below}`);
}

interface Place {
  /** Relative to the searched folder, POSIX. */
  readonly below: string;
  readonly kind: "file" | "folder" | "link";
}

type Found = Pick<Place, "below"> & Pick<Listed, "unsearchable" | "fault">;

function* walk(top: string): Iterable<Found> {
  const realTop = realpathSync(top);
  const waiting: Place[] = [{ below: "", kind: "folder" }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { below, kind } = place;
    if (kind === "file") yield { below };
    else if (kind === "link") yield* follow(below, top, realTop);
    else {
      const inside = placesIn(top, below);
      if ("code" in inside) yield { below, unsearchable: inside };
      else for (const inner of inside) waiting.push(inner);
    }
  }
}

/** Last first. */
function placesIn(top: string, below: string): Place[] | Finding {
  const [folder, before] = below === "" ? [top, ""] : [`${top}/${below}`, `${below}/`];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !(entry.isDirectory() && skipped.has(entry.name)))
      .sort((a, b) => (a.name < b.name ? 1 : -1))
      .map((entry) => ({ below: before + entry.name, kind: kindOf(entry) }));
  } catch (error) {
    const what = `cannot be searched: ${(error as Error).message}`;
    return unreadable("FILE_UNREADABLE", what, "Check its permissions.");
  }
}

function kindOf(entry: Dirent): Place["kind"] {
  if (entry.isSymbolicLink()) return "link";
  return entry.isDirectory() ? "folder" : "file";
}

function* follow(below: string, top: string, realTop: string): Iterable<Found> {
  const path = join(top, below);
  const target = statOf(path);
  if (target?.isDirectory()) return;
  const isInside = target === undefined || !relative(realTop, realpathSync(path)).startsWith("..");
  const fault = unreadable(
    "NOT_A_FILE",
    "is a link that leads out of the searched folder",
    "Name what it points to.",
  );
  yield isInside ? { below } : { below, fault };
}

/** What a path leads to; nothing where it leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
