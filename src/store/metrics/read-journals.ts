/** The metrics of a run: its journal, and those of other processes of its job, read as one. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
} from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createJournal, type JournalProblems, type MetricPoint } from "./journal.js";

export type { JournalProblems, MetricPoint } from "./journal.js";

/** The points in the order of their lines, one journal after the other: `metrics.jsonl` first, then by rank. */
export interface MetricReading extends AsyncIterable<MetricPoint> {
  /** Of the journals read so far, those of which something could not be read; complete when the iteration is. */
  readonly problems: readonly JournalProblems[];
}

/**
 * Every point of the run in this folder, whatever else stands in its journals; none when there are none. Journals may be larger than
 * memory. Of one that grows meanwhile, what it held when it was opened is read. Rejects never: what cannot be read is a problem.
 */
export function readMetrics(folderPath: string): MetricReading {
  const problems: JournalProblems[] = [];
  return {
    problems,
    async *[Symbol.asyncIterator]() {
      problems.length = 0;
      for await (const points of readBlocks(folderPath, problems)) yield* points;
    },
  };
}

/** The same, a call for each point: for journals of millions. */
export async function visitMetrics(
  folderPath: string,
  visit: (point: MetricPoint) => void,
): Promise<readonly JournalProblems[]> {
  const problems: JournalProblems[] = [];
  for await (const points of readBlocks(folderPath, problems)) for (const point of points) visit(point);
  return problems;
}

/**
 * The same without waiting, for a process that just ends; `null`, and no call, where there is more than `mostBytes` to be read.
 */
export function visitMetricsNow(
  folderPath: string,
  visit: (point: MetricPoint) => void,
  mostBytes: number,
): readonly JournalProblems[] | null {
  const problems: JournalProblems[] = [];
  const journals = listJournals(folderPath, problems);
  const sizes = journals.map(
    ({ name }) => lstatSync(join(folderPath, name), { throwIfNoEntry: false })?.size,
  );
  if (sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) > mostBytes) return null;
  for (const { name, rank } of journals) {
    const journal = createJournal(name, rank);
    let unreadable: string | undefined;
    try {
      for (const point of journal.push(readWhole(join(folderPath, name), mostBytes))) visit(point);
    } catch (error) {
      unreadable = reasonOf(error as NodeJS.ErrnoException);
    }
    for (const point of journal.end()) visit(point);
    const found = journal.problems(unreadable);
    if (found !== undefined) problems.push(found);
  }
  return problems;
}

async function* readBlocks(folder: string, problems: JournalProblems[]): AsyncGenerator<MetricPoint[]> {
  for (const { name, rank } of listJournals(folder, problems)) {
    const journal = createJournal(name, rank);
    let unreadable: string | undefined;
    try {
      for await (const chunk of readChunks(join(folder, name))) yield journal.push(chunk);
    } catch (error) {
      unreadable = reasonOf(error as NodeJS.ErrnoException);
    }
    yield journal.end();
    const found = journal.problems(unreadable);
    if (found !== undefined) problems.push(found);
  }
}

interface JournalFile {
  readonly name: string;
  readonly rank: string | null;
}

/** In the order in which they are read. */
export function listJournals(folder: string, problems: JournalProblems[]): JournalFile[] {
  const found = entriesOf(folder, problems).flatMap(({ name }) => {
    const form = /^metrics(?:\.([A-Za-z0-9_.-]{1,100}))?\.jsonl$/.exec(name);
    return form === null ? [] : [{ name, rank: form[1] ?? null }];
  });
  return found.length < 2 ? found : sortByRank(found);
}

/** What a collator needs to know of languages is loaded with it, for longer than a run of one process is read. */
function sortByRank(journals: readonly JournalFile[]): JournalFile[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return journals.toSorted((a, b) => compare(a.rank ?? "", b.rank ?? "") || (a.name < b.name ? -1 : 1));
}

function entriesOf(folder: string, problems: JournalProblems[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // No folder, no journals.
    if (code !== "ENOENT" && code !== "ENOTDIR")
      problems.push({ path: ".", torn: 0, bad: 0, lines: [], unreadable: message });
    return [];
  }
}

const chunkSize = 256 * 1024;

/** A link would lead out of the folder, and a pipe would be waited for: neither is a journal. */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  // Most runs have no journal, and then nobody loads this.
  const { open } = await import("node:fs/promises");
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new Error("it is not a regular file");
    yield* readUpTo(file, status.size);
  } finally {
    await file.close();
  }
}

function readWhole(path: string, mostBytes: number): Uint8Array {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new Error("it is not a regular file");
    const bytes = Buffer.allocUnsafe(Math.min(status.size, mostBytes));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

async function* readUpTo(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(chunkSize);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunkSize, size - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ELOOP" || code === "EMLINK") return "it is a link, which is not followed";
  return message;
}
