/** Whose a work tree is: written down before Git hears of it, so that what a kill leaves behind is known for ours. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The process that works in it; what the system does not tell is `null`. */
export interface WorktreeOwner {
  readonly host: string;
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  readonly pid: number;
  readonly start_time: number | null;
}

export const ownerFile = "colophon-owner.json";

const prefix = "colophon-reproduce-";

/** The number of its process stands in the name of a folder, as it is there before anything is written into it. */
export function scratchPrefix({ pid }: WorktreeOwner): string {
  return `${prefix}${pid}-`;
}

export function isScratchName(name: string): boolean {
  return pidIn(name) !== undefined;
}

/** Of a folder that nothing has been written into yet, by a process of this very machine. */
export function ownerByName(name: string, here: WorktreeOwner): WorktreeOwner | undefined {
  const pid = pidIn(name);
  return pid === undefined ? undefined : { ...here, pid, start_time: null };
}

function pidIn(name: string): number | undefined {
  const digits = /^colophon-reproduce-([0-9]+)-/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function writeOwner(folder: string, owner: WorktreeOwner): void {
  writeFileSync(join(folder, ownerFile), `${JSON.stringify(owner)}\n`, { mode: 0o600 });
}

/** From then on it is the user's. */
export function forgetOwner(folder: string): void {
  rmSync(join(folder, ownerFile), { force: true });
}

/** `undefined` where none is named, or in words that are not ours. */
export function readOwner(folder: string): WorktreeOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(folder, ownerFile), "utf8")) as Partial<WorktreeOwner> | null;
    if (typeof owner?.host !== "string" || !Number.isSafeInteger(owner.pid)) return undefined;
    const { host, boot_id = null, pid_namespace = null, pid = 0, start_time = null } = owner;
    return { host, boot_id, pid_namespace, pid, start_time };
  } catch {
    return undefined;
  }
}
