/** Files whose bytes a filter or a line-ending setting changed on the way into the tree: they come back as they were on disk, or are named. */
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import type { SnapshotFacts } from "../../generated/types.js";
import { locatePath } from "../byte-path.js";
import type { WorktreeFault } from "./open-worktree.js";

export function restoreConverted(
  root: string,
  userRoot: string,
  converted: SnapshotFacts["converted"],
): WorktreeFault[] {
  return converted.flatMap((file): WorktreeFault[] => {
    const path = locatePath(root, file);
    const found = readOrNothing(path);
    if (found === undefined || restore(path, found, locatePath(userRoot, file), file.sha256)) return [];
    const reason =
      "a content filter or line-ending setting changed it on the way, and how it was on disk is not known";
    return [{ what: "converted", subject: file.path, reason }];
  });
}

/** Windows' line endings are what is lost most often. */
function restore(path: string | Buffer, found: Buffer, users: string | Buffer, sha256: string): boolean {
  if (digestOf(found) === sha256) return true;
  const withReturns = Buffer.from(found.toString("latin1").replace(/\r?\n/g, "\r\n"), "latin1");
  if (digestOf(withReturns) === sha256) {
    writeFileSync(path, withReturns);
    return true;
  }
  const theirs = readOrNothing(users);
  if (theirs === undefined || digestOf(theirs) !== sha256) return false;
  copyFileSync(users, path);
  return true;
}

function readOrNothing(path: string | Buffer): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
