/** What differs from the commit: listed, classified and counted; Colophon's own records apart. */
import type { Source } from "../../generated/types.js";
import { isOwnPath } from "../../manifest/ids.js";
import type { StatusEntry, Versions } from "./status.js";
import { blobIdOf, findContent } from "./work-tree-file.js";

export const changesListed = 10_000;
const comparedBytes = 64 * 1024 * 1024;

type Change = Source["changes"][number];
type ObjectFormat = Source["object_format"];

export interface Changes {
  /** Whether anything of the user's differs, untracked files included. */
  readonly isDirty: boolean;
  readonly counts: Omit<Source["counts"], "hidden">;
  readonly listed: Change[];
  readonly omitted: number;
  readonly nestedRepositories: string[];
  readonly ownRecords: number;
}

export function recordChanges(
  entries: readonly StatusEntry[],
  { root, objectFormat, records }: { root: string; objectFormat: ObjectFormat; records: string | undefined },
): Changes {
  const users = entries.filter((entry) => !isEntirelyOwn(entry, records));
  const listed = users.slice(0, changesListed).map((entry) => recordChange(entry, root, objectFormat));
  const count = (wanted: (entry: StatusEntry) => boolean) => users.filter(wanted).length;
  const isTracked = (letter: string) => letter !== "." && letter !== "?";
  return {
    isDirty: users.length > 0,
    counts: {
      staged: count(({ kind, index }) => kind === "tracked" && isTracked(index)),
      unstaged: count(({ kind, worktree }) => kind === "tracked" && isTracked(worktree)),
      untracked: count(({ index }) => index === "?"),
      conflicted: count(({ kind }) => kind === "conflicted"),
      mode_only: listed.filter(({ mode_only }) => mode_only).length,
      submodules: count(({ submodule }) => submodule !== null),
      renamed: count(({ renamedFrom }) => renamedFrom !== null),
      nested_repositories: count(({ kind }) => kind === "nested_repository"),
    },
    listed,
    omitted: users.length - listed.length,
    nestedRepositories: listed.filter(({ kind }) => kind === "nested_repository").map(({ path }) => path),
    ownRecords: entries.length - users.length,
  };
}

/** A file of the user's that was renamed into or out of our records is the user's change. */
function isEntirelyOwn({ name, renamedFrom }: StatusEntry, records: string | undefined): boolean {
  return isOwnPath(name.path, records) && (renamedFrom === null || isOwnPath(renamedFrom.path, records));
}

function recordChange(entry: StatusEntry, root: string, objectFormat: ObjectFormat): Change {
  const { name, kind, index, worktree, renamedFrom, submodule } = entry;
  return {
    ...name,
    kind,
    index,
    worktree,
    ...compareContent(entry, root, objectFormat),
    renamed_from: renamedFrom?.path ?? null,
    ...(renamedFrom?.path_base64 !== undefined && { renamed_from_base64: renamedFrom.path_base64 }),
    submodule,
  };
}

/**
 * Git says that two versions differ, not in what. The ids it prints settle most of it; only where the work tree's bytes
 * decide are they read, without filters: a file that a filter changes is then not proven equal, which claims too little, never too much.
 */
function compareContent(
  { name, index, worktree, versions, renamedFrom }: StatusEntry,
  root: string,
  objectFormat: ObjectFormat,
): Pick<Change, "mode_only" | "worktree_equals_head"> {
  if (versions === null || renamedFrom !== null) return { mode_only: false, worktree_equals_head: false };
  const { modes, blobs } = versions;
  const isHeads = () => {
    const content = findContent(root, name, comparedBytes);
    return content !== undefined && blobIdOf(content, objectFormat) === blobs.head;
  };
  const sameInIndex = blobs.head === blobs.index;
  return {
    mode_only: sameInIndex && differsInMode(versions) && (worktree === "." || isHeads()),
    worktree_equals_head:
      index !== "." &&
      worktree !== "." &&
      modes.head === modes.worktree &&
      (modes.head === "000000" || (isRegular(modes.head) && isHeads())),
  };
}

function differsInMode({ modes: { head, index, worktree } }: Versions): boolean {
  return [head, index, worktree].every(isRegular) && !(head === index && index === worktree);
}

function isRegular(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}
