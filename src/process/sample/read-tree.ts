/**
 * What a process and all below it have used, from /proc alone. What a process had used when it was waited for stands in the counters of
 * its parent, so that nothing is lost of those that end properly; what one used that was orphaned and has ended is not known.
 */
import { addDescendants } from "../process-table.js";
import { readProc } from "../read-proc.js";

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
    const last = readProc("/proc/loadavg")?.trimEnd().split(" ").at(-1) ?? "";
    if (last === "" || last !== newest) addDescendants(known);
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
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc(5): behind the name in brackets, which may hold anything: the state is field 3, the times are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "X" || fields[0] === "x") return null;
  const status = readProc(`/proc/${pid}/status`) ?? "";
  const io = readProc(`/proc/${pid}/io`) ?? "";
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
