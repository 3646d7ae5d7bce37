/** The one writer of files that somebody may be reading: the old content or the new, never a part of it, also after a power cut. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import writeFileAtomic from "write-file-atomic";
import { FileError } from "../errors.js";
import { removeQuietly } from "./remove-quietly.js";
import { errnoOf, parentFault, writeFault } from "./write-faults.js";

export interface WriteOptions {
  /** Permission bits, whatever the umask. Without it a new file follows the umask and an existing one keeps its own. */
  readonly mode?: number;
  /** `false` where the next write goes into the same folder at once and syncs it; until then a power cut may undo this one. */
  readonly syncFolder?: boolean;
}

/**
 * Puts `content` at `path` in one step that is on disk when this returns: two fsyncs, of the file and of its folder.
 * The folder must exist. On failure the file that was there is untouched and nothing is left beside it, with one
 * exception, `NOT_SYNCED`: the new content is in place, but might not outlive a power cut.
 */
export function writeAtomic(
  path: string | URL,
  content: string | Uint8Array,
  options: WriteOptions = {},
): void {
  const target = pathOf(path);
  const bytes = bytesOf(content);
  const present = fileAt(target);
  // Opened first, so that a folder that cannot be synced is found out before anything has changed.
  const folder = openFolderOf(target);
  try {
    putInPlace(target, bytes, present, options.mode);
    if (options.syncFolder !== false) syncFolder(folder, target);
  } finally {
    closeSync(folder);
  }
}

/** Creates a file that nobody reads before it is complete, in a folder of our own; whatever already has the name is refused. */
export function writeNew(path: string | URL, content: string | Uint8Array, mode = 0o666): void {
  const target = pathOf(path);
  let descriptor: number;
  try {
    descriptor = openSync(target, "wx", mode);
  } catch (cause) {
    throw openFault(target, cause);
  }
  try {
    writeFileSync(descriptor, content);
  } catch (cause) {
    removeQuietly(target);
    throw writeFault(target, cause);
  } finally {
    closeSync(descriptor);
  }
}

function pathOf(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}

function bytesOf(content: string | Uint8Array): Buffer {
  if (typeof content === "string") return Buffer.from(content);
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

/** The file to be replaced. write-file-atomic would follow a link and write wherever it points, so links are refused. */
function fileAt(target: string): Stats | undefined {
  let present: Stats | undefined;
  try {
    present = lstatSync(target, { throwIfNoEntry: false });
  } catch (cause) {
    throw openFault(target, cause);
  }
  if (present?.isSymbolicLink()) {
    throw new FileError(
      "SYMLINK_AT_TARGET",
      `${target} is a symbolic link; a file of our own was expected, or nothing`,
      {
        hint: "Remove the link, or name the file that it points to.",
      },
    );
  }
  if (present !== undefined && !present.isFile()) {
    const found = present.isDirectory() ? "a folder" : "a device, pipe or socket";
    throw new FileError("TARGET_NOT_A_FILE", `${target} is ${found}; a file was expected, or nothing`, {
      hint: "Name another file, or move aside what is there.",
    });
  }
  return present;
}

function openFolderOf(target: string): number {
  try {
    return openSync(dirname(target), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw openFault(target, cause);
  }
}

/**
 * write-file-atomic names its temporary file by a 32-bit hash of process id and counter, the same in two containers on one
 * volume, and opens it without O_EXCL; and it ignores how much a `write` wrote. So it writes to a name that nobody can
 * guess or share, and what it wrote is measured before that takes the place of the target.
 */
function putInPlace(
  target: string,
  bytes: Buffer,
  present: Stats | undefined,
  mode: number | undefined,
): void {
  const temporary = `${target}.${randomBytes(16).toString("hex")}.tmp`;
  const permissions = mode ?? (present && present.mode & 0o7777);
  try {
    writeFileAtomic.sync(temporary, bytes, {
      ...(permissions !== undefined && { mode: permissions }),
      ...(present && { chown: { uid: present.uid, gid: present.gid } }),
    });
    const { size } = lstatSync(temporary);
    if (size !== bytes.length) throw shortWrite(size, bytes.length);
    renameSync(temporary, target);
  } catch (cause) {
    removeQuietly(temporary);
    throw writeFault(target, cause);
  }
}

/** Linux writes what still fits and reports the shortage only at the next write, which write-file-atomic never makes. */
function shortWrite(written: number, expected: number): Error {
  return Object.assign(new Error(`${written} of ${expected} bytes were written`), { code: "ENOSPC" });
}

function syncFolder(folder: number, target: string): void {
  try {
    fsyncSync(folder);
  } catch (cause) {
    // Some network and FUSE file systems have no such call for folders; there is nothing more that one could do there.
    if (["EINVAL", "ENOTSUP"].includes(errnoOf(cause) ?? "")) return;
    throw new FileError(
      "NOT_SYNCED",
      `${target} is written, but its folder could not be synced: ${errnoOf(cause)}`,
      {
        hint: "Check the disk, then write the file again.",
        cause,
      },
    );
  }
}

function openFault(target: string, cause: unknown): FileError {
  return parentFault(target, cause) ?? writeFault(target, cause);
}
