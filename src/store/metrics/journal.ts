/** The points of one journal, line by line, and what of it could not be read. */
import { longestLine } from "../../manifest/metrics.js";
import { createLineCutter, type Line } from "./cut-lines.js";
import { type ReadLine, readMetricLine } from "./metric-line.js";
import { looksTorn, wholeLinesIn } from "./parse-line.js";

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
      const { isTorn, read } = found;
      if (isTorn) torn += 1;
      else if (read.faults.length > 0) bad += 1;
      if (isTorn || read.faults.length > 0) name(line.number, found);
      const { step, time } = read;
      for (const [metric, value] of read.values) points.push({ metric, step, value, time, rank });
    }
    return points;
  }

  function name(line: number, { isTorn, read: { faults, values } }: FoundLine): void {
    if (lines.length >= mostLinesNamed) return;
    const saved = values.length > 0 ? "; the line behind it is read" : "";
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
  readonly isTorn: boolean;
  readonly read: ReadLine;
}

const nothing = { step: null, time: null, values: [], faults: [] };

/** `null` for a blank line, which says nothing. */
function readLine({ text, fault, isEnded }: Line): FoundLine | null {
  if (text === null) return { isTorn: false, read: { ...nothing, faults: [fault ?? ""] } };
  const read = readMetricLine(text);
  if (typeof read !== "string") return { isTorn: false, read };
  if (text.trim() === "") return null;
  for (const rest of wholeLinesIn(text)) {
    const whole = readMetricLine(rest);
    if (typeof whole !== "string") return { isTorn: true, read: whole };
  }
  return isEnded && !looksTorn(text)
    ? { isTorn: false, read: { ...nothing, faults: [read] } }
    : { isTorn: true, read: nothing };
}
