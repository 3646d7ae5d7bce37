/** A requeued job is a new attempt: which run the same job left before, remembered by job id. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isExperimentId } from "../../manifest/ids.js";
import { openStateFolder, stateFolderOf } from "../state-folder.js";

export function previousAttempt(root: string, env: NodeJS.ProcessEnv): string | null {
  const file = fileOf(stateFolderOf(root), env);
  if (file === undefined || !(Number(env.SLURM_RESTART_COUNT) > 0)) return null;
  try {
    const id = readFileSync(file, "utf8").trim();
    return isExperimentId(id) ? id : null;
  } catch {
    return null; // The first attempt ran elsewhere, or the cache was deleted: there is nothing to name.
  }
}

export function rememberAttempt(root: string, env: NodeJS.ProcessEnv, id: string): void {
  const file = fileOf(stateFolderOf(root), env);
  if (file === undefined) return;
  try {
    openStateFolder(root);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${id}\n`);
  } catch {
    // The next attempt will not name this one; that is no reason to stop it.
  }
}

function fileOf(state: string, { SLURM_JOB_ID: job = "" }: NodeJS.ProcessEnv): string | undefined {
  return /^[0-9_]+$/.test(job) ? join(state, "attempts", `slurm-${job}`) : undefined;
}
