/** Every file in the folder of a run, as it is found there. */
import { lstatSync } from "node:fs";
import { type BytePath, locate, textOf } from "../../files/byte-path.js";
import { walkFiles } from "../../files/walk.js";

export interface RunFile {
  /** Relative to the run folder, a character for each byte. */
  readonly path: string;
  /** To be read by people. */
  readonly shown: string;
  readonly location: string | Buffer;
  readonly kind: "file" | "link" | "other";
  readonly bytes: number;
  readonly isExecutable: boolean;
}

/** Sorted by path. Throws errors of the system as they come. */
export function listRunFiles(folder: string): RunFile[] {
  const files: RunFile[] = [];
  for (const { path, kind } of walkFiles(folder)) {
    if (kind === "folder") continue;
    const location = locate(folder, path);
    const { size, mode } = lstatSync(location);
    files.push({
      path,
      shown: textOf(path),
      location,
      kind,
      bytes: size,
      isExecutable: (mode & 0o111) !== 0,
    });
  }
  return files;
}

export function locateInRun(folder: string, path: string): string | Buffer {
  return locate(folder, path as BytePath);
}
