/** What was known of the work tree when the code was recorded, kept in memory until the command has ended. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../../generated/types.js";
import type { NamedPath } from "../byte-path.js";
import type { CapturedSource } from "../capture.js";
import { type Findings, listLeftOut, listOverlay } from "../snapshot/find/findings.js";
import { lookInto } from "../snapshot/find/look.js";
import { keyOf, nameOf } from "../snapshot/paths.js";

export interface Baseline {
  readonly root: string;
  /** The folder of the records, relative to the root with `/`; `undefined` when it lies outside. */
  readonly records: string | undefined;
  readonly objectFormat: Source["object_format"];
  readonly sha: string;
  readonly branch: string | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly reflog: Reflog;
  /** By key: files that were not what the commit says, and those that Git does not look at. All others were as committed. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** By key: submodules that differed, and how. */
  readonly submodules: ReadonlyMap<string, Source["changes"][number]["submodule"]>;
  readonly nested: ReadonlySet<string>;
}

/** HEAD's reflog as a file, which only grows; `size` is `null` where it is kept otherwise, or not at all. */
export interface Reflog {
  readonly path: string;
  readonly size: number | null;
}

export interface Mark {
  readonly name: NamedPath;
  /** The same as long as nobody touches it. */
  readonly state: string;
  /** Git's id of its bytes, where they were read. */
  readonly blob: string | null;
}

/** For a run of which no snapshot is made. */
export function captureBaseline(captured: CapturedSource, now: () => number): Baseline {
  return baselineOf(captured, now());
}

/** `found`: what the snapshot read; without it, files are known by their size and times alone. */
export function baselineOf(captured: CapturedSource, time: number, found?: Findings): Baseline {
  const { root, records, source } = captured;
  const look = lookInto(root);
  const marks = new Map<string, Mark>();
  const mark = (name: NamedPath, state: string, blob: string | null) =>
    marks.set(keyOf(name), { name: nameOf(name), state, blob });
  if (found !== undefined) markFindings(found, mark);
  const { assume_unchanged, skip_worktree } = source.hidden_bits;
  const files = source.changes.filter(({ kind, submodule }) => kind !== "nested_repository" && !submodule);
  for (const name of [...files, ...assume_unchanged.files, ...skip_worktree.files])
    if (!marks.has(keyOf(name))) mark(name, look(name).state, null);
  const submodules = source.changes.filter(({ submodule }) => submodule !== null);
  return {
    root,
    records,
    objectFormat: source.object_format,
    sha: captured.git.sha,
    branch: source.head.branch,
    time,
    reflog: reflogOf(captured),
    marks,
    submodules: new Map(submodules.map((change) => [keyOf(change), change.submodule])),
    nested: new Set(source.nested_repositories),
  };
}

function reflogOf({ gitDirectory }: CapturedSource): Reflog {
  const path = join(gitDirectory, "logs/HEAD");
  const stat = statSync(path, { throwIfNoEntry: false });
  return { path, size: stat?.isFile() ? stat.size : null };
}

function markFindings(
  found: Findings,
  mark: (name: NamedPath, state: string, blob: string | null) => void,
): void {
  const { gathered, submodules } = found;
  for (const { name, state, blob } of [...gathered.taken, ...listOverlay(found)]) mark(name, state, blob);
  for (const { name, state } of listLeftOut(found)) mark(name, state, null);
  const gone = [...gathered.gone, ...submodules.flatMap(({ gathered }) => gathered.gone)];
  for (const { name, isReplaced } of gone) if (!isReplaced) mark(name, "absent", null);
}
