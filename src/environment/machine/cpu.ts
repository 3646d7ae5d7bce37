/**
 * The processors. `os.cpus()` reads the clock rate of every processor, which takes milliseconds on large machines, so on Linux the
 * first entry of /proc/cpuinfo and the kernel's own lists are enough.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import type { Machine } from "../../generated/types.js";
import { findText } from "./system-files.js";

export function captureCpu(): Machine["cpu"] {
  const online = countOfList(findText("/sys/devices/system/cpu/online") ?? "");
  const model = parseCpuModel(findStart("/proc/cpuinfo"));
  const fallback = online === 0 || model === null ? cpus() : [];
  return {
    model: model ?? (fallback[0]?.model.trim() || null),
    logical_cores: online || fallback.length || availableParallelism(),
    available_cores: availableParallelism(),
    affinity: parseAffinity(findText("/proc/self/status") ?? ""),
  };
}

/** ARM processors have no `model name`. */
export function parseCpuModel(cpuinfo: string): string | null {
  return /^model name\s*:[ \t]*(\S.*?)\s*$/m.exec(cpuinfo)?.[1] ?? null;
}

export function parseAffinity(status: string): string | null {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? null;
}

/** `0-3,8` holds five. */
export function countOfList(list: string): number {
  let count = 0;
  for (const range of list.trim().split(",")) {
    const [first, last = first] = range.split("-").map((bound) => Number.parseInt(bound, 10));
    if (first !== undefined && last !== undefined && last >= first) count += last - first + 1;
  }
  return count;
}

/** One processor's entry fits: the whole file has one for each and grows to a megabyte. */
function findStart(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const buffer = Buffer.allocUnsafe(4096);
    return buffer.toString("utf8", 0, readSync(descriptor, buffer));
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}
