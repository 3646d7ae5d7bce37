/** Runs a command with `--observe` and reads what was recorded of it. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { ObservedFiles } from "../../src/generated/types.js";
import { straceFault } from "../../src/process/observe/strace.js";
import { runFolders, watchRuns } from "./recorded-run.js";
import type { Call, Outcome, Repository } from "./repository.js";

export type ObservedFile = ObservedFiles["files"][number];

/** The interpreter itself, not a script that looks for one; `undefined` where there is none. */
export const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], {
  encoding: "utf8",
}).stdout?.trim();
export const hasPython = python !== undefined && python !== "";
export const python3 = python as string;
export const canTrace = straceFault(process.env, "/") === null;

export interface ObservedRun extends Outcome {
  readonly record: ObservedFiles;
  readonly folder: string;
  readonly id: string;
  readonly file: (path: string) => ObservedFile | undefined;
  /** Paths of the files for which it holds, sorted. */
  readonly paths: (wanted: (file: ObservedFile) => boolean) => string[];
}

export function observedRun(
  repository: Repository,
  command: readonly string[],
  { flags = ["--observe"], call = {} }: { flags?: readonly string[]; call?: Call } = {},
): ObservedRun {
  const newRuns = watchRuns(repository);
  const outcome = repository.colophon(
    ["run", "--synthetic-seed", "1", "--dirty", "warn", ...flags, "--", ...command],
    call,
  );
  const [folder] = newRuns();
  if (folder === undefined) throw new Error(`no run was recorded:\n${outcome.stderr}`);
  const record = recordIn(folder);
  if (record === null) throw new Error(`nothing was observed:\n${outcome.stderr}`);
  return {
    ...outcome,
    record,
    folder,
    id: basename(folder),
    file: (path) => record.files.find((file) => file.path === path),
    paths: (wanted) => record.files.filter(wanted).map(({ path }) => path),
  };
}

export function recordIn(folder: string): ObservedFiles | null {
  const path = join(folder, "00_run_metadata/observed.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

export function newestRecord(repository: Repository): ObservedFiles | null {
  const madeAt = (folder: string) => statSync(join(folder, "manifest.json")).mtimeMs;
  const [newest] = runFolders(repository).sort((a, b) => madeAt(b) - madeAt(a));
  return newest === undefined ? null : recordIn(newest);
}

export function namesOf(record: ObservedFiles, what: ObservedFiles["blind_spots"][number]["what"]) {
  return record.blind_spots.find((spot) => spot.what === what)?.names;
}
