/** Files that Git was told not to look at, and that are not what the index says all the same. */
import { type NamedPath, namePath, splitAtNul } from "../../byte-path.js";
import { outputOf } from "../../failures.js";
import { type GitCall, runGit } from "../../run-git.js";
import { listIndexWords } from "../../status/index-facts.js";
import { blobIdOf } from "../../status/work-tree-file.js";
import type { Candidate } from "./gather.js";
import { type Found, lookInto, readFound } from "./look.js";

export interface HiddenFile extends Candidate {
  /** What the index has; given anew without the bit, it is compared like any other. */
  readonly entry: { readonly mode: string; readonly oid: string };
}

/** Larger ones are taken for changed: whether they go in is a question of size anyway. */
const comparedBytes = 64 * 1024 * 1024;

export async function listHiddenFiles(
  root: string,
  objectFormat: "sha1" | "sha256",
  call: GitCall,
): Promise<HiddenFile[]> {
  const output = outputOf(await runGit(listIndexWords, call), call.env);
  const look = lookInto(root);
  const hidden: HiddenFile[] = [];
  for (const record of splitAtNul(output)) {
    const tag = String.fromCharCode(record[0] ?? 0);
    if (!/[a-zS]/.test(tag)) continue;
    const tab = record.indexOf(0x09);
    const [, mode = "", oid = ""] = record.toString("latin1", 0, tab).split(" ");
    if (mode === "160000") continue;
    const name = namePath(record.subarray(tab + 1));
    const found = look(name);
    // A sparse checkout leaves a file out on purpose: its absence is no edit.
    const isLeftOut = found.kind === "absent" && /[sS]/.test(tag);
    if (isLeftOut || isSame(root, name, found, { mode, oid }, objectFormat)) continue;
    hidden.push({ name, isTracked: true, isDeleted: found.kind === "absent", entry: { mode, oid } });
  }
  return hidden;
}

/** Judged by the bytes, whatever the index remembers of the file: that is what its bit says not to trust. */
function isSame(
  root: string,
  name: NamedPath,
  found: Found,
  { mode, oid }: HiddenFile["entry"],
  objectFormat: "sha1" | "sha256",
): boolean {
  if (found.kind !== "file" || found.size > comparedBytes) return false;
  if (mode !== (found.isExecutable ? "100755" : "100644")) return false;
  const content = readFound(root, name);
  return Buffer.isBuffer(content) && blobIdOf(content, objectFormat) === oid;
}
