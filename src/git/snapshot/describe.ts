/** What the manifest says of a snapshot. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { GitError } from "../../errors.js";
import type { SnapshotFacts } from "../../generated/types.js";
import { formatUtc } from "../../manifest/timestamps.js";
import { locatePath } from "../byte-path.js";
import type { CapturedSource } from "../capture.js";
import type { Caps } from "./find/budget.js";
import { type Findings, listLeftOut, listOverlay } from "./find/findings.js";
import type { LeftOutFile } from "./find/gather.js";
import { keyOf, nameOf } from "./paths.js";
import { ObjectsLost, type StoredFiles } from "./store/store-files.js";

/** Of everything that may be many: a manifest has a size that it may not exceed. */
export const listed = 1_000;

export function describeClean({ source }: CapturedSource, caps: Caps): SnapshotFacts {
  return {
    ...empty(caps),
    state: "clean",
    tree: source.head.tree,
    proof: { held: true, differing: [], omitted: 0 },
  };
}

export function describeStored(
  found: Findings,
  { tree, commit, overlay, blobs, filtersFailed, proof }: StoredFiles,
  ref: string,
  caps: Caps,
): SnapshotFacts {
  const converted = listConverted(found, blobs);
  return {
    ...empty(caps),
    ...describeFindings(found),
    state: "stored",
    tree,
    commit,
    overlay,
    ref,
    converted: converted.slice(0, listed),
    converted_omitted: Math.max(0, converted.length - listed),
    filters_failed: [...filtersFailed],
    proof: {
      held: proof.held,
      differing: proof.differing.slice(0, listed).map(nameOf),
      omitted: Math.max(0, proof.differing.length - listed),
    },
  };
}

/** `found`: as far as it came. */
export function describeIncomplete(
  error: unknown,
  { root }: CapturedSource,
  caps: Caps,
  found: Findings | undefined,
): SnapshotFacts {
  const { code, message } = reasonOf(error);
  const facts = found === undefined ? {} : describeFindings(found);
  return {
    ...empty(caps),
    ...facts,
    files: empty(caps).files,
    state: "incomplete",
    // Where the project lies on this machine is nobody else's business.
    reason: { code, message: message.replaceAll(root, ".") },
  };
}

/** A fault of ours stays one. */
function reasonOf(error: unknown): { code: NonNullable<SnapshotFacts["reason"]>["code"]; message: string } {
  if (error instanceof ObjectsLost)
    return {
      code: "objects_lost",
      message: "a garbage collection took the objects away, every time they were written",
    };
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof GitError) {
    const said = `${message} ${(error.cause as Error | undefined)?.message}`;
    return { code: /No space left|quota exceeded/i.test(said) ? "disk_full" : "git_failed", message };
  }
  if (code === "ENOSPC" || code === "EDQUOT") return { code: "disk_full", message };
  if (code !== undefined && "syscall" in (error as object)) return { code: "files_failed", message };
  throw error;
}

function empty({ fileBytes, totalBytes, files }: Caps): SnapshotFacts {
  return {
    snapshot_version: 1,
    state: "incomplete",
    reason: null,
    tree: null,
    commit: null,
    overlay: null,
    ref: null,
    files: { stored: 0, bytes: 0, removed: 0 },
    left_out: [],
    left_out_omitted: 0,
    converted: [],
    converted_omitted: 0,
    filters_failed: [],
    submodules: [],
    nested_repositories: [],
    nested_repositories_omitted: 0,
    proof: { held: null, differing: [], omitted: 0 },
    caps: { file_bytes: fileBytes, total_bytes: totalBytes, files },
  };
}

function describeFindings(found: Findings): Partial<SnapshotFacts> & Pick<SnapshotFacts, "files"> {
  const { candidates, gathered, submodules } = found;
  const taken = [...gathered.taken, ...listOverlay(found)];
  const leftOut = listLeftOut(found);
  const nested = [...candidates.nested, ...submodules.flatMap(({ nested }) => nested)];
  return {
    files: {
      stored: taken.length,
      bytes: taken.reduce((sum, { size }) => sum + size, 0),
      removed: gathered.gone.length + submodules.reduce((sum, { gathered }) => sum + gathered.gone.length, 0),
    },
    left_out: leftOut.slice(0, listed).map(describeLeftOut),
    left_out_omitted: Math.max(0, leftOut.length - listed),
    submodules: describeSubmodules(submodules),
    nested_repositories: nested.slice(0, listed).map(({ path }) => path),
    nested_repositories_omitted: Math.max(0, nested.length - listed),
  };
}

function describeSubmodules(submodules: Findings["submodules"]): SnapshotFacts["submodules"] {
  let room = listed;
  return submodules.map(({ name, commit, isDirty, gathered }) => {
    const removed = gathered.gone.slice(0, room).map(({ name }) => nameOf(name));
    room -= removed.length;
    return {
      ...nameOf(name),
      commit,
      dirty: isDirty,
      stored: gathered.taken.length,
      removed,
      removed_omitted: gathered.gone.length - removed.length,
    };
  });
}

function describeLeftOut({
  name,
  reason,
  rules,
  size,
  mtime,
  sha256,
}: LeftOutFile): SnapshotFacts["left_out"][number] {
  return {
    ...nameOf(name),
    reason,
    rules: [...rules],
    size,
    mtime: mtime === null || mtime < 0 || mtime > lastOfYear9999 ? null : formatUtc(mtime),
    sha256,
  };
}

/** File systems know times that the form of ours has no room for. */
const lastOfYear9999 = 253_402_300_799_999;

/** A stored id that is not that of the bytes on disk is that of what a filter made of them. */
function listConverted(
  { gathered, copies }: Findings,
  blobs: ReadonlyMap<string, string>,
): SnapshotFacts["converted"] {
  return gathered.taken
    .filter(({ name, blob }) => (blobs.get(keyOf(name)) ?? blob) !== blob)
    .map(({ name }) => ({
      ...nameOf(name),
      sha256: createHash("sha256")
        .update(readFileSync(locatePath(copies.tree, name)))
        .digest("hex"),
    }));
}
