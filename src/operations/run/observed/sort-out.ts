/** Which of the files are listed, which are counted, and which were only ever on the way. */
import type { ObservedFiles } from "../../../generated/types.js";
import type { ObservedPath } from "../../../process/observe/observed-event.js";
import { type Declaration, declarationFor } from "./declared.js";
import { groupOf, sourceOfBytecode } from "./groups.js";
import { type History, joinHistories, newHistory, type Observed } from "./histories.js";

/** What is there at the end. */
export type FoundFile =
  | { readonly state: "file"; readonly size: number; readonly mtimeNs: bigint; readonly ctimeNs: bigint }
  | { readonly state: "other" | "absent" | "unreadable" };

export interface ListPorts {
  /** Links are followed; `path` is that of the file itself. A folder is `null`. */
  readonly look: (path: ObservedPath) => { readonly path: ObservedPath; readonly found: FoundFile } | null;
  /** Whether a path, relative to the repository's root with `/`, is Colophon's own. */
  readonly isOwn: (path: ObservedPath) => boolean;
  /** Whether an absolute path belongs to the program itself, such as the module that scripts import. */
  readonly isProgram: (path: ObservedPath) => boolean;
  /** A path of this program's, absolute, as its bytes. */
  readonly bytesOf: (path: string) => ObservedPath;
}

export interface Listed {
  readonly path: ObservedPath;
  /** Relative to the repository's root; `undefined` outside. */
  readonly inside: ObservedPath | undefined;
  /** The repository's. */
  readonly root: ObservedPath;
  readonly history: History;
  readonly found: FoundFile;
  readonly declaration: Declaration | undefined;
  /** Whether size and time are those that it was first opened with. */
  readonly isAsOpened: boolean;
}

export interface SortedOut {
  readonly listed: readonly Listed[];
  readonly groups: ObservedFiles["groups"];
  readonly temporary: number;
}

/** `root`: of the repository, absolute, without links. */
export function sortOut(
  { histories }: Observed,
  root: string,
  declarations: readonly Declaration[],
  ports: ListPorts,
): SortedOut {
  const top = ports.bytesOf(root);
  const insideOf = (path: ObservedPath) =>
    path.startsWith(`${top}/`) ? path.slice(top.length + 1) : undefined;
  const counts = new Map<string, { read: number; written: number }>();
  const count = (name: string, { read, written, deleted }: History) => {
    const { read: before, written: writtenBefore } = counts.get(name) ?? { read: 0, written: 0 };
    counts.set(name, { read: before + Number(read), written: writtenBefore + Number(written || deleted) });
  };
  /** Of what is counted and not listed. */
  const groupAt = (path: ObservedPath, history: History): string | undefined => {
    const inside = insideOf(path);
    if (ports.isProgram(path) || (inside !== undefined && isOwn(inside, ports))) return "colophon";
    const declared = declarationFor(path, declarations);
    if (declared === undefined) return groupOf(path, inside === undefined ? undefined : `/${inside}`);
    const { declaration, isBelow } = declared;
    const isExpected = declaration.as === "artifact" || (!history.written && !history.deleted);
    return isBelow && isExpected ? `${declaration.as}:${declaration.name}` : undefined;
  };

  const files = new Map<ObservedPath, { history: History; found: FoundFile }>();
  let temporary = 0;
  for (const [given, history] of withSources(histories)) {
    // Most of a command's files belong to its libraries: nothing more is asked about those.
    const group = groupAt(given, history);
    if (group !== undefined) {
      count(group, history);
      continue;
    }
    const looked = ports.look(given);
    if (looked === null) continue;
    const { path, found } = looked;
    const other = path === given ? undefined : groupAt(path, history);
    if (other !== undefined) count(other, history);
    else if (found.state === "absent" && wasMade(history)) temporary += 1;
    // Told by an import of it, it need not be there.
    else if (found.state === "absent" && history.processes.size === 0) continue;
    else {
      const same = files.get(path);
      if (same === undefined) files.set(path, { history, found });
      else joinHistories(same.history, history);
    }
  }
  return {
    listed: [...files].map(([path, { history, found }]) => {
      if (history.isDatabase && !isUnmoved(history, found)) history.written = true;
      const declaration = declarationFor(path, declarations)?.declaration;
      const isAsOpened = isUnmoved(history, found);
      return { path, inside: insideOf(path), root: top, history, found, declaration, isAsOpened };
    }),
    groups: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, both]) => ({ name, ...both })),
    temporary,
  };
}

function isOwn(inside: ObservedPath, ports: ListPorts): boolean {
  return ports.isOwn(inside) || /(^|\/)\.colophon\//.test(inside);
}

/** Who reads what Python compiled of a source has read the source. */
function* withSources(histories: Observed["histories"]): Generator<[ObservedPath, History]> {
  yield* histories;
  for (const [path, history] of histories) {
    const source = sourceOfBytecode(path);
    if (source === undefined || !history.read || histories.has(source)) continue;
    yield [source, { ...newHistory(), read: true, by: history.by, processes: history.processes }];
  }
}

/** It was not there before the command made it. */
function wasMade({ first, existed }: History): boolean {
  return first === "write" && existed !== true;
}

function isUnmoved({ before, time }: History, found: FoundFile): boolean {
  if (found.state !== "file") return false;
  if (before !== null) return before.there && before.size === found.size && before.mtimeNs === found.mtimeNs;
  return time !== null && found.mtimeNs <= time && found.ctimeNs <= time;
}
