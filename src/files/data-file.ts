/** A regular file of data, as `stat` saw it before it was opened. */
import { type BigIntStats, statSync } from "node:fs";
import { dataFault, notAFile } from "./data-faults.js";

export interface DataFile {
  readonly location: string | Buffer;
  /** The path as it is shown. */
  readonly name: string;
  readonly stamp: FileStamp;
}

/** What tells one content of a file from another. Node's own `Stats` holds four dates beside it: too much to keep of many files. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** Rounded where it is above 2^53; only equality counts. */
  readonly ino: number;
  readonly dev: number;
}

/** Links are followed. Throws when there is nothing, or nothing that can be read from beginning to end. */
export function statFile(location: string | Buffer, name: string): DataFile {
  return dataFileOf(location, name, statData(location, name));
}

export function dataFileOf(location: string | Buffer, name: string, stats: BigIntStats): DataFile {
  if (!stats.isFile()) throw notAFile(name, stats);
  return { location, name, stamp: stampOf(stats) };
}

export function statData(location: string | Buffer, name: string): BigIntStats {
  try {
    return statSync(location, { bigint: true });
  } catch (cause) {
    throw dataFault(name, cause);
  }
}

export function stampOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): FileStamp {
  return { size: Number(size), mtimeNs, ctimeNs, ino: Number(ino), dev: Number(dev) };
}

export function formatStamp({ size, mtimeNs, ctimeNs, ino, dev }: FileStamp): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino} ${dev}`;
}
