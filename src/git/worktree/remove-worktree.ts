/** Takes a work tree of ours away, and those that a kill has left behind. Nobody else's is looked into. */
import { chmodSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isScratchName, ownerByName, ownerFile, readOwner, type WorktreeOwner } from "./owner.js";

export interface WorktreePlace {
  /** A private folder of ours; the work tree lies in it. */
  readonly scratch: string;
  /** What Git keeps of the work tree, in `worktrees/`; `undefined` before Git has been asked for one. */
  readonly admin: string | undefined;
}

/** Gives what could not be removed. Never throws. */
export function removeWorktree({ scratch, admin }: WorktreePlace): readonly string[] {
  const left = removeAll(scratch) ? [] : [scratch];
  if (admin === undefined) return left;
  if (!removeAll(admin)) return [...left, admin];
  try {
    // As Git does it: gone with the last one.
    rmdirSync(join(admin, ".."));
  } catch {
    // Others are still there.
  }
  return left;
}

/** Whether its process is gone, and nothing works in the folder any more. */
export type IsAbandoned = (owner: WorktreeOwner, scratch: string) => boolean;

export interface Looking {
  /** This process. */
  readonly owner: WorktreeOwner;
  readonly isAbandoned: IsAbandoned;
}

/** `worktrees`: Git's folder of linked work trees. `temporary`: where ours are made. */
export function removeAbandoned(
  worktrees: string,
  temporary: string,
  { owner: here, isAbandoned }: Looking,
): void {
  for (const id of namesIn(worktrees)) {
    const admin = join(worktrees, id);
    // Of one that was being removed, its place may be gone, and whose it is stands there still.
    const scratch = scratchOf(admin) ?? "";
    const owner = readOwner(admin) ?? (scratch === "" ? undefined : readOwner(scratch));
    if (owner !== undefined && isAbandoned(owner, scratch))
      removeWorktree({ scratch: isOwnFolder(scratch) ? scratch : "", admin });
  }
  // Killed before Git was asked, or after it had forgotten.
  for (const name of namesIn(temporary)) {
    const scratch = join(temporary, name);
    if (!isScratchName(name) || !isOwnFolder(scratch)) continue;
    const owner = readOwner(scratch) ?? ownerByName(name, here);
    if (owner !== undefined && isAbandoned(owner, scratch)) removeAll(scratch);
  }
}

/** `<scratch>/…/.git` stands in `gitdir`. */
function scratchOf(admin: string): string | undefined {
  try {
    const parts = readFileSync(join(admin, "gitdir"), "utf8").trim().split("/");
    const at = parts.findIndex((part) => isScratchName(part));
    return at < 0 ? undefined : parts.slice(0, at + 1).join("/");
  } catch {
    return undefined;
  }
}

/** A file that came with a repository must not make us delete anything: the folder says itself that it is ours. */
function isOwnFolder(scratch: string): boolean {
  try {
    const stat = lstatSync(scratch);
    const isOurs = stat.isDirectory() && stat.uid === process.getuid?.();
    return (
      isOurs && (readOwner(scratch) !== undefined || namesIn(scratch).every((name) => name === ownerFile))
    );
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeAll(folder: string): boolean {
  if (folder === "") return true;
  const options = { recursive: true, force: true, maxRetries: 3, retryDelay: 20 };
  // Whose it is stands there until the end, for whoever comes after a kill.
  const remove = () => {
    for (const name of namesIn(folder)) if (name !== ownerFile) rmSync(join(folder, name), options);
    rmSync(folder, options);
  };
  try {
    remove();
    return true;
  } catch {
    // Folders that the command has closed for writing.
  }
  try {
    openFolders(folder);
    remove();
    return true;
  } catch {
    return false;
  }
}

function openFolders(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
}
