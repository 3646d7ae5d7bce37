/** What a tree holds, by the bytes of the names, as text of one character each. */
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";

export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
  /** Relative to the tree, `latin1`. */
  readonly name: string;
}

export async function listTree(tree: string, call: GitCall): Promise<TreeEntry[]> {
  const output = outputOf(await runGit(["ls-tree", "-r", "-z", "--full-tree", tree], call), call.env);
  const entries: TreeEntry[] = [];
  for (const record of output.toString("latin1").split("\0")) {
    const [head = "", name = ""] = split(record, "\t");
    const [mode = "", , oid = ""] = head.split(" ");
    if (name !== "" && isInside(name)) entries.push({ mode, oid, name });
  }
  return entries;
}

function split(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Git checks out no other names either. */
export function isInside(name: string): boolean {
  return !name
    .split("/")
    .some((part) => part === "" || part === "." || part === ".." || /^\.git$/i.test(part));
}

/** Contents by object id; what is not there is left out. */
export async function readBlobs(
  oids: readonly string[],
  call: GitCall,
): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(oids)];
  const blobs = new Map<string, Buffer>();
  if (wanted.length === 0) return blobs;
  const outcome = await runGit(["cat-file", "--batch"], { ...call, input: `${wanted.join("\n")}\n` });
  const output = outputOf(outcome, call.env);
  let at = 0;
  for (const oid of wanted) {
    const end = output.indexOf(10, at);
    const [, kind, size] = output.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (size === undefined) continue;
    if (kind === "blob") blobs.set(oid, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}
