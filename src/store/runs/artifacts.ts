/** Artifacts of a run: what its stages leave, kept in `artifacts/` of its folder by a copy, a link or a reference. */
import { constants, linkSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { FileError } from "../../errors.js";
import { locate, textOf } from "../../files/byte-path.js";
import { statFile } from "../../files/data-file.js";
import { digestContent } from "../../files/digest-content.js";
import { digestInput } from "../../files/digest-inputs.js";
import { listData } from "../../files/list-data.js";
import { formatSums, type Sum } from "../../files/sums.js";
import { walkFiles } from "../../files/walk.js";
import { writeAtomic, writeNew } from "../../files/write-atomic.js";
import { formatDisk } from "../../manifest/canonical.js";
import { ignoreItself } from "../records-ignore.js";
import type { RunFolder } from "./run-folder.js";

export const artifactsFolder = "artifacts";

export interface ArtifactRequest {
  readonly name: string;
  /** Absolute. */
  readonly source: string;
  /** As it was given. */
  readonly shown: string;
  readonly mode: "copy" | "link" | "reference";
  /** What is larger is referenced instead of copied; `null` for no cap. */
  readonly maximumBytes: number | null;
}

export interface KeptArtifact {
  /** Relative to the run folder, POSIX. */
  readonly path: string;
  /** Of the content, also where only a reference to it is kept; 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly form: "file" | "folder";
  readonly how: "written" | "copied" | "linked" | "referenced";
  /** As it was given; `null` for what was written into the run folder itself. */
  readonly source: string | null;
  /** When the source was modified last. */
  readonly mtime_utc: string;
}

/** Throws `FileError` when the source is not there, cannot be read, or is one of the run's own records. */
export async function keepArtifact(folder: RunFolder, request: ArtifactRequest): Promise<KeptArtifact> {
  const { shown, mode, maximumBytes } = request;
  const found = findSource(request.source, shown);
  const inside = pathInside(folder, found.path, shown);
  const size = measure(found, shown);
  if (inside !== undefined)
    return { path: inside, ...(await contentOf(found.path)), how: "written", source: null };
  const isTooLarge = mode === "copy" && maximumBytes !== null && size > maximumBytes;
  if (mode === "reference" || isTooLarge) return referTo(folder, request);
  const path = `${artifactsFolder}/${fileNameOf(request, found.isFolder)}`;
  const target = join(folder.path, path);
  makeFolder(folder);
  const linked = mode === "link" && linkAll(found, target);
  if (!linked) await copyAll(found, target);
  const { mtime_utc } = found;
  return { path, ...(await contentOf(target)), mtime_utc, how: linked ? "linked" : "copied", source: shown };
}

/** Names the content without keeping it: where it lay, and its digest. */
async function referTo(folder: RunFolder, { name, source, shown }: ArtifactRequest): Promise<KeptArtifact> {
  const { form, sha256, size_bytes, mtime_utc, resolvedPath } = await digestInput(source);
  const path = `${artifactsFolder}/${name}.reference.json`;
  makeFolder(folder);
  const reference = {
    reference_version: 1,
    authored_path: shown,
    resolved_path: resolvedPath,
    form,
    sha256,
    size_bytes,
    mtime_utc,
  };
  writeNew(join(folder.path, path), formatDisk(reference));
  return { path, sha256, size_bytes, form, mtime_utc, how: "referenced", source: shown };
}

/** Of what was written into the run folder: logs, and what the command put there itself. */
export async function digestInRun({ path: root }: RunFolder, path: string): Promise<KeptArtifact> {
  return { path, ...(await contentOf(join(root, path))), how: "written", source: null };
}

type Content = Pick<KeptArtifact, "sha256" | "size_bytes" | "form" | "mtime_utc">;

async function contentOf(path: string): Promise<Content> {
  const { form, sha256, size_bytes, mtime_utc } = await digestInput(path);
  return { form, sha256, size_bytes, mtime_utc };
}

interface Found {
  /** Absolute, without links: what a link names is kept, not the link. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly mtime_utc: string;
}

function findSource(source: string, shown: string): Found {
  try {
    const path = realpathSync.native(source);
    const stats = statSync(path);
    const isFolder = stats.isDirectory();
    if (!isFolder && !stats.isFile()) throw unreadable(shown, "is neither a file nor a folder");
    return { path, isFolder, mtime_utc: stats.mtime.toISOString() };
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw unreadable(shown, `cannot be kept: ${(cause as Error).message}`, cause);
    }
    throw new FileError("ARTIFACT_NOT_WRITTEN", `${shown} was not written`, {
      hint: "Let the command write it, or correct the path of the artifact.",
      cause,
    });
  }
}

/** In bytes. */
function measure({ path, isFolder }: Found, shown: string): number {
  if (!isFolder) return statSync(path).size;
  try {
    const { files, totalBytes } = listData(path);
    if (files.length > 0) return totalBytes;
  } catch (cause) {
    throw unreadable(shown, `cannot be kept: ${(cause as Error).message}`, cause);
  }
  throw unreadable(shown, "is a folder without a file");
}

function unreadable(shown: string, what: string, cause?: unknown): FileError {
  return new FileError("ARTIFACT_UNREADABLE", `${shown} ${what}`, {
    hint: "Name a file, or a folder of files whose links stay inside it.",
    cause,
  });
}

function makeFolder({ path }: RunFolder): void {
  try {
    mkdirSync(join(path, artifactsFolder), { recursive: true });
    ignoreItself(join(path, artifactsFolder));
  } catch (cause) {
    throw notKept(artifactsFolder, cause);
  }
}

function notKept(what: string, cause: unknown): FileError {
  return new FileError("ARTIFACT_NOT_KEPT", `${what} cannot be written: ${(cause as Error).message}`, {
    hint: "Look whether the disk is full, or keep a reference: --artifact-mode reference",
    cause,
  });
}

/** What the command wrote into the run folder stays where it is; the run's own records are no artifacts. */
function pathInside({ path }: RunFolder, source: string, shown: string): string | undefined {
  const root = realpathSync.native(path);
  const below = relative(root, source);
  const isAbove = root === source || root.startsWith(`${source}${sep}`);
  const isRecord =
    /^(manifest\.json|run_manifest\.json|SHA256SUMS|00_run_metadata(\/.*)?|artifacts|logs(\/.*)?)$/;
  if (isAbove || isRecord.test(below)) {
    throw new FileError(
      "ARTIFACT_IS_RECORD",
      `${shown} is or holds records of the run itself, and is no artifact`,
      {
        hint: "Name a file or folder of your own.",
      },
    );
  }
  if (below === ".." || below.startsWith(`..${sep}`)) return undefined;
  return below.split(sep).join("/");
}

/** The artifact's name with the extension of its source. */
function fileNameOf({ name, source }: ArtifactRequest, isFolder: boolean): string {
  const extension = isFolder ? "" : extname(basename(source));
  return name.endsWith(extension) ? name : `${name}${extension}`;
}

/** A part of a copy is never mistaken for the whole. Where the file system can, nothing is copied before it is changed. */
async function copyAll({ path: source, isFolder }: Found, target: string): Promise<void> {
  const partial = join(dirname(target), `.${basename(target)}.partial`);
  const { COPYFILE_FICLONE, COPYFILE_EXCL } = constants;
  try {
    const { copyFile } = await import("node:fs/promises");
    const copy = (from: string | Buffer, to: string | Buffer) =>
      copyFile(from, to, COPYFILE_FICLONE | COPYFILE_EXCL);
    if (!isFolder) await copy(source, partial);
    else for (const [from, to] of pairsOf(source, partial)) await copy(from, to);
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    throw notKept(source, cause);
  }
}

/** Every file of a folder, whatever the bytes of its name, and where it goes; the folders for it are made. */
function* pairsOf(source: string, target: string): Generator<[string | Buffer, string | Buffer]> {
  const made = new Set<string>();
  for (const { path } of listData(source).files) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/"))) as typeof path;
    if (!made.has(parent)) mkdirSync(locate(target, parent), { recursive: true });
    made.add(parent);
    yield [locate(source, path), locate(target, path)];
  }
}

/** `false` where links are not possible, as across file systems: then it is copied. */
function linkAll({ path: source, isFolder }: Found, target: string): boolean {
  try {
    if (!isFolder) {
      linkSync(source, target);
      return true;
    }
    for (const [from, to] of pairsOf(source, target)) linkSync(realpathSync.native(from, "buffer"), to);
    return true;
  } catch {
    rmSync(target, { recursive: true, force: true });
    return false;
  }
}

/** `artifacts/SHA256SUMS` over every file there; `sha256sum -c` accepts it. Without artifacts there is none. */
export async function writeArtifactSums({ path }: RunFolder): Promise<void> {
  const root = join(path, artifactsFolder);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return;
  ignoreItself(root);
  const sums: Sum[] = [];
  for (const entry of walkFiles(root)) {
    if (entry.kind !== "file" || entry.path === sumsName || entry.path === ".gitignore") continue;
    const file = statFile(locate(root, entry.path), textOf(entry.path));
    sums.push({ path: entry.path, sha256: await digestContent(file) });
  }
  if (sums.length > 0) writeAtomic(join(root, sumsName), Buffer.from(formatSums(sums), "latin1"));
}

const sumsName = "SHA256SUMS";
