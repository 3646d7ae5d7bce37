/**
 * One file that is written once and then only read: sections, and behind them a directory by which each is found. It is what was written
 * as long as the system says that nobody changed it; the checksum of the whole tells it apart from what a disk made of it.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { zlib } from "./zlib.js";

/** What is derived cannot be relied on: it has to be made again. */
export class Doubt extends Error {}

/** What cannot be made sense of is in doubt. @throws Doubt */
export function orDoubt<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof Doubt ? cause : new Doubt("the file is not what was written", { cause });
  }
}

export interface SegmentPlace {
  /** Bytes of all sections, and behind them of the directory. */
  readonly bodyLength: number;
  readonly directoryLength: number;
  /** Of the whole file. */
  readonly crc: number;
}

/** What a column is stored as; see `columns.ts`. */
export type Section = readonly [kind: string, at: number, length: number, ...more: number[]];

export interface Directory {
  readonly rows: number;
  readonly sections: Readonly<Record<string, Section>>;
}

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
      const directory = Buffer.from(JSON.stringify({ rows, sections } satisfies Directory));
      const bytes = together([...chunks, directory], at + directory.length);
      return {
        bytes,
        place: { bodyLength: at, directoryLength: directory.length, crc: zlib().crc32(bytes) },
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

/** @throws Doubt */
export function openSegmentFile(path: string, { bodyLength, directoryLength }: SegmentPlace): SegmentFile {
  const descriptor = orDoubt(() => openSync(path, "r"));
  try {
    const directory = readAt(descriptor, bodyLength, directoryLength);
    const read = createReader(descriptor, path, bodyLength);
    return segmentFile(directoryIn(directory), read, () => closeSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

const checkedAtOnce = 1024 * 1024;

/** Reads the whole file. @throws Doubt unless it is what was written. */
export function checkSegmentFile(path: string, { bodyLength, directoryLength, crc }: SegmentPlace): void {
  const descriptor = orDoubt(() => openSync(path, "r"));
  try {
    let found = 0;
    for (let at = 0; at < bodyLength + directoryLength; at += checkedAtOnce) {
      const length = Math.min(checkedAtOnce, bodyLength + directoryLength - at);
      found = zlib().crc32(readAt(descriptor, at, length), found);
    }
    if (found !== crc) throw new Doubt(`${path} is not what was written`);
  } finally {
    closeSync(descriptor);
  }
}

/** One that was just made, whether or not it could be written. */
export function segmentInMemory(bytes: Buffer, { bodyLength }: SegmentPlace): SegmentFile {
  return segmentFile(
    directoryIn(bytes.subarray(bodyLength)),
    (at, length) => bytes.subarray(at, at + length),
    () => {},
  );
}

function directoryIn(bytes: Buffer): Directory {
  return orDoubt(() => JSON.parse(bytes.toString()) as Directory);
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

const blockLength = 4096;
const mostKnown = 1024;

/** What lies in one block is mostly asked for again: a row beside it. */
function createReader(descriptor: number, path: string, bodyLength: number): SegmentFile["read"] {
  const known = new Map<number, Buffer>();
  const readBlock = (block: number): Buffer => {
    const from = block * blockLength;
    const bytes = readAt(descriptor, from, Math.min(blockLength, bodyLength - from));
    if (known.size >= mostKnown) known.clear();
    known.set(block, bytes);
    return bytes;
  };
  return (at, length) => {
    if (at + length > bodyLength) throw new Doubt(`${path} ends early`);
    const block = Math.floor(at / blockLength);
    const from = at - block * blockLength;
    if (from + length > blockLength) return readAt(descriptor, at, length);
    return (known.get(block) ?? readBlock(block)).subarray(from, from + length);
  };
}

function readAt(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let read = 0; read < length; ) {
    const count = orDoubt(() => readSync(descriptor, bytes, read, length - read, at + read));
    if (count === 0) throw new Doubt("the file ends early");
    read += count;
  }
  return bytes;
}
