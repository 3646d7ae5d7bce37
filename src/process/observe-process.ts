/** What the machine says about processes: whether one lives, when it started, and who still writes in a folder. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isKeeper } from "./drain/keeper.js";

/**
 * Start of a living process in clock ticks since boot; `null` when none has that number, `undefined` when one has it and more is not
 * told: without /proc, or where it hides the processes of other users.
 */
export function startTimeOf(pid: number): number | null | undefined {
  const stat = readStat(pid);
  if (stat === null) return isAlive(pid) ? undefined : null;
  return "ZXx".includes(stat.state) ? null : stat.startTime;
}

interface Stat {
  readonly state: string;
  readonly startTime: number;
}

/** proc(5): behind the name in brackets, which may hold anything, stand the state (field 3) and, 19 further, the start. */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "X", startTime: Number(fields[19]) };
  } catch {
    return null;
  }
}

/** Start of a living process in milliseconds since 1970, by `ps`: `null` when there is none, `undefined` when it is not told. */
export function startedAtOf(pid: number): number | null | undefined {
  const { status, stdout, error } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
  });
  if (error !== undefined) return isAlive(pid) ? undefined : null;
  const [, state = "Z", started = ""] = /^\s*(\S+)\s+(.*?)\s*$/.exec(stdout) ?? [];
  if (status !== 0 || state.startsWith("Z")) return null;
  const time = Date.parse(`${started} UTC`);
  return Number.isNaN(time) ? undefined : time;
}

/** A process of another user's may not be signalled, but it is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Processes that write below a folder (absolute, without links), or are about to: those that have a file there open for writing, and keepers that
 * stand there (`drain/keeper.ts`). Of other users, only those that the system shows. `null` where it shows none at all.
 */
export function writersBelow(folder: string): number[] | null {
  const pids = listPids();
  if (pids === null) return parseLsof(callLsof(folder));
  const inside = `${folder}/`;
  return pids.filter((pid) => pid !== process.pid && (writesBelow(pid, inside) || standsBelow(pid, folder)));
}

/** Processes that stand in the folder or have something of it open, be it without a name by now. `null` where it is not told. */
export function usersOf(folder: string): number[] | null {
  const inside = `${folder}/`;
  const isInside = (place: string | null) => place === folder || place?.startsWith(inside) === true;
  const uses = (pid: number) =>
    isInside(linkOf(`/proc/${pid}/cwd`)) || filesOf(pid).some(({ path }) => isInside(path));
  return listPids()?.filter((pid) => pid !== process.pid && uses(pid)) ?? null;
}

function listPids(): number[] | null {
  try {
    return readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    return null;
  }
}

function writesBelow(pid: number, inside: string): boolean {
  return filesOf(pid).some(({ number, path }) => path?.startsWith(inside) && isForWriting(pid, number));
}

function filesOf(pid: number): { readonly number: string; readonly path: string | null }[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((number) => ({
      number,
      path: linkOf(`/proc/${pid}/fd/${number}`),
    }));
  } catch {
    return []; // Another user's, or it has ended meanwhile.
  }
}

/** proc(5): octal, of which the last two bits say how it is open. */
function isForWriting(pid: number, number: string): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/fdinfo/${number}`, "latin1");
    return (Number.parseInt(/^flags:\s*([0-7]+)/m.exec(text)?.[1] ?? "0", 8) & 3) !== 0;
  } catch {
    return false;
  }
}

/** The keeper opens the log only when its tracker is gone; until then it stands beside it. A user's own shell may stand there too. */
function standsBelow(pid: number, folder: string): boolean {
  const place = linkOf(`/proc/${pid}/cwd`);
  if (place !== folder && place?.startsWith(`${folder}/`) !== true) return false;
  try {
    return isKeeper(readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0"));
  } catch {
    return false;
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function callLsof(folder: string): string | null {
  const { error, stdout } = spawnSync("lsof", ["-F", "pcfa", "+D", folder], { encoding: "utf8" });
  return error === undefined ? stdout : null;
}

/** `p4711` begins a process, `cNAME` names its program, `fcwd` or `f3` a file, `aw` or `au` says that it is open for writing. */
export function parseLsof(output: string | null): number[] | null {
  if (output === null) return null;
  const found = new Set<number>();
  let pid = 0;
  let program = "";
  for (const line of output.split("\n")) {
    const value = line.slice(1);
    if (line[0] === "p") pid = Number(value);
    else if (line[0] === "c") program = value;
    else if (line === "aw" || line === "au" || (line === "fcwd" && program === "sh")) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}
