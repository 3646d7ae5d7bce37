/**
 * Reads what `strace -f -ttt -y -z` wrote: `4711 1795282259.123456 openat(AT_FDCWD</study>, "a.csv", O_RDONLY) = 3</study/a.csv>`, one
 * successful call a line.
 */
import type { ObservedEvent, ObservedPath, OpenedFor } from "./observed-event.js";
import { linesOf } from "./read-spool.js";

/** The calls that `strace` is asked for; a system that lacks one is asked for it with `?`. */
export const tracedCalls = [
  "?open",
  "openat",
  "?openat2",
  "?creat",
  "?truncate",
  "?rename",
  "?renameat",
  "?renameat2",
  "?unlink",
  "unlinkat",
  "?link",
  "linkat",
  "?symlink",
  "symlinkat",
  "execve",
];

/** `folder`: where the command starts; a process that names none is taken to stand there. */
export function* readTrace(path: string, folder: ObservedPath): Generator<ObservedEvent> {
  const folders = new Map<string, ObservedPath>();
  for (const line of linesOf(path)) {
    const [, pid, seconds, fraction, name, rest] = /^(\d+) +(\d+)\.(\d+) (\w+)\((.*)$/.exec(line) ?? [];
    if (pid === undefined || name === undefined || rest === undefined) continue;
    const process = `strace.${pid}`;
    if (!folders.has(pid)) yield { kind: "process", process, by: "strace", version: null, programs: [] };
    const call = parseCall(rest);
    const place = call.current ?? folders.get(pid) ?? folder;
    folders.set(pid, place);
    const time = BigInt(seconds ?? 0) * 1_000_000_000n + BigInt((fraction ?? "").padEnd(9, "0").slice(0, 9));
    for (const event of eventsOf(name, call, place)) yield { ...event, process, time } as ObservedEvent;
  }
}

interface Call {
  /** Words in quotes, and the folder that an open descriptor before each names. */
  readonly paths: readonly { readonly path: string; readonly folder: ObservedPath | null }[];
  readonly flags: string;
  /** Where the process stands, when the call says so. */
  readonly current: ObservedPath | null;
  /** What the descriptor that it gave stands for. */
  readonly result: ObservedPath | null;
}

const word = /(AT_FDCWD|\d+)<((?:[^<>\\]|\\.)*)>|"((?:[^"\\]|\\.)*)"/g;

function parseCall(rest: string): Call {
  const at = rest.lastIndexOf(") = ");
  const words = at < 0 ? rest : rest.slice(0, at);
  const paths: { path: string; folder: ObservedPath | null }[] = [];
  let folder: ObservedPath | null = null;
  let current: ObservedPath | null = null;
  for (const [, descriptor, place, quoted] of words.matchAll(word)) {
    if (place !== undefined) {
      folder = plain(place);
      if (descriptor === "AT_FDCWD") current = folder;
    } else if (quoted !== undefined) {
      paths.push({ path: plain(quoted), folder });
      folder = null;
    }
  }
  const given = /^\d+<((?:[^<>\\]|\\.)*)>/.exec(rest.slice(at + 4))?.[1];
  const flags = words.slice(words.lastIndexOf('"') + 1);
  return { paths, flags, current, result: given === undefined ? null : plain(given) };
}

function* eventsOf(name: string, call: Call, place: ObservedPath): Generator<object> {
  const [first, second] = call.paths.map(({ path, folder }) =>
    path.startsWith("/") ? path : `${folder ?? place}/${path}`,
  );
  if (first === undefined) return;
  const file = (opened: OpenedFor, path: ObservedPath) => ({ kind: "file", opened, path, before: null });
  if (name === "execve") {
    yield file("reading", first);
    yield { kind: "program", name: first.slice(first.lastIndexOf("/") + 1), how: "seen" };
  } else if (name.startsWith("rename") && second !== undefined) {
    yield { kind: "rename", from: first, to: second };
  } else if (name.startsWith("unlink")) {
    if (!call.flags.includes("AT_REMOVEDIR")) yield file("deleting", first);
  } else if (name === "truncate" || name === "creat") {
    yield file("writing", first);
  } else if (/^(sym)?link/.test(name)) {
    if (second !== undefined) yield file("writing", second);
  } else if (!/O_(DIRECTORY|PATH|TMPFILE)/.test(call.flags)) {
    yield file(openedFor(call.flags), call.result ?? first);
  }
}

function openedFor(flags: string): OpenedFor {
  if (flags.includes("O_WRONLY")) return "writing";
  if (!flags.includes("O_RDWR")) return "reading";
  return flags.includes("O_TRUNC") ? "writing" : "both";
}

const letters: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v" };

/** As C writes it: `\n`, `\"`, `\303`. A file that is gone by then has `(deleted)` behind its name. */
function plain(text: string): string {
  return text
    .replace(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)/g, (_, code: string) => {
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
      if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return letters[code] ?? code;
    })
    .replace(/ ?\(deleted\)$/, "");
}
