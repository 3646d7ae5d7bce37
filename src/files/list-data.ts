/** The files that the digest of a folder covers, in its order. */
import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { FileError } from "../errors.js";
import { type BytePath, locate, textOf } from "./byte-path.js";
import { changedFault, dataFault } from "./data-faults.js";
import { type DataFile, type FileStamp, stampOf, statData, statFile } from "./data-file.js";
import { type Entry, walkFiles } from "./walk.js";

export interface DataEntry {
  /** Relative to the folder. */
  readonly path: BytePath;
  readonly stamp: FileStamp;
}

export interface DataFolder {
  readonly files: readonly DataEntry[];
  readonly totalBytes: number;
  readonly open: (entry: DataEntry) => DataFile;
  /** Throws when a file has come, gone or been renamed since. */
  readonly assertUnchanged: () => void;
}

/**
 * A link to a regular file inside the folder counts as a file with that content; any other link is refused, since the
 * digest would not cover what a program finds behind it. So is what has no content to digest: a pipe, a socket, a device.
 */
export function listData(root: string): DataFolder {
  const nameOf = (path: BytePath) => (path === "" ? root : `${root}/${textOf(path)}`);
  const folders: DataEntry[] = [];
  const files: DataEntry[] = [];
  const addFolder = (path: BytePath) => {
    folders.push({ path, stamp: stampOf(statData(locate(root, path), nameOf(path))) });
  };
  addFolder("" as BytePath);
  const realRoot = realpathSync.native(root);
  for (const { path, kind } of entriesOf(root)) {
    if (kind === "folder") {
      addFolder(path);
    } else {
      const location = locate(root, path);
      if (kind === "link") assertInside(realRoot, location, nameOf(path));
      files.push({ path, stamp: statFile(location, nameOf(path)).stamp });
    }
  }
  return {
    files,
    totalBytes: files.reduce((sum, { stamp }) => sum + stamp.size, 0),
    open: ({ path, stamp }) => ({ location: locate(root, path), name: nameOf(path), stamp }),
    assertUnchanged: () => {
      for (const { path, stamp } of folders) assertSameFolder(locate(root, path), nameOf(path), stamp);
    },
  };
}

function* entriesOf(root: string): Generator<Entry> {
  try {
    yield* walkFiles(root);
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw dataFault((cause as NodeJS.ErrnoException).path ?? root, cause);
  }
}

function assertInside(realRoot: string, location: string | Buffer, name: string): void {
  const fault = (found: string) =>
    new FileError(
      "LINK_IN_FOLDER",
      `${name} is a link ${found}; in a folder of data only links to files of the same folder are covered`,
      { hint: "Replace the link by what it points to, or name that as an input of its own." },
    );
  let real: string;
  try {
    real = realpathSync.native(location);
  } catch {
    throw fault("that leads nowhere");
  }
  if (!real.startsWith(realRoot + sep) || statData(location, name).isDirectory()) throw fault(`to ${real}`);
}

function assertSameFolder(location: string | Buffer, name: string, before: FileStamp): void {
  const after = stampOf(statData(location, name));
  if (after.mtimeNs !== before.mtimeNs || after.ino !== before.ino) {
    throw changedFault(name, "files were added, removed or renamed");
  }
}
