/** Reads one regular file to its end and digests what it read, which must be all of it and unchanged meanwhile. */
import { createHash, hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { changedFault, dataFault } from "./data-faults.js";
import { type DataFile, type FileStamp, stampOf } from "./data-file.js";
import { createPause } from "./pause.js";
import { errnoOf } from "./write-faults.js";

export interface Reading {
  /** Sees every byte in order; the chunk is used again once the call returns. */
  readonly onChunk?: ((chunk: Uint8Array) => void) | undefined;
  /** How many more bytes have been read. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Small enough for what was read to be still in the processor's cache when it is digested: larger blocks, and blocks filled by
 * another thread meanwhile, were measured to be slower on some machines, also for files that had to come from the disk.
 */
const blockSize = 512 * 1024;
let sharedBlock: Buffer | undefined;

/** SHA-256 in hexadecimal; no promise for a small file, since promises for many of them cost more than they do. */
export function digestContent(file: DataFile, reading: Reading = {}): string | Promise<string> {
  return file.stamp.size < blockSize ? digestSmall(file, reading) : digestLarge(file, reading);
}

function digestSmall({ location, name, stamp }: DataFile, { onChunk, onProgress }: Reading): string {
  const descriptor = openData(location, name);
  try {
    const content = readBlock(descriptor, name);
    assertUnchanged(name, stamp, descriptor, content.length);
    onChunk?.(content);
    onProgress?.(content.length);
    return hash("sha256", content);
  } finally {
    closeSync(descriptor);
  }
}

async function digestLarge({ location, name, stamp }: DataFile, reading: Reading): Promise<string> {
  const pause = createPause(reading.signal);
  const running = createHash("sha256");
  let total = 0;
  const descriptor = openData(location, name);
  try {
    while (total <= stamp.size) {
      const chunk = readBlock(descriptor, name);
      if (chunk.length === 0) break;
      total += chunk.length;
      running.update(chunk);
      reading.onChunk?.(chunk);
      reading.onProgress?.(chunk.length);
      if (pause.isDue()) await pause.take();
    }
    assertUnchanged(name, stamp, descriptor, total);
    return running.digest("hex");
  } finally {
    closeSync(descriptor);
  }
}

/** Without O_NONBLOCK a pipe that has taken the file's place since would wait for a writer, perhaps for ever. */
function openData(location: string | Buffer, name: string): number {
  try {
    return openSync(location, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") throw changedFault(name, "it is gone");
    throw dataFault(name, cause);
  }
}

/** Valid until the next call. */
function readBlock(descriptor: number, name: string): Buffer {
  sharedBlock ??= Buffer.allocUnsafeSlow(blockSize);
  try {
    return sharedBlock.subarray(0, readSync(descriptor, sharedBlock, 0, blockSize, null));
  } catch (cause) {
    throw dataFault(name, cause);
  }
}

function assertUnchanged(name: string, before: FileStamp, descriptor: number, total: number): void {
  const after = stampOf(fstatSync(descriptor, { bigint: true }));
  if (after.ino !== before.ino) throw changedFault(name, "another file has taken its place");
  if (total !== before.size || after.size !== before.size) {
    throw changedFault(name, `it had ${before.size} bytes, then ${after.size}, and ${total} were read`);
  }
  if (after.mtimeNs !== before.mtimeNs || after.ctimeNs !== before.ctimeNs) {
    throw changedFault(name, "its time of modification moved");
  }
}
