/**
 * One file that is written once and then only read: sections, each found by its name, behind them a directory of the sections. Every
 * 64 KiB have a checksum, so that what is read of a large file is checked, and nothing else of it is read.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** What is derived cannot be relied on: it has to be made again. */
export class Doubt extends Error {}

export interface SegmentPlace {
  /** Bytes before the directory. */
  readonly bodyLength: number;
  readonly directoryLength: number;
  readonly directoryCrc: number;
}

/** What a column is stored as; see `columns.ts`. */
export type Section = readonly [kind: string, at: number, length: number, ...more: number[]];

export interface Directory {
  readonly rows: number;
  readonly sections: Readonly<Record<string, Section>>;
  /** Of each block of the body. */
  readonly crcs: readonly number[];
}

const blockLength = 65_536;

export interface SegmentWriter {
  /** Begins at a multiple of eight, so that it can be read as numbers in place. */
  add(name: string, kind: string, bytes: Uint8Array, ...more: number[]): void;
  finish(rows: number): { readonly bytes: Buffer; readonly place: SegmentPlace };
}

export function createSegmentWriter(): SegmentWriter {
  const chunks: Uint8Array[] = [];
  const sections: Record<string, Section> = Object.create(null);
  let at = 0;
  return {
    add(name, kind, bytes, ...more) {
      sections[name] = [kind, at, bytes.length, ...more];
      const padding = (8 - (bytes.length % 8)) % 8;
      chunks.push(bytes, new Uint8Array(padding));
      at += bytes.length + padding;
    },
    finish(rows) {
      const body = together(chunks, at);
      const crcs: number[] = [];
      for (let from = 0; from < at; from += blockLength)
        crcs.push(crc32(body.subarray(from, from + blockLength)));
      const directory = Buffer.from(JSON.stringify({ rows, sections, crcs } satisfies Directory));
      return {
        bytes: together([body, directory], at + directory.length),
        place: {
          bodyLength: at,
          directoryLength: directory.length,
          directoryCrc: crc32(directory),
        },
      };
    },
  };
}

/** In memory of its own, as typed arrays have to begin at a multiple of their size. */
function together(chunks: readonly Uint8Array[], length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

export interface SegmentFile {
  readonly rows: number;
  readonly names: readonly string[];
  section(name: string): Section | undefined;
  /** Begins at a multiple of eight in its buffer. @throws Doubt */
  read(at: number, length: number): Buffer;
  close(): void;
}

/** @throws Doubt unless it is what it was when it was written. */
export function openSegmentFile(path: string, place: SegmentPlace): SegmentFile {
  const descriptor = openOrDoubt(path);
  try {
    const { bodyLength, directoryLength, directoryCrc } = place;
    if (fstatSync(descriptor).size !== bodyLength + directoryLength) throw new Doubt(`${path} is cut off`);
    const bytes = readAt(descriptor, bodyLength, directoryLength);
    if (crc32(bytes) !== directoryCrc) throw new Doubt(`${path} has another directory`);
    const directory = JSON.parse(bytes.toString()) as Directory;
    return segmentFile(
      directory,
      (at, length) => readBlocks(descriptor, path, at, length, bodyLength, directory.crcs),
      () => closeSync(descriptor),
    );
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** One that was just made, whether or not it could be written. */
export function segmentInMemory(bytes: Buffer, { bodyLength }: SegmentPlace): SegmentFile {
  const directory = JSON.parse(bytes.toString("utf8", bodyLength)) as Directory;
  return segmentFile(
    directory,
    (at, length) => bytes.subarray(at, at + length),
    () => {},
  );
}

function segmentFile(
  { rows, sections }: Directory,
  read: SegmentFile["read"],
  close: () => void,
): SegmentFile {
  return {
    rows,
    names: Object.keys(sections),
    section: (name) => (Object.hasOwn(sections, name) ? sections[name] : undefined),
    read,
    close,
  };
}

function openOrDoubt(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new Doubt(`${path} cannot be opened`, { cause });
  }
}

function readBlocks(
  descriptor: number,
  path: string,
  at: number,
  length: number,
  bodyLength: number,
  crcs: readonly number[],
): Buffer {
  const first = Math.floor(at / blockLength);
  const from = first * blockLength;
  const to = Math.min(Math.ceil((at + length) / blockLength) * blockLength, bodyLength);
  const bytes = readAt(descriptor, from, to - from);
  for (let block = first; from + (block - first) * blockLength < to; block += 1) {
    const start = (block - first) * blockLength;
    if (crc32(bytes.subarray(start, start + blockLength)) !== crcs[block])
      throw new Doubt(`${path} is not what was written`);
  }
  return bytes.subarray(at - from, at - from + length);
}

function readAt(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let read = 0; read < length; ) {
    const count = readOrDoubt(descriptor, bytes, read, length - read, at + read);
    if (count === 0) throw new Doubt("the file ends early");
    read += count;
  }
  return bytes;
}

function readOrDoubt(descriptor: number, bytes: Buffer, offset: number, length: number, at: number): number {
  try {
    return readSync(descriptor, bytes, offset, length, at);
  } catch (cause) {
    throw new Doubt("the file cannot be read", { cause });
  }
}
