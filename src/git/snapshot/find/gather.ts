/** Decides for every file that may differ from the commit what becomes of it, and copies those that go in. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { SnapshotFacts } from "../../../generated/types.js";
import type { NamedPath } from "../../byte-path.js";
import { blobIdOf } from "../../status/work-tree-file.js";
import { nameBelow } from "../paths.js";
import { type Budget, findExcess, type Selection } from "./budget.js";
import { type Found, lookInto, type Present, readFound, readTarget } from "./look.js";
import type { FileMode, Shelf } from "./shelf.js";

export interface Candidate {
  /** Relative to the repository it belongs to. */
  readonly name: NamedPath;
  readonly isTracked: boolean;
  /** Whether Git said that the work tree lacks it. */
  readonly isDeleted: boolean;
}

/** Every name is relative to the root of all, also of a file in a submodule. */
export interface TakenFile {
  readonly name: NamedPath;
  readonly mode: FileMode;
  readonly size: number;
  /** Git's id of its bytes as they stand on disk. */
  readonly blob: string;
  readonly state: string;
}

export interface GoneFile {
  readonly name: NamedPath;
  /** Something else stands in its place, or in its way. */
  readonly isReplaced: boolean;
}

export type Reason = SnapshotFacts["left_out"][number]["reason"];

export interface LeftOutFile {
  readonly name: NamedPath;
  readonly reason: Reason;
  readonly rules: readonly string[];
  readonly size: number | null;
  /** Milliseconds since 1970. */
  readonly mtime: number | null;
  readonly sha256: string | null;
  readonly state: string;
}

export interface Gathered {
  readonly taken: readonly TakenFile[];
  readonly gone: readonly GoneFile[];
  readonly leftOut: readonly LeftOutFile[];
}

export interface Gathering {
  /** Of the repository that the candidates belong to. */
  readonly root: string;
  /** Where that lies, when it is a submodule. */
  readonly below?: NamedPath;
  readonly objectFormat: "sha1" | "sha256";
  readonly selection: Selection;
  readonly budget: Budget;
  readonly shelf: Shelf;
}

interface Item {
  readonly candidate: Candidate;
  readonly name: NamedPath;
  readonly found: Found;
}

type Fate =
  | { readonly taken: TakenFile }
  | { readonly gone: GoneFile; readonly leftOut?: LeftOutFile }
  | { readonly leftOut: LeftOutFile };

export async function gatherFiles(candidates: readonly Candidate[], gathering: Gathering): Promise<Gathered> {
  const look = lookInto(gathering.root);
  const items = candidates.map((candidate) => ({
    candidate,
    name: gathering.below === undefined ? candidate.name : nameBelow(gathering.below, candidate.name),
    found: look(candidate.name),
  }));
  const fates: Fate[] = [];
  let rested = performance.now();
  for (const item of inOrder(items)) {
    fates.push(decide(item, gathering));
    // A signal that arrives meanwhile must not wait until the last file is read.
    if (performance.now() - rested < 20) continue;
    await setImmediate();
    rested = performance.now();
  }
  return {
    taken: fates.flatMap((fate) => ("taken" in fate ? [fate.taken] : [])),
    gone: fates.flatMap((fate) => ("gone" in fate ? [fate.gone] : [])),
    leftOut: fates.flatMap((fate) => ("leftOut" in fate && fate.leftOut !== undefined ? [fate.leftOut] : [])),
  };
}

/** Where there is too much, edits of tracked files go in first, then small files: those are code. */
function inOrder(items: readonly Item[]): Item[] {
  const rank = ({ candidate, found }: Item) => (candidate.isTracked || !("size" in found) ? -1 : found.size);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

function decide(item: Item, gathering: Gathering): Fate {
  const { candidate, name, found } = item;
  if (gathering.selection.isExcluded(name.path)) return { leftOut: leaveOut(item, "excluded") };
  if (found.kind === "absent") {
    const gone = { name, isReplaced: found.blocked };
    return candidate.isDeleted || found.blocked ? { gone } : { gone, leftOut: leaveOut(item, "vanished") };
  }
  if (found.kind === "folder") return { gone: { name, isReplaced: true } };
  if (found.kind === "unreadable") return { leftOut: leaveOut(item, "unreadable") };
  if (found.kind === "other") return { leftOut: leaveOut(item, "not_a_file") };
  return take(item, found, gathering);
}

function take(item: Item, found: Present, gathering: Gathering): Fate {
  const { name, candidate } = item;
  const { budget, selection, objectFormat, shelf } = gathering;
  const excess = findExcess(name.path, found.size, budget, selection);
  if (excess !== undefined) return { leftOut: leaveOut(item, excess) };
  const read = found.kind === "link" ? readTarget : readFound;
  const content = read(gathering.root, candidate.name);
  if (content === "vanished")
    return { gone: { name, isReplaced: true }, leftOut: leaveOut(item, "vanished") };
  if (content === "unreadable") return { leftOut: leaveOut(item, "unreadable") };
  const rules = selection.scan(name.path, content);
  if (rules.length > 0) return { leftOut: { ...leaveOut(item, "secret"), rules, sha256: digestOf(content) } };
  const mode = found.kind === "link" ? "120000" : found.isExecutable ? "100755" : "100644";
  if (!put(shelf, candidate.name, mode, content)) return { leftOut: leaveOut(item, "unreadable") };
  budget.files += 1;
  budget.bytes += content.length;
  const blob = blobIdOf(content, objectFormat);
  return { taken: { name, mode, size: content.length, blob, state: found.state } };
}

/** Names that no copy can have, because it lies deeper, or because two files changed places just now. */
const unputtable = new Set(["ENAMETOOLONG", "EILSEQ", "EEXIST", "ENOTDIR", "EISDIR"]);

function put({ put }: Shelf, name: NamedPath, mode: FileMode, content: Buffer): boolean {
  try {
    put(name, mode, content);
    return true;
  } catch (error) {
    if (unputtable.has((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

function leaveOut({ name, found }: Item, reason: Reason): LeftOutFile {
  const isFile = found.kind === "file";
  return {
    name,
    reason,
    rules: [],
    size: isFile ? found.size : null,
    mtime: "mtime" in found ? found.mtime : null,
    sha256: null,
    state: found.state,
  };
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
