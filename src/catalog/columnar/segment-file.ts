/**
 * One file that is written once and then only read: sections, each found by its name, behind them a checksum of every 8 KiB and a
 * directory of the sections. So what is read of a large file is checked, and nothing else of it is read.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** What is derived cannot be relied on: it has to be made again. */
export class Doubt extends Error {}

export interface SegmentPlace {
  /** Bytes of all sections. */
  readonly bodyLength: number;
  /** Of the checksums and the directory together. */
  readonly endLength: number;
  readonly endCrc: number;
}

/** What a column is stored as; see `columns.ts`. */
export type Section = readonly [kind: string, at: number, length: number, ...more: number[]];

export interface Directory {
  readonly rows: number;
  readonly sections: Readonly<Record<string, Section>>;
}

const blockLength = 8192;

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
      const crcs = new Uint32Array(blocksOf(at));
      for (let block = 0; block < crcs.length; block += 1)
        crcs[block] = crc32(body.subarray(block * blockLength, (block + 1) * blockLength));
      const directory = Buffer.from(JSON.stringify({ rows, sections } satisfies Directory));
      const end = Buffer.concat([new Uint8Array(crcs.buffer), directory]);
      return {
        bytes: together([body, end], at + end.length),
        place: { bodyLength: at, endLength: end.length, endCrc: crc32(end) },
      };
    },
  };
}

function blocksOf(bodyLength: number): number {
  return Math.ceil(bodyLength / blockLength);
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
    const { bodyLength, endLength, endCrc } = place;
    if (fstatSync(descriptor).size !== bodyLength + endLength) throw new Doubt(`${path} is cut off`);
    const end = readAt(descriptor, bodyLength, endLength);
    if (crc32(end) !== endCrc) throw new Doubt(`${path} has another end`);
    const crcs = new Uint32Array(end.buffer, end.byteOffset, blocksOf(bodyLength));
    const read = createReader(descriptor, path, bodyLength, crcs);
    return segmentFile(directoryIn(end, bodyLength), read, () => closeSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** One that was just made, whether or not it could be written. */
export function segmentInMemory(bytes: Buffer, { bodyLength }: SegmentPlace): SegmentFile {
  return segmentFile(
    directoryIn(bytes.subarray(bodyLength), bodyLength),
    (at, length) => bytes.subarray(at, at + length),
    () => {},
  );
}

function directoryIn(end: Buffer, bodyLength: number): Directory {
  return JSON.parse(end.toString("utf8", blocksOf(bodyLength) * 4)) as Directory;
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

/** What lies in one block is mostly asked for again: a row beside it. */
function createReader(
  descriptor: number,
  path: string,
  bodyLength: number,
  crcs: Uint32Array,
): SegmentFile["read"] {
  const known = new Map<number, Buffer>();
  const readBlocks = (first: number, last: number): Buffer => {
    const from = first * blockLength;
    const bytes = readAt(descriptor, from, Math.min((last + 1) * blockLength, bodyLength) - from);
    for (let block = first; block <= last; block += 1) {
      const start = (block - first) * blockLength;
      if (crc32(bytes.subarray(start, start + blockLength)) !== crcs[block])
        throw new Doubt(`${path} is not what was written`);
    }
    return bytes;
  };
  return (at, length) => {
    const first = Math.floor(at / blockLength);
    const last = Math.max(first, Math.floor((at + length - 1) / blockLength));
    if (at + length > bodyLength) throw new Doubt(`${path} ends early`);
    if (length === 0) return Buffer.alloc(0);
    const bytes = (first === last ? known.get(first) : undefined) ?? readBlocks(first, last);
    if (first === last) {
      if (known.size >= mostKnown) known.clear();
      known.set(first, bytes);
    }
    return bytes.subarray(at - first * blockLength, at - first * blockLength + length);
  };
}

const mostKnown = 512;

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
