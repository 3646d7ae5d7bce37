/** The points of one journal, line by line, and what of it could not be read. */
import { longestLine } from "../../manifest/metrics.js";
import { createLineCutter, type Line } from "./cut-lines.js";
import { type ReadLine, readMetricLine } from "./metric-line.js";
import { looksTorn, splitRunTogether, wholeLinesIn } from "./parse-line.js";

/** One value of one metric. */
export interface MetricPoint {
  readonly metric: string;
  readonly step: number | null;
  /** NaN and infinities included. */
  readonly value: number;
  /** As it was written, UTC. */
  readonly time: string | null;
  /** Of a process that wrote to `metrics.<rank>.jsonl`. */
  readonly rank: string | null;
}

/** What of a journal could not be read. Nothing of it stops the reading. */
export interface JournalProblems {
  /** In the run folder. */
  readonly path: string;
  /** Lines whose writer was stopped in the middle of them. */
  readonly torn: number;
  /** Other lines that hold something that is no point. What else they hold is read. */
  readonly bad: number;
  /** The first hundred of both. */
  readonly lines: readonly { readonly line: number; readonly message: string }[];
  /** Why nothing, or no more, of the file could be read. */
  readonly unreadable: string | null;
}

export interface Journal {
  push(chunk: Uint8Array): MetricPoint[];
  end(): MetricPoint[];
  /** `undefined` while nothing is wrong. */
  problems(unreadable?: string): JournalProblems | undefined;
}

const mostLinesNamed = 100;

export function createJournal(path: string, rank: string | null): Journal {
  const cutter = createLineCutter(longestLine);
  const lines: { line: number; message: string }[] = [];
  let torn = 0;
  let bad = 0;

  function read(cut: readonly Line[]): MetricPoint[] {
    const points: MetricPoint[] = [];
    for (const line of cut) {
      const found = readLine(line);
      if (found === null) continue;
      const { isTorn, lines } = found;
      const isBad = lines.some(({ faults }) => faults.length > 0);
      if (isTorn) torn += 1;
      else if (isBad) bad += 1;
      if (isTorn || isBad) name(line.number, found);
      for (const { step, time, values } of lines)
        for (const [metric, value] of values) points.push({ metric, step, value, time, rank });
    }
    return points;
  }

  function name(line: number, { isTorn, lines: found }: FoundLine): void {
    if (lines.length >= mostLinesNamed) return;
    const faults = found.flatMap(({ faults }) => faults);
    const saved = found.length === 0 ? "" : `; what is whole on it is read: ${found.length}`;
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
    const message = isTorn ? `was not written to its end${saved}` : `${faults[0]}${more}`;
    lines.push({ line, message });
  }

  return {
    push: (chunk) => read(cutter.push(chunk)),
    end: () => read(cutter.end()),
    problems: (unreadable) =>
      torn + bad === 0 && unreadable === undefined
        ? undefined
        : { path, torn, bad, lines: [...lines], unreadable: unreadable ?? null },
  };
}

interface FoundLine {
  /** Its writer, or that of a line before it on the same line, did not come to the end. */
  readonly isTorn: boolean;
  readonly lines: readonly ReadLine[];
}

const nothing = { step: null, time: null, values: [], faults: [] };

/** `null` for a blank line, which says nothing. */
function readLine({ text, fault, isEnded }: Line): FoundLine | null {
  if (text === null) return { isTorn: false, lines: [{ ...nothing, faults: [fault ?? ""] }] };
  const read = readMetricLine(text);
  if (typeof read !== "string") return { isTorn: false, lines: [read] };
  if (text.trim() === "") return null;
  const lines = readRunTogether(text);
  if (lines.length > 0) return { isTorn: true, lines };
  return isEnded && !looksTorn(text)
    ? { isTorn: false, lines: [{ ...nothing, faults: [read] }] }
    : { isTorn: true, lines: [] };
}

/** Every whole line, also behind a torn one. */
function readRunTogether(text: string): ReadLine[] {
  const lines: ReadLine[] = [];
  const take = (part: string): boolean => {
    const read = readMetricLine(part);
    if (typeof read !== "string") lines.push(read);
    return typeof read !== "string";
  };
  let rest = splitRunTogether(text, take);
  // Of a line of nothing but torn ones, not every place is tried.
  for (let torn = 0; torn < mostTorn && !take(rest); torn += 1) {
    const before = lines.length;
    for (const behind of wholeLinesIn(rest)) {
      rest = splitRunTogether(behind, take);
      if (lines.length > before) break;
      if (take(behind)) return lines;
    }
    if (lines.length === before) break;
  }
  return lines;
}

const mostTorn = 16;
