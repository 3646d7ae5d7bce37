/** Reads documents for judging: files, standard input, and what a search of a folder finds. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
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
  return statSync(resolve(directory, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Files below a folder, by path; links are not followed, so a search stays where it was sent. */
export function* listFolder(
  directory: string,
  folder: string,
  root: string,
): Iterable<{ shown: string; relative: string }> {
  const top = resolve(directory, folder);
  for (const file of walk(top)) {
    const below = relative(top, file).split(sep).join("/");
    const shown = folder === "." ? below : `${folder.replace(/\/+$/, "")}/${below}`;
    yield { shown, relative: relative(root, file).split(sep).join("/") };
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
      return readUpTo(descriptor, maximumBytes);
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

function readUpTo(descriptor: number, maximumBytes: number): Uint8Array | Finding {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = readPatiently(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, length));
    total += length;
    if (total > maximumBytes) return tooLarge(total, maximumBytes);
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

function* walk(folder: string): Iterable<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* walk(path);
    } else if (entry.isFile() || (entry.isSymbolicLink() && isLinkToFile(path))) yield path;
  }
}

/** A manifest that is a link is judged like any other; a link to a folder is not followed. */
function isLinkToFile(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

function unreadable(code: string, message: string, hint: string): Finding {
  return { code, severity: "error", pointer: "", message, hint, line: null, column: null };
}
