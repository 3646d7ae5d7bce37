/**
 * What a process and all below it have used, from /proc alone. What a process had used when it was waited for stands in the counters of
 * its parent, so that nothing is lost of those that end properly; what one used that was orphaned and has ended is not known.
 */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { descendantsOf } from "../process-table.js";

export interface TreeUsage {
  readonly processes: number;
  /** Since they began, user and system; `null` where the system does not tell. */
  readonly cpu_seconds: number | null;
  /** Memory that is in use now, summed: what processes share counts for each. */
  readonly rss_bytes: number;
  /** The most that any one process had in use at once. */
  readonly peak_process_bytes: number | null;
  /** From and to storage, caches not counted; `null` where the system does not tell. */
  readonly read_bytes: number | null;
  readonly written_bytes: number | null;
}

/** `null` when none of them lives any more. */
export type TreeReader = () => TreeUsage | null;

/** Of user time in /proc, whatever the kernel itself counts in. */
const ticksPerSecond = 100;

export function readTree(root: number): TreeReader {
  const known = new Set([root]);
  let newest = "";
  return () => {
    // Its last word is the number that was given to a process or thread last: without a new one there is no new process.
    const last = read("/proc/loadavg")?.trimEnd().split(" ").at(-1) ?? "";
    if (last === "" || last !== newest) addDescendants(known, root);
    newest = last;
    const all = [...known].flatMap((pid) => {
      const used = readProcess(pid);
      if (used === null) known.delete(pid);
      return used ?? [];
    });
    return all.length === 0 ? null : sumOf(all);
  };
}

interface ProcessUsage {
  readonly ticks: number;
  readonly rss: number;
  readonly peak: number;
  readonly read: number | null;
  readonly written: number | null;
}

/** `null` for one that has ended. A number that was given to another process meanwhile is a risk of a second. */
function readProcess(pid: number): ProcessUsage | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc(5): behind the name in brackets, which may hold anything: the state is field 3, the times are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "X" || fields[0] === "x") return null;
  const status = read(`/proc/${pid}/status`) ?? "";
  const io = read(`/proc/${pid}/io`) ?? "";
  const kibibytes = (name: string) => (numberIn(status, name) ?? 0) * 1024;
  return {
    ticks: [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0),
    rss: kibibytes("VmRSS:"),
    peak: kibibytes("VmHWM:"),
    read: numberIn(io, "\nread_bytes:"),
    written: numberIn(io, "\nwrite_bytes:"),
  };
}

function numberIn(text: string, name: string): number | null {
  const at = text.indexOf(name);
  return at < 0 ? null : Number.parseInt(text.slice(at + name.length), 10);
}

function sumOf(all: readonly ProcessUsage[]): TreeUsage {
  const sum = (of: (one: ProcessUsage) => number | null) =>
    all.reduce((total, one) => total + (of(one) ?? 0), 0);
  // Of another user's process, as after sudo, the system does not tell: then the sum would be too little.
  const told = (of: (one: ProcessUsage) => number | null) =>
    all.some((one) => of(one) === null) ? null : sum(of);
  return {
    processes: all.length,
    cpu_seconds: sum(({ ticks }) => ticks) / ticksPerSecond,
    rss_bytes: sum(({ rss }) => rss),
    peak_process_bytes: Math.max(...all.map(({ peak }) => peak)),
    read_bytes: told(({ read }) => read),
    written_bytes: told(({ written }) => written),
  };
}

/** Each thread has children of its own. A kernel that was built without these files is asked the long way. */
function addDescendants(known: Set<number>, root: number): void {
  for (const pid of known) {
    for (const thread of threadsOf(pid)) {
      const children = read(`/proc/${pid}/task/${thread}/children`);
      if (children === null && pid === root) {
        for (const descendant of descendantsOf(root)) known.add(descendant);
        return;
      }
      for (const child of children?.split(" ") ?? []) if (child !== "") known.add(Number(child));
    }
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // It has ended.
  }
}

const room = Buffer.allocUnsafe(16 * 1024);

/** `null` when there is no such file, or it may not be read. */
function read(path: string): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    return room.toString("latin1", 0, readSync(descriptor, room, 0, room.length, 0));
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
