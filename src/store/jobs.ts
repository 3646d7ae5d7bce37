/** Where the processes of one job find the run that the first of them writes: told in `.colophon/`, by what they share. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isExperimentId } from "../manifest/ids.js";
import { openStateFolder, stateFolderOf } from "./state-folder.js";

/** What the processes of a job share, and no other job has. */
export interface Job {
  readonly key: string;
  /** Whether the system gives the key to nobody else, ever; else a run counts only while its tracker lives. */
  readonly isUnique: boolean;
}

export interface AnnouncedRun {
  readonly id: string;
  /** Of its tracker, and when that was started. */
  readonly pid: number;
  readonly start_time: number | null;
}

/** `launcher`: the process that started this one, as `pid-start`, where that is known. */
export function jobOf(env: NodeJS.ProcessEnv, launcher: string | null): Job | null {
  const { SLURM_JOB_ID, SLURM_STEP_ID, SLURM_RESTART_COUNT = "0", PMIX_NAMESPACE } = env;
  const isTorch = env.RANK !== undefined && env.WORLD_SIZE !== undefined;
  const isMpi = env.OMPI_COMM_WORLD_RANK !== undefined || env.PMI_RANK !== undefined;
  const unique =
    (!isTorch && isMpi && PMIX_NAMESPACE !== undefined && `pmix-${PMIX_NAMESPACE}`) ||
    (!isTorch && !isMpi && SLURM_STEP_ID && `slurm-${SLURM_JOB_ID}.${SLURM_STEP_ID}-${SLURM_RESTART_COUNT}`);
  if (unique) return { key: safe(unique), isUnique: true };
  if (launcher === null) return null;
  return { key: safe(`launcher-${launcher}-${env.TORCHELASTIC_RESTART_COUNT ?? "0"}`), isUnique: false };
}

function safe(key: string): string {
  return key.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 200);
}

/** What cannot be told is not needed for the run itself. */
export function announceRun(root: string, { key }: Job, run: AnnouncedRun): void {
  try {
    openStateFolder(root);
    const file = fileOf(root, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(run));
    renameSync(`${file}.${process.pid}`, file);
  } catch {}
}

export function findAnnounced(root: string, { key }: Job): AnnouncedRun | undefined {
  try {
    const found = JSON.parse(readFileSync(fileOf(root, key), "utf8")) as AnnouncedRun;
    // No more than an id is believed: it cannot lead out of the records.
    return isExperimentId(found.id) && typeof found.pid === "number" ? found : undefined;
  } catch {
    return undefined; // Nobody has said anything yet.
  }
}

function fileOf(root: string, key: string): string {
  return join(stateFolderOf(root), "jobs", key);
}
