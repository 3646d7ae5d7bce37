/**
 * Digests that need no second reading: a file whose size, times and inode are what they were has the content it had.
 *
 * One file in the cache's folder for each input, so that a run on one table does not load what is known of another's million
 * images. It may be deleted at any time, and is only ever a shortcut: what cannot be read or written is done without.
 */
import { hash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { TableDescription } from "../tables/table-shape.js";
import type { FileStamp } from "./data-file.js";
import { removeQuietly } from "./remove-quietly.js";

export interface Remembered {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Of a file that was also counted as a table. */
  readonly table?: TableDescription;
}

export interface CacheSection {
  find(key: string, stamp: string): Remembered | undefined;
  store(key: string, stamp: string, remembered: Remembered): void;
  /** Keeps what was stored and found; with `keepRest` also what nobody asked for, because the reading was broken off. */
  save(options?: { readonly keepRest: boolean }): void;
}

export interface StatCache {
  /** The time by the clock of the cache in milliseconds, to be asked before a file is read. */
  now(): number;
  /** What is known of one input, or of the files in one, under a name of its own, such as the absolute path. */
  section(name: string): CacheSection;
}

type Line = readonly [key: string, stamp: string, remembered: Remembered];

/** In milliseconds. */
const racyWindow = 2000;
const maximumLines = 500_000;
const maximumSections = 200;

/** `folder` is made when something is kept, the folder above it is not. */
export function openStatCache(folder: string, clock: () => number = Date.now): StatCache {
  return { now: clock, section: (name) => openSection(folder, name) };
}

/**
 * A file that changes twice within one clock tick of its file system shows the same time for both contents (Git calls such
 * a file racy), so what was modified shortly before its reading began may not be remembered.
 */
export function isSettled(
  { mtimeNs, ctimeNs }: Pick<FileStamp, "mtimeNs" | "ctimeNs">,
  begun: number,
): boolean {
  const settled = BigInt(Math.floor(begun) - racyWindow) * 1_000_000n;
  return mtimeNs <= settled && ctimeNs <= settled;
}

function openSection(folder: string, name: string): CacheSection {
  const file = join(folder, `${hash("sha256", name).slice(0, 32)}.json`);
  let lines: Map<string, Line> | undefined;
  const seen = new Map<string, Line>();
  let learned = false;
  return {
    find(key, stamp) {
      lines ??= readLines(file, name);
      const line = lines.get(key);
      if (line === undefined || line[1] !== stamp) return undefined;
      seen.set(key, line);
      return line[2];
    },
    store(key, stamp, remembered) {
      seen.set(key, [key, stamp, remembered]);
      learned = true;
    },
    save({ keepRest } = { keepRest: false }) {
      const kept = keepRest ? new Map([...(lines ?? []), ...seen]) : seen;
      if (!learned && (keepRest || lines === undefined || kept.size === lines.size)) return;
      writeLines(folder, file, name, [...kept.values()].slice(0, maximumLines));
    },
  };
}

/** Whatever is wrong with the file, nothing is remembered. The first line is the digest of the rest. */
function readLines(file: string, name: string): Map<string, Line> {
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(65);
    if (bytes.toString("latin1", 0, 64) !== hash("sha256", body)) return new Map();
    const content = JSON.parse(body.toString()) as { name: string; lines: Line[] };
    return content.name === name ? new Map(content.lines.map((line) => [line[0], line])) : new Map();
  } catch {
    return new Map();
  }
}

/** No fsync and no lock: the last of two writers wins, and a torn file is recognised by its digest. */
function writeLines(folder: string, file: string, name: string, lines: readonly Line[]): void {
  const body = JSON.stringify({ name, lines });
  const temporary = `${file}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(temporary, `${hash("sha256", body)}\n${body}`, { flag: "wx" });
    renameSync(temporary, file);
    dropOldest(folder);
  } catch {
    removeQuietly(temporary);
  }
}

/** Temporary files that a killed process left behind go the same way. */
function dropOldest(folder: string): void {
  const files = readdirSync(folder).map((entry) => join(folder, entry));
  if (files.length <= maximumSections) return;
  const aged = files.map((file) => ({ file, age: statSync(file).mtimeMs })).sort((a, b) => a.age - b.age);
  for (const { file } of aged.slice(0, files.length - maximumSections)) rmSync(file, { force: true });
}
