/** Opens a regular file of the project by a path from a document, so that nothing can lead the reader elsewhere meanwhile. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync } from "node:fs";
import { changedFault, dataFault, notAFile } from "./data-faults.js";
import { placeInside } from "./figure-files.js";

/**
 * Gives a descriptor; who asks closes it. No part of the path may be a link. A pipe or device is refused without waiting for it.
 * @throws FileError
 */
export function openInside(root: string, path: string): number {
  const place = placeInside(root, path);
  const before = orFault(path, () => lstatSync(place, { bigint: true }));
  if (!before.isFile()) throw notAFile(path, before);
  const descriptor = orFault(path, () =>
    openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
  try {
    const opened = fstatSync(descriptor, { bigint: true });
    if (!opened.isFile()) throw notAFile(path, opened);
    const isSame = opened.dev === before.dev && opened.ino === before.ino;
    // A folder on the way may have been exchanged for a link between the look and the opening.
    if (!isSame || placeOf(descriptor, root, path) !== place)
      throw changedFault(path, "something else stands there now");
    return descriptor;
  } catch (fault) {
    closeSync(descriptor);
    throw fault;
  }
}

/** Where the file that was opened really lies: Linux says it, elsewhere the path is looked at once more. */
function placeOf(descriptor: number, root: string, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return placeInside(root, path);
  }
}

function orFault<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw dataFault(path, cause);
  }
}
