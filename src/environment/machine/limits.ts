/**
 * What the control group allows. Asked from the kernel's files: `os.availableParallelism()` does not see CPU quotas, and
 * `process.constrainedMemory()` answers 2^64 where there is no limit.
 */
import { posix } from "node:path";
import type { Machine } from "../../generated/types.js";
import { findText } from "./system-files.js";

export type Limits = Machine["limits"];

/** `systemRoot` is where /proc and /sys are found. */
export function captureLimits(systemRoot = "/"): Limits {
  const groups = parseControlGroups(findText(posix.join(systemRoot, "proc/self/cgroup")) ?? "");
  const mount = posix.join(systemRoot, "sys/fs/cgroup");
  const cpu = groups.v1.get("cpu");
  const memory = groups.v1.get("memory");
  if (cpu !== undefined || memory !== undefined) {
    return {
      cpu_quota: tightest(cpu, [`${mount}/cpu`, `${mount}/cpu,cpuacct`], quotaOfVersion1),
      memory_bytes: tightest(memory, [`${mount}/memory`], (folder) =>
        parseBytes(findText(`${folder}/memory.limit_in_bytes`)),
      ),
      source: "cgroup v1",
    };
  }
  if (groups.v2 === undefined) return { cpu_quota: null, memory_bytes: null, source: null };
  return {
    cpu_quota: tightest(groups.v2, [mount], (folder) => parseCpuMax(findText(`${folder}/cpu.max`))),
    memory_bytes: tightest(groups.v2, [mount], (folder) => parseBytes(findText(`${folder}/memory.max`))),
    source: "cgroup v2",
  };
}

export interface ControlGroups {
  /** Path of the group by controller. */
  readonly v1: ReadonlyMap<string, string>;
  readonly v2: string | undefined;
}

/** The lines of /proc/self/cgroup: `4:cpu,cpuacct:/a/b` in version 1, `0::/a/b` in version 2; both at once in hybrid systems. */
export function parseControlGroups(text: string): ControlGroups {
  const v1 = new Map<string, string>();
  let v2: string | undefined;
  for (const line of text.split("\n")) {
    const parts = /^(\d+):([^:]*):(.*)$/.exec(line);
    if (parts === null) continue;
    const [, , controllers, path] = parts as unknown as [string, string, string, string];
    if (controllers === "") v2 = path;
    else for (const controller of controllers.split(",")) v1.set(controller, path);
  }
  return { v1, v2 };
}

/** Cores from `150000 100000` (quota and period in microseconds); null for `max`. */
export function parseCpuMax(text: string | undefined): number | null {
  const [quota, period] = (text ?? "").trim().split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null;
}

/** Null for `max`, and for the number near 2^63 that version 1 shows where there is no limit. */
export function parseBytes(text: string | undefined): number | null {
  const bytes = Number(text?.trim() || "max");
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

function quotaOfVersion1(folder: string): number | null {
  const quota = findText(`${folder}/cpu.cfs_quota_us`);
  return parseCpuMax(`${quota?.trim() ?? ""} ${findText(`${folder}/cpu.cfs_period_us`)?.trim() ?? ""}`);
}

/** A group is held by its parents' limits too. In a container the path may be the host's: then only the mount itself answers. */
function tightest(
  group: string | undefined,
  mounts: readonly string[],
  read: (folder: string) => number | null,
): number | null {
  if (group === undefined) return null;
  let least: number | null = null;
  for (const mount of mounts) {
    for (let path = posix.join("/", group); ; path = posix.dirname(path)) {
      const limit = read(path === "/" ? mount : mount + path);
      if (limit !== null && (least === null || limit < least)) least = limit;
      if (path === "/") break;
    }
  }
  return least;
}
