/** Who started whom, and who holds which file open. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { readProc } from "./read-proc.js";

export function descendantsOf(ancestor: number): number[] {
  const found = new Set([ancestor]);
  addDescendants(found);
  found.delete(ancestor);
  return [...found];
}

/** Adds all that these processes have started, and those in turn; of processes that have ended, nothing. */
export function addDescendants(known: Set<number>): void {
  for (const pid of known) {
    for (const thread of threadsOf(pid)) {
      // Each thread has children of its own.
      const children = readProc(`/proc/${pid}/task/${thread}/children`);
      for (const child of children?.split(" ") ?? []) if (child !== "") known.add(Number(child));
    }
  }
  if (!childrenAreTold()) addByParents(known);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // It has ended.
  }
}

let told: boolean | undefined;

/** Linux has a file for it, where it was built with CONFIG_PROC_CHILDREN. */
function childrenAreTold(): boolean {
  told ??= existsSync(`/proc/self/task/${process.pid}/children`);
  return told;
}

/** The long way: everybody is asked who started them. */
function addByParents(known: Set<number>): void {
  const parents = parentsOfAll();
  for (let before = 0; before < known.size; ) {
    before = known.size;
    for (const [pid, parent] of parents) if (known.has(parent)) known.add(pid);
  }
}

function parentsOfAll(): [number, number][] {
  try {
    return pids().flatMap((pid) => {
      const parent = parentOf(pid);
      return parent === undefined ? [] : [[pid, parent]];
    });
  } catch {
    return parentsByPs();
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in brackets may hold anything, brackets included.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

function parentsByPs(): [number, number][] {
  try {
    const lines = execFileSync("ps", ["-axo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  } catch {
    return [];
  }
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

/** Processes that have one of the FIFOs open; empty off Linux, and without those of other users. */
export function holdersOf(fifos: readonly { readonly dev: bigint; readonly ino: bigint }[]): number[] {
  try {
    return pids().filter((pid) =>
      descriptorsOf(pid).some((path) => fifos.some((fifo) => isSame(path, fifo))),
    );
  } catch {
    return [];
  }
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
  } catch {
    return [];
  }
}

function isSame(path: string, { dev, ino }: { readonly dev: bigint; readonly ino: bigint }): boolean {
  try {
    const stat = statSync(path, { bigint: true });
    return stat.dev === dev && stat.ino === ino;
  } catch {
    return false;
  }
}
