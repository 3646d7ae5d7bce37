/**
 * The points of a run in blocks of one metric of one process. Large journals are read once: their columns are kept in `.colophon/points/`, and
 * count for as long as every journal is what it was when they were made.
 */
import { type BigIntStats, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { removeQuietly } from "../../files/remove-quietly.js";
import { isSettled } from "../../files/stat-cache.js";
import {
  type ColumnWriter,
  createColumnWriter,
  type PointBlock,
  type PointsAsked,
  readColumnFile,
} from "./column-file.js";
import { blocksOf } from "./gather-blocks.js";
import { listJournals, visitMetrics } from "./read-journals.js";

export interface ColumnPlace {
  /** Absolute: of the project. What is kept goes by the way from there to the run. */
  readonly root: string;
  /** Makes `.colophon/` and gives its path, or throws. */
  readonly openStateFolder: () => string;
  readonly stateFolder: string;
  /** Everything besides the journals that their reading depends on. */
  readonly fingerprint: string;
  /** By the clock of the files, in milliseconds since 1970. */
  readonly now: () => number;
  /** Of all journals of a run together; less is read as fast as it would be remembered. */
  readonly leastBytes: number;
}

export const leastBytes = 1024 * 1024;

/**
 * `begin` gives what is called with each block, and whatever was called before it is void: what was remembered may prove to be damaged only
 * when some of it has been given. Gives the names of all metrics of the run. What cannot be kept is read again the next time.
 */
export async function visitBlocks(
  folder: string,
  asked: PointsAsked,
  begin: () => (block: PointBlock) => void,
  place: ColumnPlace,
): Promise<readonly string[]> {
  const started = place.now();
  const before = stampJournals(folder, place.fingerprint, started);
  const name = before.bytes < place.leastBytes ? undefined : nameOf(relative(place.root, resolve(folder)));
  const path = name === undefined ? undefined : join(place.stateFolder, folderName, name);
  const known = path === undefined ? undefined : readColumnFile(path, before.basis, asked, begin());
  if (known !== undefined) return known;
  const writer = path === undefined || !before.isSettled ? undefined : openWriter(path, place);
  const blocks = blocksOf(asked, begin(), writer);
  const problems = await visitMetrics(folder, blocks.add);
  const names = blocks.end();
  const isWhole = problems.every(({ unreadable }) => unreadable === null);
  writer?.finish(
    before.basis,
    () => isWhole && stampJournals(folder, place.fingerprint, started).basis === before.basis,
  );
  return names;
}

const folderName = "points";

/** Of a file: the way to the run in one word. */
function nameOf(path: string): string | undefined {
  const name = encodeURIComponent(path);
  return name.length <= 200 ? name : undefined;
}

interface JournalsStamp {
  readonly basis: string;
  readonly bytes: number;
  /** Whether they changed so long ago that another change would make another stamp. */
  readonly isSettled: boolean;
}

function stampJournals(folder: string, fingerprint: string, begun: number): JournalsStamp {
  const stamps: string[] = [fingerprint];
  let bytes = 0;
  let isOld = true;
  for (const { name } of listJournals(folder, [])) {
    const stats = statOf(join(folder, name));
    // Of what cannot be looked at, nothing is kept.
    if (stats === undefined) return { basis: "", bytes: 0, isSettled: false };
    const { size, mtimeNs, ctimeNs, ino, dev, mode } = stats;
    stamps.push([name, size, mtimeNs, ctimeNs, ino, dev, mode].join(" "));
    bytes += Number(size);
    isOld &&= isSettled({ mtimeNs, ctimeNs }, begun);
  }
  return { basis: stamps.join("\n"), bytes, isSettled: isOld };
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

function openWriter(path: string, place: ColumnPlace): ColumnWriter | undefined {
  try {
    const folder = join(place.openStateFolder(), folderName);
    mkdirSync(folder, { recursive: true });
    removeUnused(folder, place);
    return createColumnWriter(path, `${path}.${process.pid}-${Date.now().toString(36)}.tmp`);
  } catch {
    return undefined;
  }
}

const longestWriting = 600_000;

/** Columns of runs that are gone, and what somebody began to write and did not end. */
function removeUnused(folder: string, { root, now }: ColumnPlace): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isUnused = name.endsWith(".tmp")
      ? now() - statSync(path).mtimeMs > longestWriting
      : !existsSync(resolve(root, decodeURIComponent(name)));
    if (isUnused) removeQuietly(path);
  }
}
