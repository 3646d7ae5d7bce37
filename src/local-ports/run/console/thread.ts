/**
 * Reads printed metrics out of the logs of a command while it runs, in a thread of its own: whatever a pattern does, the command's
 * output goes on. The log is read, not the stream: it is what lies between a fast program and slow patterns, without secrets already.
 */
import { openSync, readSync } from "node:fs";
import { createContext, Script } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { formatUtc } from "../../../manifest/timestamps.js";
import { createLineMatcher, type PatternTally } from "../../../operations/console/match-lines.js";
import type { MetricPattern } from "../../../operations/console/metric-pattern.js";
import { createPrintedLines, type PrintedLines } from "../../../operations/console/printed-lines.js";
import { type JournalWriter, openJournal } from "../../../store/metrics/append-journal.js";

export interface ConsoleTask {
  readonly patterns: readonly MetricPattern[];
  readonly logs: readonly { readonly stream: string; readonly path: string }[];
  readonly journal: string;
}

export interface ConsoleTally {
  readonly patterns: readonly PatternTally[];
  readonly lines_too_long: number;
  /** Lines of the journal. */
  readonly written: number;
  /** Lines that the journal could not take. */
  readonly lost: number;
}

/** Between two looks, in milliseconds: short while there is output, longer and longer while there is none. */
const [shortest, longest] = [10, 150];
/** For what is read at once; a pattern that takes longer is not let loose on the rest of the line. */
const budget = 250;
const pieceLength = 64 * 1024;

export function runConsoleThread(): void {
  const { patterns, logs, journal } = workerData as ConsoleTask;
  const matcher = createLineMatcher(patterns);
  const work = withinBudget(() => matcher.work());
  const writer = countLines(openJournal(journal));
  const sources = logs.map(({ stream, path }) => ({
    stream,
    lines: createPrintedLines(),
    read: followFile(path),
  }));
  const found = () => {
    while (!work()) matcher.skip();
    for (const point of matcher.take()) writer.append(point);
  };
  const tally = (): ConsoleTally => ({
    patterns: matcher.tallies,
    lines_too_long: sources.reduce((sum, { lines }) => sum + lines.tooLong, 0),
    written: writer.written,
    lost: writer.lost,
  });
  const look = (): boolean => {
    let any = false;
    for (const { stream, lines, read } of sources) {
      const piece = read();
      any ||= piece.length > 0;
      matcher.add(stream, lines.push(piece));
    }
    if (any) found();
    return any;
  };
  const finish = (ends: readonly { readonly stream: string; readonly lines: PrintedLines }[]) => {
    for (const { stream, lines } of ends) matcher.add(stream, lines.end());
    found();
    parentPort?.postMessage(tally());
    parentPort?.close();
  };

  let isOver = false;
  let pause = shortest;
  parentPort?.on("message", () => {
    isOver = true;
    clearTimeout(timer);
    step();
  });
  const step = () => {
    const any = look();
    if (!any && isOver) return finish(sources);
    pause = any ? shortest : Math.min(2 * pause, longest);
    // What has been found so far is known, should there be no time for the rest.
    if (any) parentPort?.postMessage(tally());
    timer = setTimeout(step, any ? 0 : pause);
  };
  let timer = setTimeout(step, 0);
}

/** Gives `false` when the work was stopped: V8 looks, while a regular expression goes back and forth, whether it is to stop. */
function withinBudget(work: () => void): () => boolean {
  const script = new Script("work()");
  const context = createContext({ work });
  return () => {
    try {
      script.runInContext(context, { timeout: budget });
      return true;
    } catch {
      return false;
    }
  };
}

/** Gives what has been added to the file since; nothing while it cannot be read. */
function followFile(path: string): () => Uint8Array {
  const piece = Buffer.allocUnsafe(pieceLength);
  let descriptor: number | undefined;
  let at = 0;
  return () => {
    try {
      descriptor ??= openSync(path, "r");
      const length = readSync(descriptor, piece, 0, pieceLength, at);
      at += length;
      return piece.subarray(0, length);
    } catch {
      return nothing;
    }
  };
}

const nothing = new Uint8Array(0);

interface CountedJournal {
  readonly append: (point: { readonly step: number | null; readonly metrics: object }) => void;
  readonly written: number;
  readonly lost: number;
}

/** A full disk must not stop the reading: there may be room again. */
function countLines(journal: JournalWriter): CountedJournal {
  let written = 0;
  let lost = 0;
  return {
    append: ({ step, metrics }) => {
      try {
        journal.append(`${JSON.stringify({ step, time: formatUtc(Date.now()), metrics })}\n`);
        written += 1;
      } catch {
        lost += 1;
      }
    },
    get written() {
      return written;
    },
    get lost() {
      return lost;
    },
  };
}
