/** The files of a run folder, to be held against the lists that were made of them when the run ended. */
import { createHash } from "node:crypto";
import { ColophonError } from "../../errors.js";
import { type BytePath, locate, textOf } from "../../files/byte-path.js";
import { formatStamp, statFile } from "../../files/data-file.js";
import { digestContent } from "../../files/digest-content.js";
import { stampOfAll } from "../../files/digest-folder.js";
import type { DataEntry } from "../../files/list-data.js";
import { type CacheSection, isSettled } from "../../files/stat-cache.js";
import { formatSum } from "../../files/sums.js";
import { type Entry, walkFiles } from "../../files/walk.js";
import { isUntrackedInRunFolder } from "../records-ignore.js";
import { probeInside } from "./run-record.js";

export type FileAnswer =
  | {
      readonly state: "read";
      readonly sha256: string /** Where it was counted. */;
      readonly bytes: number | null;
    }
  | { readonly state: "absent" }
  | { readonly state: "unreadable"; readonly reason: string }
  /** Something that is no file stands there: `a link`, `a folder`. */
  | { readonly state: "other"; readonly what: string };

/** What is known of files that were read before; one section for many runs, saved by whoever opened it. */
export interface FileMemory {
  readonly now: () => number;
  readonly section: CacheSection;
}

export interface TrackedFiles {
  /** By path in the run folder, POSIX. Folders are not among them. */
  readonly kinds: ReadonlyMap<string, Exclude<Entry["kind"], "folder">>;
  /** Why there may be more of them. */
  readonly fault: string | null;
}

/** What stands in a run folder besides what Git is told to leave out. */
export function listTracked(folder: string): TrackedFiles {
  const kinds = new Map<string, Exclude<Entry["kind"], "folder">>();
  try {
    for (const { path, kind } of walkFiles(folder, {
      skip: (entry) => isUntrackedInRunFolder(textOf(entry.path)),
    })) {
      if (kind !== "folder") kinds.set(textOf(path), kind);
    }
    return { kinds, fault: null };
  } catch (error) {
    return { kinds, fault: (error as Error).message };
  }
}

/** Of a file of the run, which is not read through a link that leaves the folder. */
export async function digestRecorded(
  folder: string,
  path: string,
  memory: FileMemory | null,
): Promise<FileAnswer> {
  const { state, absolute, reason } = probeInside(folder, path);
  if (state === "absent") return { state };
  if (state === "escapes") return { state: "other", what: "outside the run folder" };
  if (state !== "here") return { state: "unreadable", reason: reason ?? "cannot be read" };
  return orUnreadable(async () => {
    const file = statFile(absolute, path);
    const { size } = file.stamp;
    const remembered = size < smallest ? null : memory;
    const sha256 = await throughMemory(remembered, absolute, formatStamp(file.stamp), [file], () =>
      digestContent(file),
    );
    return { sha256, bytes: size };
  });
}

/** In bytes. What is smaller is read again sooner than it is remembered. */
const smallest = 1024 * 1024;

/** `artifacts/` of a run: everything below it but the list of it. */
export interface RecordedTree {
  readonly count: number;
  readonly hasLinks: boolean;
  /** SHA-256 of the list that `sha256sum` would write of all files now; `null` when one of them cannot be read. */
  readonly listDigest: () => Promise<string | null>;
  /** File by file, in the order of that list. */
  readonly digests: () => Promise<FileAnswers>;
  /**
   * The digest of a folder below it: of the list of its files, each named from the folder. `known`: digests of the files as they
   * are now. `null` when it holds none, or one that cannot be read.
   */
  readonly folderDigest: (folder: string, known: () => Promise<FileAnswers>) => Promise<string | null>;
}

/** By path, a character for each byte. */
export type FileAnswers = ReadonlyMap<string, FileAnswer>;

/** The list itself, and the file that keeps the folder out of Git. */
const leftOut: ReadonlySet<string> = new Set(["SHA256SUMS", ".gitignore"]);

/** Throws `FileError` or an error of the system when it cannot be searched. */
export function openTree(root: string, memory: FileMemory | null): RecordedTree {
  const files: DataEntry[] = [];
  const others = new Map<BytePath, FileAnswer>();
  for (const { path, kind } of walkFiles(root)) {
    if (kind === "folder" || leftOut.has(path)) continue;
    if (kind === "file") files.push({ path, stamp: statFile(locate(root, path), textOf(path)).stamp });
    else others.set(path, { state: "other", what: kind === "link" ? "a link" : "no regular file" });
  }
  let read: Promise<FileAnswers> | undefined;
  const digests = () => {
    read ??= digestAll(root, files, others);
    return read;
  };
  // One look answers for all the files that are as they were.
  const isWorthIt = files.length > 16 || files.some(({ stamp }) => stamp.size >= smallest);
  const stamp = memory !== null && isWorthIt ? stampOfAll({ files }) : "";
  const remembered = (key: string, work: () => Promise<string | null>) =>
    throughMemory(isWorthIt ? memory : null, key, stamp, files, work);
  return {
    count: files.length,
    hasLinks: others.size > 0,
    digests,
    listDigest: () =>
      remembered(`${root}/`, async () =>
        digestOf(
          files.map(({ path }) => path),
          "",
          await digests(),
        ),
      ),
    folderDigest: (folder, known) =>
      remembered(`${root}/${folder}`, async () => {
        const inside = files.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`));
        return inside.length === 0 ? null : digestOf(inside, folder, await known());
      }),
  };
}

async function digestAll(
  root: string,
  files: readonly DataEntry[],
  others: ReadonlyMap<BytePath, FileAnswer>,
): Promise<FileAnswers> {
  const answers = new Map<string, FileAnswer>();
  for (const { path, stamp } of files) {
    const name = textOf(path);
    answers.set(
      path,
      await orUnreadable(async () => ({
        sha256: await digestContent({ location: locate(root, path), name, stamp }),
        bytes: stamp.size,
      })),
    );
  }
  for (const [path, answer] of others) answers.set(path, answer);
  return answers;
}

/** Of a list of files, each named from `folder`; from the root itself they are named without the `./` of `find`. */
function digestOf(paths: readonly string[], folder: string, answers: FileAnswers): string | null {
  const list = createHash("sha256");
  for (const path of paths) {
    const answer = answers.get(path);
    if (answer?.state !== "read") return null;
    const name = folder === "" ? path : `./${path.slice(folder.length + 1)}`;
    list.update(formatSum({ sha256: answer.sha256, path: name }), "latin1");
  }
  return list.digest("hex");
}

/** What changed a moment ago may change again under the same stamp, and is not remembered. */
async function throughMemory<Digest extends string | null>(
  memory: FileMemory | null,
  key: string,
  stamp: string,
  files: readonly Pick<DataEntry, "stamp">[],
  read: () => Digest | Promise<Digest>,
): Promise<Digest | string> {
  const begun = memory?.now() ?? 0;
  const known = memory?.section.find(key, stamp);
  if (known !== undefined) return known.sha256;
  const sha256 = await read();
  if (sha256 !== null && files.every((file) => isSettled(file.stamp, begun)))
    memory?.section.store(key, stamp, { sha256 });
  return sha256;
}

async function orUnreadable(
  read: () => Promise<{ readonly sha256: string; readonly bytes: number }>,
): Promise<FileAnswer> {
  try {
    return { state: "read", ...(await read()) };
  } catch (error) {
    if (error instanceof ColophonError) return { state: "unreadable", reason: error.message };
    throw error;
  }
}
