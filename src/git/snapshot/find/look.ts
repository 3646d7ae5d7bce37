/** Looks at one path of a work tree, without ever waiting for a pipe, following a link or leaving the tree through one. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { locatePath, type NamedPath, namePath } from "../../byte-path.js";
import { bytesOf } from "../paths.js";

export type Found =
  | Present
  /** `blocked`: something that is no folder stands in the path. */
  | { readonly kind: "absent"; readonly blocked: boolean; readonly state: "absent" }
  | { readonly kind: "unreadable"; readonly state: "unreadable" };

export interface Present {
  readonly kind: "file" | "link" | "folder" | "other";
  readonly isExecutable: boolean;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly ctime: number;
  readonly owner: number;
  /** The same as long as nobody touches it. */
  readonly state: string;
}

export type Look = (name: NamedPath) => Found;

/** Folders are asked about once, so a look is good for a moment only. */
export function lookInto(root: string): Look {
  const folders = new Map<string, Way>();
  const wayTo = (folder: Buffer): Way => {
    const key = folder.toString("latin1");
    let way = folders.get(key);
    if (way === undefined) {
      const above = folderOf(folder);
      way = above === undefined ? "open" : wayTo(above);
      if (way === "open") way = wayThrough(statOf(root, namePath(folder)));
      folders.set(key, way);
    }
    return way;
  };
  return (name) => {
    const folder = folderOf(bytesOf(name));
    try {
      const way = folder === undefined ? "open" : wayTo(folder);
      const stat = way === "open" ? statOf(root, name) : undefined;
      if (stat === undefined) return { kind: "absent", blocked: way === "blocked", state: "absent" };
      return present(stat);
    } catch {
      return { kind: "unreadable", state: "unreadable" };
    }
  };
}

type Way = "open" | "absent" | "blocked";

function wayThrough(stat: BigIntStats | undefined): Way {
  if (stat === undefined) return "absent";
  return stat.isDirectory() ? "open" : "blocked";
}

function folderOf(path: Buffer): Buffer | undefined {
  const end = path.lastIndexOf(slash);
  return end < 0 ? undefined : path.subarray(0, end);
}

const slash = 0x2f;

function statOf(root: string, name: NamedPath): BigIntStats | undefined {
  return lstatSync(locatePath(root, name), { bigint: true, throwIfNoEntry: false });
}

function present(stat: BigIntStats): Present {
  return {
    kind: kindOf(stat),
    isExecutable: (stat.mode & 0o100n) !== 0n,
    size: Number(stat.size),
    mtime: Number(stat.mtimeNs / 1_000_000n),
    ctime: Number(stat.ctimeNs / 1_000_000n),
    owner: Number(stat.uid),
    state: [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs, stat.mode].join(" "),
  };
}

function kindOf(stat: BigIntStats): Present["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isSymbolicLink()) return "link";
  return stat.isDirectory() ? "folder" : "other";
}

/** The bytes, at most as many as there were at the look; what is written meanwhile, the proof finds. */
export function readFound(root: string, name: NamedPath): Buffer | "vanished" | "unreadable" {
  try {
    const file = openSync(
      locatePath(root, name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const stat = fstatSync(file);
      return stat.isFile() ? readAll(file, stat.size) : "vanished";
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return isAbsence(error) ? "vanished" : "unreadable";
  }
}

function readAll(file: number, size: number): Buffer {
  const content = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, content, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return content.subarray(0, length);
}

/** A link that took the place of a file is a file that went. */
function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** What a link says, which is all that Git keeps of it. */
export function readTarget(root: string, name: NamedPath): Buffer | "vanished" {
  try {
    return readlinkSync(locatePath(root, name), { encoding: "buffer" });
  } catch {
    return "vanished";
  }
}
