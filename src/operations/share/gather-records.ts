/** What of a run would be sent: all that is tracked, and of the rest as much as fits under a cap, the smallest first. */

import type { RunFile } from "../../store/runs/run-files.js";
import { openReportsPath } from "../metrics/reports.js";
import { faultOfRecordPath, isOwnIgnore } from "./record-paths.js";
import type { LeftOut } from "./result.js";

export interface Gathered {
  readonly files: readonly RunFile[];
  readonly leftOut: readonly LeftOut[];
  /** Of the files. */
  readonly bytes: number;
  /** Whether anything is there that Git leaves out. */
  readonly hasUntracked: boolean;
}

export interface GatherOptions {
  readonly maximumBytes: number;
  readonly areLogsScanned: boolean;
  readonly isUntracked: (path: string) => boolean;
}

export function gatherRecords(all: readonly RunFile[], options: GatherOptions): Gathered {
  const files: RunFile[] = [];
  const leftOut: LeftOut[] = [];
  let untracked = 0;
  for (const file of all.filter(({ path }) => !isOwnIgnore(path)).toSorted((a, b) => a.bytes - b.bytes)) {
    const isExtra = options.isUntracked(file.path);
    const reason = whyNot(file, isExtra, untracked, options);
    if (reason !== undefined) {
      leftOut.push({ path: file.shown, bytes: file.bytes, reason });
      continue;
    }
    files.push(file);
    if (isExtra) untracked += file.bytes;
  }
  return {
    files: files.toSorted(byPath),
    leftOut: leftOut.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    hasUntracked: [...files.map(({ path }) => path), ...leftOut.map(({ path }) => path)].some(
      options.isUntracked,
    ),
  };
}

function whyNot(
  { path, kind, bytes }: RunFile,
  isExtra: boolean,
  before: number,
  { maximumBytes, areLogsScanned }: GatherOptions,
): string | undefined {
  if (kind !== "file") return kind === "link" ? "is a link" : "is no regular file";
  const fault = faultOfRecordPath(path);
  if (fault !== undefined) return fault;
  if (path === openReportsPath) return "holds what nobody has searched for secrets";
  if (path.startsWith("logs/") && !areLogsScanned)
    return "was not searched for secrets to its end; colophon doctor --reconcile does";
  if (isExtra && before + bytes > maximumBytes) return "is beyond the cap; --max-bytes raises it";
  return undefined;
}

function byPath(a: RunFile, b: RunFile): number {
  return a.path < b.path ? -1 : 1;
}
