/** The digest of a file, and what else of it goes into the record. */
import { hash } from "node:crypto";
import { type FileStamp, statFile } from "./data-file.js";
import { digestContent, type Reading } from "./digest-content.js";

export interface FileDigest {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly mtime_utc: string;
  readonly mtime_ns: bigint;
}

/**
 * Links are followed. Throws `DATA_NOT_FOUND`, `DATA_UNREADABLE`, `NOT_A_FILE`, `DATA_CHANGED`, and the signal's reason when
 * it is aborted.
 */
export async function digestFile(path: string, reading: Reading = {}): Promise<FileDigest> {
  reading.signal?.throwIfAborted();
  const file = statFile(path, path);
  return fileDigest(await digestContent(file, reading), file.stamp);
}

/** 64 lower-case hexadecimal digits. */
export function digestBytes(bytes: Uint8Array): string {
  return hash("sha256", bytes);
}

export function fileDigest(sha256: string, { size, mtimeNs }: FileStamp): FileDigest {
  return { sha256, size_bytes: size, mtime_utc: formatInstant(mtimeNs), mtime_ns: mtimeNs };
}

/** Cut to milliseconds, never rounded up: `2026-11-20T10:42:07.120Z`. */
export function formatInstant(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}
