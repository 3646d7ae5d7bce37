/** Which of the recorded files are not what they were. */
import type { Drift } from "../../generated/types.js";
import { isOwnPath } from "../../manifest/ids.js";
import { formatUtc } from "../../manifest/timestamps.js";
import { type NamedPath, namePath, splitAtNul } from "../byte-path.js";
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import { type Found, type Look, lookInto, readFound, readTarget } from "../snapshot/find/look.js";
import { bytesOf, keyOf, nameOf } from "../snapshot/paths.js";
import { emptyTrees } from "../status/staged.js";
import type { Status, StatusEntry } from "../status/status.js";
import { blobIdOf } from "../status/work-tree-file.js";
import { byWhom, whenOf } from "./attribute.js";
import type { Baseline, Mark } from "./baseline.js";
import type { DriftRequest } from "./observe-drift.js";

type ChangedFile = Drift["files"][number];
type Change = ChangedFile["change"];

interface Version {
  readonly mode: string;
  readonly oid: string;
}

/** A path that differs between the commit of then and that of now. */
interface Moved {
  readonly name: NamedPath;
  readonly from: Version | null;
  readonly to: Version | null;
}

export interface ChangedFiles {
  readonly files: ChangedFile[];
  readonly newFiles: number;
}

/** What is marked is compared with its mark, everything else with the commit of then: it was as committed. */
export async function listChangedFiles(
  before: Baseline,
  status: Status,
  request: DriftRequest,
  call: GitCall,
): Promise<ChangedFiles> {
  const look = lookInto(before.root);
  const moved = await listMoved(before, status.sha, call);
  const found = new Map<string, readonly [NamedPath, Change | "new"]>();
  const note = (name: NamedPath, change: Change | "new" | undefined) => {
    if (change !== undefined && !isOwnPath(name.path, before.records)) found.set(keyOf(name), [name, change]);
  };
  for (const mark of before.marks.values()) note(mark.name, compareMark(mark, before, look));
  for (const [key, path] of moved)
    if (!before.marks.has(key)) note(path.name, compareMoved(path, before, look));
  const places = foldersOf(before);
  for (const entry of status.entries) {
    if (before.marks.has(keyOf(entry.name))) continue;
    found.delete(keyOf(entry.name));
    note(entry.name, compareEntry(entry, before, moved, look, places));
  }
  const changes = [...found.values()];
  const files = changes.flatMap(([name, change]) =>
    change === "new" ? [] : [describe(name, change, look, request)],
  );
  return { files: files.sort(byPath), newFiles: changes.length - files.length };
}

function describe(name: NamedPath, change: Change, look: Look, request: DriftRequest): ChangedFile {
  const found = look(name);
  const time = "ctime" in found && change !== "submodule" ? found.ctime : null;
  const when = whenOf(time, request);
  const by = byWhom(when, request.wrote?.(name.path));
  return { ...nameOf(name), change, time: time === null ? null : formatUtc(time), when, by };
}

function byPath(a: ChangedFile, b: ChangedFile): number {
  return a.path < b.path ? -1 : 1;
}

function compareMark({ name, state, blob }: Mark, before: Baseline, look: Look): Change | undefined {
  const found = look(name);
  if (found.state === state) return undefined;
  if (found.kind === "absent") return "removed";
  if (state === "absent") return "appeared";
  const wasExecutable = isExecutable(state);
  const isSame = blob !== null && "isExecutable" in found && found.isExecutable === wasExecutable;
  return isSame && idOnDisk(name, found, before) === blob ? undefined : "edited";
}

/** The mode is the last of what a state says. */
function isExecutable(state: string): boolean {
  return (Number(state.split(" ").at(-1)) & 0o100) !== 0;
}

function compareEntry(
  { name, kind, submodule, versions }: StatusEntry,
  before: Baseline,
  moved: ReadonlyMap<string, Moved>,
  look: Look,
  places: ReadonlySet<string>,
): Change | "new" | undefined {
  const key = keyOf(name);
  const isUntracked = kind === "untracked" || kind === "nested_repository";
  if (isUntracked && !moved.get(key)?.from)
    return before.nested.has(name.path) || places.has(key) ? undefined : "new";
  if (submodule !== null) {
    const known = before.submodules.get(key);
    return JSON.stringify(known) === JSON.stringify(submodule) ? undefined : "submodule";
  }
  const head = versions === null ? null : { mode: versions.modes.head, oid: versions.blobs.head };
  const from = moved.has(key) ? (moved.get(key)?.from ?? null) : head;
  const found = look(name);
  if (from === null || from.mode === "000000") return found.kind === "absent" ? undefined : "new";
  if (found.kind === "absent") return "removed";
  return matches(name, found, from, before) ? undefined : "edited";
}

function matches(name: NamedPath, found: Found, { mode, oid }: Version, before: Baseline): boolean {
  if (!("isExecutable" in found) || idOnDisk(name, found, before) !== oid) return false;
  return found.kind === "link" ? mode === "120000" : mode === (found.isExecutable ? "100755" : "100644");
}

const comparedBytes = 64 * 1024 * 1024;

function idOnDisk(name: NamedPath, found: Found, { root, objectFormat }: Baseline): string | undefined {
  if (!("size" in found) || found.size > comparedBytes) return undefined;
  const content = found.kind === "link" ? readTarget(root, name) : readFound(root, name);
  return Buffer.isBuffer(content) ? blobIdOf(content, objectFormat) : undefined;
}

/** Of what the status does not list: where both commits have it, the work tree has what the new one has. */
function compareMoved({ name, from, to }: Moved, before: Baseline, look: Look): Change | "new" | undefined {
  if (from === null) return "new";
  if (from.mode === "160000") return "submodule";
  const found = look(name);
  if (found.kind === "absent") return "removed";
  return to === null && matches(name, found, from, before) ? undefined : "edited";
}

/** Folders in which untracked files lay already, and that of our records: Git names such a folder instead of its files. */
function foldersOf({ marks, records }: Baseline): ReadonlySet<string> {
  const folders = new Set<string>();
  const names = [...marks.values()].map(({ name }) => name);
  if (records !== undefined) names.push({ path: `${records}/.gitignore` });
  for (const name of names) {
    const bytes = bytesOf(name);
    for (let end = bytes.lastIndexOf(0x2f); end > 0; end = bytes.lastIndexOf(0x2f, end - 1)) {
      const key = keyOf(namePath(bytes.subarray(0, end)));
      if (folders.has(key)) break;
      folders.add(key);
    }
  }
  return folders;
}

async function listMoved(
  { sha, objectFormat }: Baseline,
  to: string | null,
  call: GitCall,
): Promise<Map<string, Moved>> {
  const moved = new Map<string, Moved>();
  if (to === sha) return moved;
  const words = ["diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none"];
  const records = splitAtNul(
    outputOf(await runGit([...words, sha, to ?? (emptyTrees[objectFormat] as string)], call), call.env),
  );
  for (const record of records) {
    const [modeFrom = "", modeTo = "", oidFrom = "", oidTo = ""] = record
      .toString("latin1")
      .slice(1)
      .split(" ");
    const name = namePath(records.next().value as Buffer);
    moved.set(keyOf(name), { name, from: versionOf(modeFrom, oidFrom), to: versionOf(modeTo, oidTo) });
  }
  return moved;
}

function versionOf(mode: string, oid: string): Version | null {
  return mode === "000000" ? null : { mode, oid };
}
