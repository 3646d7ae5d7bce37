/** Reads documents for judging: files, standard input, and what a search of a folder finds. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Finding } from "../errors.js";
import { defaultMaximumBytes, tooLarge } from "../manifest/parse.js";
import { type Judge, judgeCandidates } from "./candidates.js";
import type { Project } from "./project.js";

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
  /** Why a folder could not be searched. */
  readonly fault?: Finding;
}

/** Files below a folder, by path; links to folders are not followed, so a search stays where it was sent. */
export function* listFolder(directory: string, folder: string, root: string): Iterable<Listed> {
  const top = resolve(directory, folder);
  for (const { path, fault } of walk(top)) {
    const below = relative(top, path).split(sep).join("/");
    const shown = folder === "." ? below || folder : `${folder.replace(/\/+$/, "")}${below && `/${below}`}`;
    yield { shown, relative: relative(root, path).split(sep).join("/"), ...(fault && { fault }) };
  }
}

/** At most `maximumBytes` are read, whatever the file claims to be; a FIFO or device is not opened for reading. */
export function readDocument(
  directory: string,
  path: string,
  stdin: number,
  maximumBytes = defaultMaximumBytes,
): Uint8Array | Finding {
  try {
    if (path === "-") return readUpTo(stdin, maximumBytes);
    const descriptor = openSync(resolve(directory, path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile())
        return unreadable("NOT_A_FILE", "is not a regular file", "Name a file, or a folder to search.");
      if (status.size > maximumBytes) return tooLarge(status.size, maximumBytes);
      return readUpTo(descriptor, maximumBytes, status.size);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      return unreadable("FILE_NOT_FOUND", "does not exist", "Check the path.");
    return unreadable("FILE_UNREADABLE", `cannot be read: ${message}`, "Check its permissions.");
  }
}

/** One byte more than is expected is asked for: where it does not come, that was all, in one call. */
function readUpTo(descriptor: number, maximumBytes: number, expected = 65_536): Uint8Array | Finding {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(expected + 1);
    const length = readPatiently(descriptor, chunk);
    if (length > 0) chunks.push(chunk.subarray(0, length));
    total += length;
    if (total > maximumBytes) return tooLarge(total, maximumBytes);
    const isAll = length === 0 || (descriptor !== 0 && total === expected);
    if (isAll) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, total);
  }
}

/** Standard input may be a terminal or a pipe in non-blocking mode, which says "nothing yet" as an error. */
function readPatiently(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function* walk(folder: string): Iterable<{ path: string; fault?: Finding }> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const what = `cannot be searched: ${(error as Error).message}`;
    yield { path: folder, fault: unreadable("FILE_UNREADABLE", what, "Check its permissions.") };
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* walk(path);
    } else if (entry.isFile() || (entry.isSymbolicLink() && statOf(path)?.isFile())) yield { path };
  }
}

/** What a path leads to; nothing where it leads nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function unreadable(code: string, message: string, hint: string): Finding {
  return { code, severity: "error", pointer: "", message, hint, line: null, column: null };
}
