/**
 * Reads what the injected programs (`inject/`) wrote: a line each, of fields with a tab between them, of which the first three are the
 * tag, the process and the line's number in it. A line may be torn, or never have come: the numbers tell.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { FileBefore, Mechanism, ObservedEvent, OpenedFor, StartedHow } from "./observed-event.js";

/** More than the injected programs ever write. */
const mostBytes = 512 * 1024 * 1024;

/** Never throws: without a spool there is nothing to tell. */
export function* readSpool(path: string): Generator<ObservedEvent> {
  const numbers = new Map<string, { count: number; last: number }>();
  for (const line of linesOf(path)) {
    const [tag = "", process = "", digits = "", ...escaped] = line.split("\t");
    const number = Number(digits);
    const event = /^\d{1,15}$/.test(digits) ? eventOf(tag, process, escaped.map(plain)) : null;
    if (event === null) continue;
    const told = numbers.get(process) ?? { count: 0, last: -1 };
    numbers.set(process, { count: told.count + 1, last: Math.max(told.last, number) });
    yield event;
  }
  const lost = [...numbers.values()].reduce((sum, { count, last }) => sum + last + 1 - count, 0);
  if (lost > 0) yield { kind: "lost", lines: lost };
}

/** What stands between line ends, in characters of one byte each. Also used for what `strace` writes. */
export function* linesOf(path: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return;
  }
  try {
    const block = Buffer.allocUnsafe(1024 * 1024);
    let rest = "";
    for (let read = 0; read < mostBytes; ) {
      const count = readSync(descriptor, block, 0, block.length, null);
      if (count === 0) break;
      read += count;
      const lines = (rest + block.toString("latin1", 0, count)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield line;
    }
    if (rest !== "") yield rest;
  } finally {
    closeSync(descriptor);
  }
}

const ways: Readonly<Record<string, OpenedFor>> = {
  r: "reading",
  w: "writing",
  b: "both",
  q: "database",
  d: "deleting",
};

function eventOf(tag: string, process: string, fields: readonly string[]): ObservedEvent | null {
  const [first = "", second = "", size = "", time = "", path = ""] = fields;
  if (tag === "S" && (first === "python" || first === "node"))
    return {
      kind: "process",
      process,
      by: first satisfies Mechanism,
      version: second,
      programs: fields.slice(2),
    };
  if (tag === "F" && fields.length === 5) {
    const opened = ways[first];
    const before = beforeOf(second, size, time);
    if (opened === undefined || before === undefined || !path.startsWith("/")) return null;
    return { kind: "file", process, opened, path, before, time: null };
  }
  if (tag === "M" && fields.length === 2 && first.startsWith("/") && second.startsWith("/"))
    return { kind: "rename", process, from: first, to: second };
  if (tag === "X" && fields.length === 2 && hows.has(first))
    return { kind: "program", how: first as StartedHow, name: second };
  return tag === "C" ? { kind: "capped" } : null;
}

const hows: ReadonlySet<string> = new Set(["seen", "cleared", "isolated"] satisfies StartedHow[]);

function beforeOf(form: string, size: string, time: string): FileBefore | undefined {
  if (form === "-") return { there: false };
  if ((form !== "f" && form !== "o") || !/^\d+$/.test(size) || !/^-?\d+$/.test(time)) return undefined;
  return { there: true, isRegular: form === "f", size: Number(size), mtimeNs: BigInt(time) };
}

function plain(field: string): string {
  return field.replace(/%(25|0A|09)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
