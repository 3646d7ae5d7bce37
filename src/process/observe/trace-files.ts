/** What `strace` writes: not without end, and read when it is whole. */
import { readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { usersOf } from "../observe-process.js";

const mostTraced = 1024 ** 3;
const lookMilliseconds = 1000;

/** `strace` writes without end. A command that opens millions of files goes on without it. */
export function boundTraces(
  live: string,
  current: () => string | undefined,
): { readonly isCut: () => boolean; readonly stop: () => void } {
  let isCut = false;
  const timer = setInterval(() => {
    const path = current();
    if (path === undefined || sizeOf(path) < mostTraced) return;
    isCut = true;
    for (const pid of usersOf(live) ?? []) if (isStrace(pid)) endQuietly(pid);
  }, lookMilliseconds);
  timer.unref();
  return { isCut: () => isCut, stop: () => clearInterval(timer) };
}

function isStrace(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1") === "strace\n";
  } catch {
    return false;
  }
}

/** The kernel lets go of what it traced. */
function endQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {}
}

/** `strace` ends a moment after the command; what is left running keeps it, and is not waited for. */
export async function untilWritten(path: string): Promise<void> {
  let before = -1;
  for (let looked = 0; looked < 20; looked += 1) {
    const size = sizeOf(path);
    if (size === before && looked > 1) return;
    before = size;
    await pause(25);
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
