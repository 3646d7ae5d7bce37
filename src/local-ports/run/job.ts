/**
 * Under torchrun, srun or mpirun the first process of a job writes the run, and each of the others lets its command write a journal into the
 * folder of that run; where the run is not found in time, beside its own logs, from where it is moved when the command has ended.
 */
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { identifyProcess } from "../../process/identify-process.js";
import { startTimeOf } from "../../process/observe-process.js";
import { type AnnouncedRun, announceRun, findAnnounced, type Job, jobOf } from "../../store/jobs.js";
import type { Project } from "../../store/project.js";
import { pathOfRun } from "../../store/runs/recorded-runs.js";

/** The first process begins its run in less, as a rule; its own command starts no sooner either. */
const patience = 1000;

function jobHere(env: NodeJS.ProcessEnv): Job | null {
  const start = startTimeOf(process.ppid);
  return jobOf(env, typeof start === "number" ? `${process.ppid}-${start}` : null);
}

/** `rank`: of this process in its job; `null` when it is alone. */
export function tellOthers({ root }: Project, env: NodeJS.ProcessEnv, rank: number | null, id: string): void {
  const job = rank === null ? null : jobHere(env);
  if (job === null) return;
  const { pid, start_time } = identifyProcess();
  announceRun(root, job, { id, pid, start_time });
}

export interface JoinedRun {
  /** What the command is to have in its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** To be called when the command has ended. */
  readonly leave: () => void;
}

/** `ownFolder`: where this process keeps its logs. */
export async function joinRun(
  project: Project,
  env: NodeJS.ProcessEnv,
  rank: number,
  ownFolder: string,
): Promise<JoinedRun> {
  const name = journalOf(rank);
  const id = await awaitRun(project, env);
  if (id !== undefined) {
    const folder = folderOf(project, id);
    const own = { COLOPHON_RUN_ID: id, COLOPHON_RUN_DIR: folder, COLOPHON_METRICS: join(folder, name) };
    return { env: { ...env, ...own }, leave: () => {} };
  }
  const leave = () => {
    const found = findRun(project, jobHere(env));
    if (found !== undefined) moveQuietly(join(ownFolder, name), join(folderOf(project, found), name));
  };
  return { env: { ...env, COLOPHON_METRICS: join(ownFolder, name) }, leave };
}

/** The journal of this process, in the folder of the job's run; `undefined` where that is not found in time. */
export async function findJournal(
  project: Project,
  env: NodeJS.ProcessEnv,
  rank: number,
): Promise<string | undefined> {
  const id = await awaitRun(project, env);
  return id === undefined ? undefined : join(folderOf(project, id), journalOf(rank));
}

function journalOf(rank: number): string {
  return `metrics.${rank}.jsonl`;
}

function folderOf(project: Project, id: string): string {
  return join(project.root, pathOfRun(project, id));
}

async function awaitRun(project: Project, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const job = jobHere(env);
  const until = Date.now() + (job === null ? 0 : patience);
  for (let id = findRun(project, job); ; id = findRun(project, job)) {
    if (id !== undefined || Date.now() >= until) return id;
    await setTimeout(10);
  }
}

function findRun(project: Project, job: Job | null): string | undefined {
  const found = job === null ? undefined : findAnnounced(project.root, job);
  if (found === undefined || !existsSync(folderOf(project, found.id))) return undefined;
  return job?.isUnique || lives(found) ? found.id : undefined;
}

function lives({ pid, start_time }: AnnouncedRun): boolean {
  return startTimeOf(pid) === start_time;
}

/** What cannot be moved stays where the logs of this process are. */
function moveQuietly(from: string, to: string): void {
  try {
    if (!existsSync(to)) renameSync(from, to);
  } catch {}
}
