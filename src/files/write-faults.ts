/** What a failed write means to its reader. */
import { constants } from "node:os";
import { dirname } from "node:path";
import { FileError } from "../errors.js";

/**
 * The name of a system error. Node 20 knows none for a few (EDQUOT, ESTALE): it says `UNKNOWN` or `Unknown system error -122`,
 * and only the number tells.
 */
export function errnoOf(cause: unknown): string | undefined {
  const { code, errno } = (cause ?? {}) as NodeJS.ErrnoException;
  if (errno === undefined || (code !== undefined && code in constants.errno)) return code;
  return Object.entries(constants.errno).find(([, number]) => number === -errno)?.[0] ?? code;
}

/** The folder of `target` is not there, or is no folder; `undefined` if `cause` says something else. */
export function parentFault(target: string, cause: unknown): FileError | undefined {
  const folder = dirname(target);
  const found = { ENOENT: "does not exist", ENOTDIR: "is not a folder" }[errnoOf(cause) ?? ""];
  if (found === undefined) return undefined;
  return new FileError("PARENT_MISSING", `${target} cannot be written: ${folder} ${found}`, {
    hint: `Create the folder first: mkdir -p '${folder.replaceAll("'", "'\\''")}'`,
    cause,
  });
}

export function writeFault(target: string, cause: unknown): FileError {
  const errno = errnoOf(cause) ?? String(cause);
  switch (errno) {
    case "EEXIST":
      return new FileError("FILE_EXISTS", `${target} exists already; a new file was to be created`, {
        hint: "Remove it, or choose another name.",
        cause,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new FileError(
        "DISK_FULL",
        `${target} cannot be written: the disk or the quota is full (${errno})`,
        {
          hint: `Free some space, or raise the quota, on the file system of ${dirname(target)}.`,
          cause,
        },
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new FileError("WRITE_REFUSED", `${target} cannot be written: ${reasons[errno]} (${errno})`, {
        hint: `Make ${dirname(target)} writable for this user, or choose another folder.`,
        cause,
      });
    default:
      return new FileError("WRITE_FAILED", `${target} cannot be written: ${errno}`, {
        hint: "Check the disk, or the network drive, and try again.",
        cause,
      });
  }
}

const reasons = {
  EACCES: "this user may not write there",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
};
