/** What became of every file that was told of, from the events in the order in which they were told. */
import type {
  FileBefore,
  Mechanism,
  ObservedEvent,
  ObservedPath,
  StartedHow,
} from "../../../process/observe/observed-event.js";

export interface History {
  first: "read" | "write";
  read: boolean;
  written: boolean;
  /** Removed or renamed, and not made again. */
  deleted: boolean;
  renamedTo: ObservedPath | null;
  /** Whether it was there before the command; `null` where that is not told. */
  existed: boolean | null;
  /** Opened by SQLite, which does not say whether it writes. */
  isDatabase: boolean;
  /** The file as it was when it was first opened, where that was told. */
  before: FileBefore | null;
  /** When it was first opened, in nanoseconds since 1970, where that was told. */
  time: bigint | null;
  readonly by: Set<Mechanism>;
  readonly processes: Set<string>;
}

export interface Observed {
  readonly histories: ReadonlyMap<ObservedPath, History>;
  readonly processes: ReadonlyMap<string, { readonly by: Mechanism; readonly version: string | null }>;
  /** What the processes that told of themselves were started as. */
  readonly heard: ReadonlySet<string>;
  /** What they started. */
  readonly programs: ReadonlyMap<StartedHow, ReadonlySet<string>>;
  readonly capped: number;
  readonly lost: number;
}

export async function gatherHistories(events: AsyncIterable<ObservedEvent>): Promise<Observed> {
  const histories = new Map<ObservedPath, History>();
  const processes = new Map<string, { by: Mechanism; version: string | null }>();
  const programs = new Map<StartedHow, Set<string>>([
    ["seen", new Set()],
    ["cleared", new Set()],
    ["isolated", new Set()],
  ]);
  const heard = new Set<string>();
  let capped = 0;
  let lost = 0;
  const historyOf = (given: ObservedPath, process: string): History => {
    const path = withoutDots(given);
    const history = histories.get(path) ?? newHistory();
    histories.set(path, history);
    history.processes.add(process);
    const by = processes.get(process)?.by;
    if (by !== undefined) history.by.add(by);
    return history;
  };
  for await (const event of events) {
    if (event.kind === "process") {
      processes.set(event.process, { by: event.by, version: event.version });
      for (const name of event.programs) heard.add(name);
    } else if (event.kind === "file") open(historyOf(event.path, event.process), event);
    else if (event.kind === "rename")
      rename(historyOf(event.from, event.process), historyOf(event.to, event.process), withoutDots(event.to));
    else if (event.kind === "program") programs.get(event.how)?.add(event.name);
    else if (event.kind === "capped") capped += 1;
    else lost += event.lines;
  }
  return { histories, processes, heard, programs, capped, lost };
}

/** Of one file by another name: `later` is what was told of that one. */
export function joinHistories(history: History, later: History): void {
  if (later.first === "write" && !history.read) history.first = "write";
  history.read ||= later.read;
  history.written ||= later.written;
  history.deleted &&= later.deleted;
  history.renamedTo ??= later.renamedTo;
  history.existed ??= later.existed;
  history.isDatabase ||= later.isDatabase;
  history.before ??= later.before;
  history.time ??= later.time;
  for (const by of later.by) history.by.add(by);
  for (const process of later.processes) history.processes.add(process);
}

/** A history in which nothing has happened yet. */
export function newHistory(): History {
  return {
    first: "read",
    read: false,
    written: false,
    deleted: false,
    renamedTo: null,
    existed: null,
    isDatabase: false,
    before: null,
    time: null,
    by: new Set(),
    processes: new Set(),
  };
}

function open(history: History, { opened, before, time }: ObservedEvent & { kind: "file" }): void {
  const isNew = !history.read && !history.written && !history.deleted;
  if (isNew) {
    history.first =
      opened === "writing" || opened === "deleting" || before?.there === false ? "write" : "read";
    history.before = before;
    // Only what is there can be read or removed.
    history.existed = before?.there ?? (opened === "reading" || opened === "deleting" ? true : null);
    history.time = time;
  }
  if (opened === "deleting") {
    history.deleted = true;
    return;
  }
  history.deleted = false;
  if (opened !== "writing") history.read = true;
  if (opened === "writing" || opened === "both") history.written = true;
  if (opened === "database") history.isDatabase = true;
}

/** What was at the new name is gone, what was at the old one is there now. */
function rename(from: History, to: History, name: ObservedPath): void {
  if (!to.read && !to.written) to.first = "write";
  to.written = true;
  to.deleted = false;
  to.isDatabase ||= from.isDatabase;
  from.deleted = true;
  from.renamedTo = name;
}

/** `a//b` and `a/./b`; what `..` leads to, only the file system knows. */
function withoutDots(path: ObservedPath): ObservedPath {
  return path.replace(/\/(?:\.?\/)+/g, "/");
}
