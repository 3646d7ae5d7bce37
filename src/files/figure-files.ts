/** Files of figures: inside the project, and never through a link, neither to read nor to write. */
import { closeSync, lstatSync, mkdirSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../errors.js";
import { faultOfPath } from "../manifest/paths.js";
import { resolveInside } from "./contain.js";
import { dataFault } from "./data-faults.js";
import { openInside } from "./open-inside.js";
import { writeAtomic } from "./write-atomic.js";

/** The absolute path of `path` (POSIX, relative to `root`), which need not exist. */
export function placeInside(root: string, path: string): string {
  const fault = faultOfPath(path);
  if (fault !== undefined)
    throw new FileError("PATH_ESCAPES", `${JSON.stringify(path)} ${fault}; expected a path inside ${root}`, {
      hint: "Name a file below the project, with forward slashes.",
    });
  const segments = path.split("/");
  for (const [index] of segments.entries()) {
    const place = segments.slice(0, index + 1).join("/");
    const stats = lstatSync(join(root, place), { throwIfNoEntry: false });
    if (stats?.isFile() && place !== path) throw dataFault(path, { code: "ENOTDIR" });
    if (stats?.isSymbolicLink())
      throw new FileError("LINK_IN_PATH", `${path} goes through a link at ${place}; a figure follows none`, {
        hint: "Name the file that the link points to, below the project, or copy it there.",
      });
  }
  return resolveInside(root, path);
}

/** `undefined` when there is no such file. */
export function findBytesInside(root: string, path: string): Buffer | undefined {
  if (lstatSync(placeInside(root, path), { throwIfNoEntry: false }) === undefined) return undefined;
  const descriptor = openInside(root, path);
  try {
    return readFileSync(descriptor);
  } catch (cause) {
    throw dataFault(path, cause);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the folders it needs. */
export function writeInside(root: string, path: string, content: string | Uint8Array): void {
  const place = placeInside(root, path);
  const segments = path.split("/").slice(0, -1);
  if (segments.length > 0) mkdirSync(placeInside(root, segments.join("/")), { recursive: true });
  writeAtomic(place, content);
}

export function removeInside(root: string, path: string): void {
  unlinkSync(placeInside(root, path));
}

/** Names in a folder, sorted; none where there is no folder. */
export function listInside(root: string, path: string): string[] {
  const place = placeInside(root, path);
  return lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(place).sort() : [];
}
