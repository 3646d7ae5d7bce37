/**
 * The points of a run in columns: of each metric of each process blocks of steps, values and times, each with a checksum; behind them a
 * directory with a checksum of its own, and where it begins. Written once, then only read, in the byte order of this machine.
 */
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { removeQuietly } from "../../files/remove-quietly.js";

export type Moments = "step" | "time";

export interface PointsAsked {
  /** By default all. */
  readonly metric: string | undefined;
  readonly moments: Moments;
}

/** Points of one metric of one process, in the order of their lines. Filled again for the next block. */
export interface PointBlock {
  readonly metric: string;
  readonly rank: string | null;
  /** Steps, or milliseconds since 1970, as was asked; NaN for points that have none. */
  readonly moments: Float64Array;
  readonly values: Float64Array;
}

export interface Columns {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly times: Float64Array;
}

type StoredBlock = readonly [at: number, count: number, steps: number, values: number, times: number];

interface Directory {
  /** What the columns were made from, and by what. */
  readonly basis: string;
  readonly series: readonly (readonly [metric: string, rank: string | null, blocks: StoredBlock[]])[];
}

/** Raised with every change of the layout. */
const format = "points1\n";
const tailLength = 16;

export interface ColumnWriter {
  add(metric: string, rank: string | null, columns: Columns): void;
  /** The file is there under its name, as a whole, or not at all; `keep`: asked when all of it is written. */
  finish(basis: string, keep: () => boolean): void;
}

/** Best effort: what cannot be written is read from the journals again. */
export function createColumnWriter(path: string, temporary: string): ColumnWriter {
  let descriptor = openOrNot(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  const series = new Map<string, [metric: string, rank: string | null, blocks: StoredBlock[]]>();
  let at = 0;
  const stop = () => {
    if (descriptor === undefined) return;
    closeSync(descriptor);
    descriptor = undefined;
    removeQuietly(temporary);
  };
  const write = (bytes: Uint8Array) => {
    if (descriptor === undefined) return;
    try {
      if (writeSync(descriptor, bytes) === bytes.length) at += bytes.length;
      else stop();
    } catch {
      stop();
    }
  };
  return {
    add(metric, rank, { steps, values, times }) {
      const key = JSON.stringify([metric, rank]);
      const entry = series.get(key) ?? [metric, rank, []];
      series.set(key, entry);
      const columns = [steps, values, times].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array];
      const [ofSteps, ofValues, ofTimes] = columns;
      entry[2].push([at, steps.length, crc32(ofSteps), crc32(ofValues), crc32(ofTimes)]);
      for (const column of columns) write(column);
    },
    finish(basis, keep) {
      const directory = Buffer.from(
        JSON.stringify({ basis, series: [...series.values()] } satisfies Directory),
      );
      const tail = Buffer.alloc(tailLength);
      tail.writeUInt32LE(directory.length, 0);
      tail.writeUInt32LE(crc32(directory), 4);
      tail.write(format, 8, "latin1");
      write(directory);
      write(tail);
      if (descriptor === undefined) return;
      try {
        if (keep()) renameSync(temporary, path);
      } catch {}
      // Under its new name it is not found here any more.
      stop();
    },
  };
}

/** The names of all metrics; `undefined` when the file is not there, not what was written, or made from something else: then whatever was visited is void. */
export function readColumnFile(
  path: string,
  basis: string,
  { metric, moments }: PointsAsked,
  visit: (block: PointBlock) => void,
): readonly string[] | undefined {
  const descriptor = openOrNot(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (descriptor === undefined) return undefined;
  try {
    const directory = readDirectory(descriptor);
    if (directory?.basis !== basis) return undefined;
    const room = new Float64Array(0);
    const reader = { descriptor, room };
    for (const [name, rank, blocks] of directory.series) {
      if (metric !== undefined && name !== metric) continue;
      for (const block of blocks) {
        const columns = readBlock(reader, block, moments);
        if (columns === undefined) return undefined;
        visit({ metric: name, rank, ...columns });
      }
    }
    return [...new Set(directory.series.map(([name]) => name))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined; // A disk that cannot be read.
  } finally {
    closeSync(descriptor);
  }
}

function readDirectory(descriptor: number): Directory | undefined {
  const status = fstatSync(descriptor);
  const tail = Buffer.alloc(tailLength);
  if (!status.isFile() || status.size < tailLength) return undefined;
  if (!readWhole(descriptor, tail, status.size - tailLength)) return undefined;
  const length = tail.readUInt32LE(0);
  const at = status.size - tailLength - length;
  if (at < 0 || tail.toString("latin1", 8) !== format) return undefined;
  const bytes = Buffer.allocUnsafe(length);
  if (!readWhole(descriptor, bytes, at) || crc32(bytes) !== tail.readUInt32LE(4)) return undefined;
  return JSON.parse(bytes.toString()) as Directory;
}

interface BlockReader {
  readonly descriptor: number;
  /** For two columns of a block, that lie side by side in the file. */
  room: Float64Array;
}

/** Values lie between steps and times, so that either two are read at once. */
function readBlock(
  reader: BlockReader,
  [at, count, steps, values, times]: StoredBlock,
  moments: Moments,
): Pick<PointBlock, "moments" | "values"> | undefined {
  if (reader.room.length < 2 * count) reader.room = new Float64Array(2 * count);
  const both = reader.room.subarray(0, 2 * count);
  if (!readWhole(reader.descriptor, bytesOf(both), moments === "step" ? at : at + count * 8))
    return undefined;
  const [first, second] = [both.subarray(0, count), both.subarray(count)];
  const isWhole =
    moments === "step"
      ? crc32(bytesOf(first)) === steps && crc32(bytesOf(second)) === values
      : crc32(bytesOf(first)) === values && crc32(bytesOf(second)) === times;
  if (!isWhole) return undefined;
  return moments === "step" ? { moments: first, values: second } : { moments: second, values: first };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** `false` when the file ends before. */
function readWhole(descriptor: number, bytes: Uint8Array, at: number): boolean {
  for (let read = 0; read < bytes.length; ) {
    const count = readSync(descriptor, bytes, read, bytes.length - read, at + read);
    if (count === 0) return false;
    read += count;
  }
  return true;
}

function openOrNot(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags, 0o666);
  } catch {
    return undefined;
  }
}
