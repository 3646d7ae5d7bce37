/** Digests one input, a file or a folder, and counts a table in the same pass; what is known from before is not read again. */
import { realpathSync } from "node:fs";
import type { TableDescription, TableReader, TableShape } from "../tables/table-shape.js";
import { changedFault } from "./data-faults.js";
import { type DataFile, dataFileOf, formatStamp, statData, statFile } from "./data-file.js";
import { fileDigest } from "./digest.js";
import { digestContent } from "./digest-content.js";
import { digestFolder, type FolderProgress } from "./digest-folder.js";
import { isSettled, type Remembered, type StatCache } from "./stat-cache.js";

export interface InputDigest {
  readonly form: "file" | "folder";
  /** Absolute and without links. */
  readonly resolvedPath: string;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly file_count: number;
  readonly mtime_utc: string;
  readonly table: TableShape | null;
  /** Why a file has no shape; `null` for a folder, and when nobody asked. */
  readonly tableReason: string | null;
}

export interface InputProgress extends FolderProgress {
  /** As it was given. */
  readonly path: string;
}

export interface InputReading {
  readonly cache?: StatCache | undefined;
  readonly tables?: TableReader | undefined;
  readonly onProgress?: ((progress: InputProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws as `digestFile` and `digestFolder` do. */
export async function digestInput(path: string, reading: InputReading = {}): Promise<InputDigest> {
  reading.signal?.throwIfAborted();
  const stats = statData(path, path);
  if (!stats.isDirectory()) return digestData(dataFileOf(path, path, stats), path, reading);
  const resolvedPath = realpathSync.native(path);
  const { cache, signal, onProgress } = reading;
  const digest = await digestFolder(path, {
    cache,
    signal,
    onProgress: onProgress && ((progress) => onProgress({ path, ...progress })),
  });
  return { form: "folder", resolvedPath, ...digest, table: null, tableReason: null };
}

/** Throws as `digestFile` does, for a folder too. */
export async function digestFileInput(path: string, reading: InputReading = {}): Promise<InputDigest> {
  return digestData(statFile(path, path), path, reading);
}

async function digestData(file: DataFile, path: string, reading: InputReading): Promise<InputDigest> {
  const resolvedPath = realpathSync.native(path);
  const { sha256, table } =
    reading.cache === undefined
      ? await readInput(file, reading)
      : await readThroughCache(file, resolvedPath, reading, reading.cache);
  const { size_bytes, mtime_utc } = fileDigest(sha256, file.stamp);
  return {
    form: "file",
    resolvedPath,
    sha256,
    size_bytes,
    file_count: 1,
    mtime_utc,
    table: table?.shape ?? null,
    tableReason: table?.reason ?? null,
  };
}

async function readThroughCache(
  file: DataFile,
  name: string,
  reading: InputReading,
  cache: StatCache,
): Promise<Remembered> {
  const begun = cache.now();
  const section = cache.section(name);
  const stamp = formatStamp(file.stamp);
  const known = section.find("", stamp);
  if (known !== undefined && (known.table !== undefined || reading.tables === undefined)) return known;
  const found = await readInput(file, reading);
  if (isSettled(file.stamp, begun)) section.store("", stamp, found);
  section.save();
  return found;
}

async function readInput(file: DataFile, { tables, onProgress, signal }: InputReading): Promise<Remembered> {
  const counter = tables?.counterFor(file.name);
  const totalBytes = file.stamp.size;
  let doneBytes = 0;
  const report = (bytes: number) => {
    doneBytes += bytes;
    const doneFiles = doneBytes === totalBytes ? 1 : 0;
    onProgress?.({ path: file.name, doneBytes, totalBytes, doneFiles, totalFiles: 1 });
  };
  const onChunk = counter && ((chunk: Uint8Array) => counter.push(chunk));
  const sha256 = await digestContent(file, { onChunk, onProgress: report, signal });
  const table = counter?.end() ?? (tables && (await describeSameFile(file, tables)));
  return table === undefined ? { sha256 } : { sha256, table };
}

/** A second look at the file, which must still be the one whose digest was taken. */
async function describeSameFile(
  { location, name, stamp }: DataFile,
  tables: TableReader,
): Promise<TableDescription> {
  const description = await tables.describeTable(name);
  if (formatStamp(statFile(location, name).stamp) !== formatStamp(stamp)) {
    throw changedFault(name, "it was replaced or written to");
  }
  return description;
}
