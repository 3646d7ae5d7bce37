/** Which process of which machine something was made by, and whether that process is gone. */
import { hostname } from "node:os";
import { sha256 } from "../manifest/digest.js";
import { identifyProcess } from "../process/identify-process.js";
import { startTimeOf } from "../process/observe-process.js";

export interface Owner {
  readonly host: string;
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  readonly pid: number;
  readonly start_time: number | null;
}

export function ownerHere(): Owner {
  const { boot_id, pid_namespace, pid, start_time } = identifyProcess();
  return { host: hostname(), boot_id, pid_namespace, pid, start_time };
}

/** Of another machine, or where processes cannot be seen, none is taken for gone. */
export function isGone(owner: Owner): boolean {
  return isGoneBeside(owner, ownerHere());
}

function isGoneBeside({ host, boot_id, pid_namespace, pid, start_time }: Owner, here: Owner): boolean {
  if (host !== here.host || boot_id === null || here.boot_id === null) return false;
  if (boot_id !== here.boot_id) return true;
  if (pid_namespace !== here.pid_namespace) return false;
  const start = startTimeOf(pid);
  const lives = start === undefined || (start !== null && (start_time === null || start === start_time));
  return !lives;
}

/** This process, as a part of a file's name: a folder is made and signed in one step. */
export function signature(): string {
  const { host, boot_id, pid_namespace, pid, start_time } = shortened(ownerHere());
  return [host, boot_id ?? "", pid_namespace ?? "", pid, start_time ?? ""].join("-");
}

export function isSignerGone(name: string): boolean {
  const [host = "", boot, namespace, pid, start] = name.split("-");
  const owner = {
    host,
    boot_id: boot || null,
    pid_namespace: namespace || null,
    pid: Number(pid),
    start_time: start ? Number(start) : null,
  };
  return Number.isInteger(owner.pid) && owner.pid > 0 && isGoneBeside(owner, shortened(ownerHere()));
}

function shortened(owner: Owner): Owner {
  const short = (text: string) => sha256(text).slice(0, 8);
  return {
    ...owner,
    host: short(owner.host),
    boot_id: owner.boot_id && short(owner.boot_id),
    pid_namespace: owner.pid_namespace && short(owner.pid_namespace),
  };
}
