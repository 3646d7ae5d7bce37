/** What programs report of their run while it goes on: a file for each process, beside the logs, which are not for Git. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../errors.js";
import { readInFolder } from "../runs/run-record.js";

export interface ReportFile {
  /** In the run folder. */
  readonly path: string;
  readonly bytes: Uint8Array | Finding;
}

const mostBytes = 8 * 1024 * 1024;

export function readReports(folder: string): ReportFile[] {
  return listReports(folder).flatMap((path) => {
    const bytes = readInFolder(folder, path, mostBytes);
    return bytes === null ? [] : [{ path, bytes }];
  });
}

export function removeReports(folder: string): void {
  for (const path of listReports(folder)) rmSync(join(folder, path), { force: true });
}

function listReports(folder: string): string[] {
  try {
    return readdirSync(join(folder, "logs"))
      .flatMap((name) => {
        const form = /^reported(?:\.([0-9]{1,9}))?\.jsonl$/.exec(name);
        return form === null ? [] : [{ name, rank: Number(form[1] ?? 0) }];
      })
      .sort((a, b) => a.rank - b.rank)
      .map(({ name }) => `logs/${name}`);
  } catch {
    return []; // No logs, no reports.
  }
}
