/** What a failed reading of data means to its reader. */
import type { BigIntStats } from "node:fs";
import { FileError } from "../errors.js";
import { errnoOf } from "./write-faults.js";

export function dataFault(name: string, cause: unknown): FileError {
  const errno = errnoOf(cause) ?? String(cause);
  if (errno === "ENOENT" || errno === "ENOTDIR") {
    return new FileError("DATA_NOT_FOUND", `${name} does not exist`, {
      hint: "Check the path; it is relative to the folder in which the command was typed.",
      cause,
    });
  }
  const why = errno === "EACCES" || errno === "EPERM" ? "this user may not read it" : "reading failed";
  return new FileError("DATA_UNREADABLE", `${name} cannot be read: ${why} (${errno})`, {
    hint: "Make it readable for this user, or declare its digest with --data-hash NAME=SHA256.",
    cause,
  });
}

export function notAFile(name: string, stats: BigIntStats): FileError {
  return new FileError("NOT_A_FILE", `${name} is ${kindOf(stats)}; a regular file was expected`, {
    hint: "Write its content to a file first, and name that file.",
  });
}

export function changedFault(name: string, what: string): FileError {
  return new FileError("DATA_CHANGED", `${name} changed while it was being read: ${what}`, {
    hint: "Wait until whatever writes it is done, then try again.",
  });
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe";
  return stats.isSocket() ? "a socket" : "a device";
}
