/** Reads the output of `git status --porcelain=v2 --branch -z`. Pure. */
import type { Source } from "../../generated/types.js";
import { type NamedPath, nameText } from "../byte-path.js";

type Change = Source["changes"][number];
export type Letter = Change["index"];

export interface StatusEntry {
  readonly kind: Change["kind"];
  readonly name: NamedPath;
  readonly index: Letter;
  readonly worktree: Letter;
  readonly submodule: Change["submodule"];
  readonly renamedFrom: NamedPath | null;
  /** What a tracked path is in the three places; `null` for any other. */
  readonly versions: Versions | null;
}

export interface Versions {
  readonly modes: { readonly head: string; readonly index: string; readonly worktree: string };
  readonly blobs: { readonly head: string; readonly index: string };
}

export interface Status {
  /** `null` when the branch has no commit. */
  readonly sha: string | null;
  /** `null` when detached. */
  readonly branch: string | null;
  readonly upstream: Source["upstream"];
  readonly entries: readonly StatusEntry[];
}

export function parseStatus(output: Buffer): Status {
  const headers = new Map<string, string>();
  const entries: StatusEntry[] = [];
  const records = output.toString("latin1").split("\0").values();
  for (const record of records) {
    switch (record[0]) {
      case "#":
        addHeader(headers, Buffer.from(record, "latin1").toString());
        break;
      case "1":
        entries.push(tracked(record, 8, null));
        break;
      case "2":
        // With -z the old name stands in a record of its own.
        entries.push(tracked(record, 9, nameText(records.next().value as string)));
        break;
      case "u":
        entries.push(conflicted(record));
        break;
      case "?":
        entries.push(untracked(record.slice(2)));
        break;
    }
  }
  const sha = headers.get("branch.oid") ?? "(initial)";
  const branch = headers.get("branch.head") ?? "(detached)";
  return {
    sha: sha === "(initial)" ? null : sha,
    branch: branch === "(detached)" ? null : branch,
    upstream: upstreamOf(headers),
    entries,
  };
}

/** `# branch.head main` */
function addHeader(headers: Map<string, string>, line: string): void {
  const space = line.indexOf(" ", 2);
  headers.set(line.slice(2, space), line.slice(space + 1));
}

/** `# branch.ab +1 -0` is missing when the upstream's branch is gone. */
function upstreamOf(headers: Map<string, string>): Source["upstream"] {
  const name = headers.get("branch.upstream");
  if (name === undefined) return null;
  const distance = /^\+(\d+) -(\d+)$/.exec(headers.get("branch.ab") ?? "");
  return {
    name,
    ahead: distance === null ? null : Number(distance[1]),
    behind: distance === null ? null : Number(distance[2]),
  };
}

/** `1 XY sub mH mI mW hH hI path`; a rename has `R100` before the path. */
function tracked(record: string, fieldCount: number, renamedFrom: NamedPath | null): StatusEntry {
  const { fields, name } = split(record, fieldCount);
  const [
    ,
    letters = "",
    submodule = "",
    head = "",
    index = "",
    worktree = "",
    headBlob = "",
    indexBlob = "",
  ] = fields;
  return {
    kind: "tracked",
    name,
    index: letters[0] as Letter,
    worktree: letters[1] as Letter,
    submodule: submoduleOf(submodule),
    renamedFrom,
    versions: { modes: { head, index, worktree }, blobs: { head: headBlob, index: indexBlob } },
  };
}

/** `u XY sub m1 m2 m3 mW h1 h2 h3 path`: the first fields are those of any tracked path. */
function conflicted(record: string): StatusEntry {
  return { ...tracked(record, 10, null), kind: "conflicted", versions: null };
}

/** With -uall only a repository inside the work tree is still named as a folder. */
function untracked(path: string): StatusEntry {
  const isFolder = path.endsWith("/");
  return {
    kind: isFolder ? "nested_repository" : "untracked",
    name: nameText(isFolder ? path.slice(0, -1) : path),
    index: "?",
    worktree: "?",
    submodule: null,
    renamedFrom: null,
    versions: null,
  };
}

/** `N...` or `SCMU` with a dot for what is not the case. */
function submoduleOf(field: string): StatusEntry["submodule"] {
  if (field[0] !== "S") return null;
  return { commit_changed: field[1] === "C", modified: field[2] === "M", untracked: field[3] === "U" };
}

/** The name comes last, and may hold blanks. */
function split(record: string, fieldCount: number): { fields: string[]; name: NamedPath } {
  let from = 0;
  const fields: string[] = [];
  for (let count = 0; count < fieldCount; count += 1) {
    const space = record.indexOf(" ", from);
    fields.push(record.slice(from, space));
    from = space + 1;
  }
  return { fields, name: nameText(record.slice(from)) };
}
