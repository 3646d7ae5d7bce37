/**
 * What is remembered besides the segments: which they are, and when what was looked at. One small file, replaced as a whole: the last
 * of two writers wins, and what each of them says is true by itself.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SegmentPlace } from "./segment-file.js";

export interface State {
  /** When every run was looked at last, in milliseconds since 1970. */
  readonly checkedAt: number;
  /** The stamps of the files that change with the whole work tree; `null` when they were not settled. */
  readonly watched: readonly (number | null)[];
  readonly told: Told;
  readonly months: Readonly<Record<string, Month>>;
  readonly segments: readonly KnownSegment[];
}

/** How far the lines were read that commands leave; the inode is 0 where there was no file. */
export interface Told {
  readonly inode: number;
  readonly read: number;
}

/** The folder of a month as it was listed. */
export interface Month {
  /** `null` when it changed too recently to be relied on. */
  readonly stamp: number | null;
  /** The runs that are in no segment. */
  readonly open: readonly string[];
  readonly hasLinks: boolean;
  /** Whether it has a `colophon.json` of its own, by which its runs would be read. */
  readonly hasSettings: boolean;
}

export interface KnownSegment {
  readonly name: string;
  readonly place: SegmentPlace;
  /** Of its file, which nobody changes. */
  readonly stamp: number;
  /** Rows that are no more what they were. */
  readonly dropped: readonly number[];
}

export const nothingRemembered: State = {
  checkedAt: 0,
  watched: [],
  told: { inode: 0, read: 0 },
  months: {},
  segments: [],
};

const fileName = "current";

/** Raised with every change of what is stored, or of how. */
const format = 2;

/** `fingerprint`: everything besides the records that their reading depends on. Whatever is wrong, nothing is remembered. */
export function readState(folder: string, fingerprint: string): State {
  try {
    const text = readFileSync(join(folder, fileName), "utf8");
    const [head, body = "", again] = text.split("\n");
    return head === headOf(fingerprint) && body === again ? (JSON.parse(body) as State) : nothingRemembered;
  } catch {
    return nothingRemembered;
  }
}

function headOf(fingerprint: string): string {
  return `colophon catalog ${format} ${JSON.stringify(fingerprint)}`;
}

/** Best effort: what cannot be written is found out again. `open` makes the folder above. */
export function writeState(folder: string, fingerprint: string, state: State): void {
  const body = JSON.stringify(state);
  // It stands there twice, as comparing is the fastest check.
  if (!writeBeside(folder, fileName, `${headOf(fingerprint)}\n${body}\n${body}\n`)) return;
  removeUnused(folder, new Set([fileName, toldName, ...state.segments.map(({ name }) => name)]));
}

export const toldName = "told";

/** `false` where it cannot be written. */
export function writeBeside(folder: string, name: string, content: string | Uint8Array): boolean {
  const temporary = join(folder, `${name}.${uniqueName()}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, join(folder, name));
    return true;
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {}
    return false;
  }
}

/** Of many machines that share a folder, two may have one number for a process. */
export function uniqueName(): string {
  const random = Math.floor(Math.random() * 2 ** 48).toString(36);
  return `${process.pid.toString(36)}-${Date.now().toString(36)}-${random}`;
}

/** Others may have just begun to read them, or be about to name them. */
const unusedMilliseconds = 600_000;

function removeUnused(folder: string, used: ReadonlySet<string>): void {
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const isOld = Date.now() - statSync(path).mtimeMs > unusedMilliseconds;
      if (!used.has(name) && isOld && /^segment-|^journals-|\.tmp$/.test(name))
        rmSync(path, { recursive: true, force: true });
    }
  } catch {}
}

export function forgetState(folder: string): void {
  try {
    rmSync(join(folder, fileName), { force: true });
  } catch {}
}
