/** The digest of a folder: of the list of its files, as the shell's own tools would write it. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { FileError } from "../errors.js";
import { formatStamp } from "./data-file.js";
import { formatInstant } from "./digest.js";
import { digestContent } from "./digest-content.js";
import { type DataEntry, type DataFolder, listData } from "./list-data.js";
import { createPause } from "./pause.js";
import { type CacheSection, isSettled, type StatCache } from "./stat-cache.js";
import { formatSum } from "./sums.js";

export interface FolderDigest {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Of all files together. */
  readonly size_bytes: number;
  readonly file_count: number;
  /** Of the file that was modified last. */
  readonly mtime_utc: string;
}

export interface FolderProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly doneFiles: number;
  readonly totalFiles: number;
}

export interface FolderReading {
  /** What is known from before; it learns what it did not know. */
  readonly cache?: StatCache | undefined;
  readonly onProgress?: ((progress: FolderProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Anyone can check it without Colophon:
 *
 *     cd FOLDER && find -L . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
 *
 * (The escaping of names with a backslash, a line feed or a carriage return is that of coreutils 9.) A folder without files
 * is refused: `EMPTY_FOLDER`; so are links that leave it: `LINK_IN_FOLDER`. Otherwise it throws as `digestFile` does.
 */
export async function digestFolder(path: string, reading: FolderReading = {}): Promise<FolderDigest> {
  const folder = listData(path);
  const [first] = folder.files;
  if (first === undefined) {
    throw new FileError("EMPTY_FOLDER", `${path} holds no file; a folder of data was expected`, {
      hint: "Check the path, or fetch the data first.",
    });
  }
  const sha256 =
    reading.cache === undefined
      ? await digestList(folder, reading, unknownFile)
      : await digestThroughCache(folder, reading, reading.cache, realpathSync.native(path));
  return {
    sha256,
    size_bytes: folder.totalBytes,
    file_count: folder.files.length,
    mtime_utc: formatInstant(folder.files.reduce(later, first).stamp.mtimeNs),
  };
}

/** Asked once for the folder as a whole, which answers for a million unchanged files, then for each of its files. */
async function digestThroughCache(
  folder: DataFolder,
  reading: FolderReading,
  cache: StatCache,
  name: string,
): Promise<string> {
  const begun = cache.now();
  const whole = cache.section(name);
  const stamp = stampOfAll(folder);
  const known = whole.find("", stamp);
  if (known !== undefined) return known.sha256;
  const files = cache.section(`${name}/`);
  let complete = false;
  try {
    const sha256 = await digestList(folder, reading, rememberingFiles(files, cache));
    complete = true;
    if (folder.files.every((entry) => isSettled(entry.stamp, begun))) whole.store("", stamp, { sha256 });
    return sha256;
  } finally {
    files.save({ keepRest: !complete });
    whole.save();
  }
}

/** The digest of one entry, by reading it with `read` or without. */
type DigestEntry = (entry: DataEntry, read: ReadEntry) => string | Promise<string>;
type ReadEntry = (entry: DataEntry) => string | Promise<string>;

const unknownFile: DigestEntry = (entry, read) => read(entry);

function rememberingFiles(section: CacheSection, cache: StatCache): DigestEntry {
  return (entry, read) => {
    const { path, stamp } = entry;
    const key = formatStamp(stamp);
    const known = section.find(path, key);
    if (known !== undefined) return known.sha256;
    const begun = cache.now();
    const remember = (sha256: string) => {
      if (isSettled(stamp, begun)) section.store(path, key, { sha256 });
      return sha256;
    };
    const content = read(entry);
    return typeof content === "string" ? remember(content) : content.then(remember);
  };
}

async function digestList(
  { files, totalBytes, open, assertUnchanged }: DataFolder,
  { onProgress, signal }: FolderReading,
  digestEntry: DigestEntry,
): Promise<string> {
  const list = createHash("sha256");
  const pause = createPause(signal);
  let finishedBytes = 0;
  let currentBytes = 0;
  let doneFiles = 0;
  const report = () => {
    const doneBytes = finishedBytes + currentBytes;
    onProgress?.({ doneBytes, totalBytes, doneFiles, totalFiles: files.length });
  };
  const reading = {
    signal,
    onProgress: (bytes: number) => {
      currentBytes += bytes;
      report();
    },
  };
  const read: ReadEntry = (entry) => digestContent(open(entry), reading);
  for (const entry of files) {
    const content = digestEntry(entry, read);
    const sha256 = typeof content === "string" ? content : await content;
    list.update(formatSum({ sha256, path: `./${entry.path}` }), "latin1");
    finishedBytes += entry.stamp.size;
    currentBytes = 0;
    doneFiles++;
    if (pause.isDue()) {
      report();
      await pause.take();
    }
  }
  assertUnchanged();
  report();
  return list.digest("hex");
}

/** Of the names, sizes, times and inodes of all of them. */
export function stampOfAll({ files }: Pick<DataFolder, "files">): string {
  const all = createHash("sha256");
  for (const { path, stamp } of files) all.update(`${path}\0${formatStamp(stamp)}\n`, "latin1");
  return all.digest("hex");
}

function later(a: DataEntry, b: DataEntry): DataEntry {
  return b.stamp.mtimeNs > a.stamp.mtimeNs ? b : a;
}
