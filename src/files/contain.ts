/** Paths from a document that must not lead out of the folder they belong to. */
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { FileError } from "../errors.js";

/**
 * The absolute path, without links, of `relative` (with `/`) below `root`, which must exist. What it names need not exist,
 * but as far as it does, its links are followed and must stay inside; whatever cannot be proved to be inside is refused.
 */
export function resolveInside(root: string, relative: string): string {
  if (relative.startsWith("/") || relative.split("/").includes(".."))
    throw escapeFault(root, relative, 'is absolute or has the segment ".."');
  if (relative.includes("\0")) throw escapeFault(root, relative, "holds a NUL character");
  const realRoot = realPath(root, () =>
    escapeFault(root, relative, "cannot be resolved: the root does not exist"),
  );
  const resolved = resolveLinks(join(realRoot, relative), () =>
    escapeFault(root, relative, "has a link that leads nowhere or cannot be followed"),
  );
  const inside =
    resolved === realRoot || resolved.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
  if (!inside) throw escapeFault(root, relative, `leads to ${resolved}`);
  return resolved;
}

/** A link to nothing counts as present: whoever wrote there would write to the place that it names. */
function resolveLinks(path: string, fault: () => FileError): string {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return realPath(path, fault);
  return join(resolveLinks(dirname(path), fault), basename(path));
}

function realPath(path: string, fault: () => FileError): string {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    const error = fault();
    error.cause = cause;
    throw error;
  }
}

function escapeFault(root: string, relative: string, reason: string): FileError {
  return new FileError(
    "PATH_ESCAPES",
    `${JSON.stringify(relative)} ${reason}; expected a path inside ${root}`,
    {
      hint: 'Name a file below that folder, without ".." and without links that leave it.',
    },
  );
}
