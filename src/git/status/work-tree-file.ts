/** Reads a file of the user's work tree: never through a link at its end, never a pipe or a device, never too much. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { locatePath, type NamedPath } from "../byte-path.js";

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** `undefined` when it is absent, unreadable, no regular file, or larger than the maximum. */
export function findContent(root: string, name: NamedPath, maximumBytes: number): Buffer | undefined {
  const path = locatePath(root, name);
  try {
    // Most often there is nothing: an exception would cost ten times this look.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const file = openSync(path, flags);
    try {
      const stat = fstatSync(file);
      return stat.isFile() && stat.size <= maximumBytes ? readFileSync(file) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Git's id for these bytes as they stand, without any filter. */
export function blobIdOf(content: Buffer, objectFormat: "sha1" | "sha256"): string {
  return createHash(objectFormat).update(`blob ${content.length}\0`).update(content).digest("hex");
}
