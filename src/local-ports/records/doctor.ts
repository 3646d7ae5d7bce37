/** What `colophon doctor` works with. */
import { realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { join, relative, sep } from "node:path";
import { findUserAddress } from "../../git/repository/user-address.js";
import type { DiagnosePorts } from "../../operations/records/state/diagnose-runs.js";
import type { ReconcilePorts } from "../../operations/records/state/reconcile-runs.js";
import { sumUpLost } from "../../operations/records/state/sum-up-lost.js";
import { usersOf, writersBelow } from "../../process/observe-process.js";
import { createStreamRedactor } from "../../secrets/stream.js";
import { redactText } from "../../secrets/text.js";
import { redactMembers } from "../../secrets/values.js";
import { visitMetrics } from "../../store/metrics/read-journals.js";
import { readReports } from "../../store/metrics/read-reports.js";
import type { Project } from "../../store/project.js";
import { listLiveFolders, removeLeftover } from "../../store/runs/live-folders.js";
import { pathOfRun } from "../../store/runs/recorded-runs.js";
import { writeFact } from "../../store/runs/run-folder.js";
import { listLogs } from "../../store/runs/run-logs.js";
import { scanLog } from "../../store/runs/scan-log.js";
import { now } from "../clock.js";
import { appendLineAndTell } from "./append-line.js";
import { recordPorts } from "./records.js";

export interface DoctorPorts extends DiagnosePorts, ReconcilePorts {
  /** `path` relative to the project's root, POSIX. */
  readonly removeLeftover: (path: string) => void;
}

export function doctorPorts(directory: string, env: NodeJS.ProcessEnv): DoctorPorts {
  const { project, loading, ids, folderOf } = recordPorts(directory, env);
  return {
    ...loading,
    now,
    ids,
    folderOf,
    pathOfRun: (id) => pathOfRun(project, id),
    findUser: async () => (await findUserAddress(project.root, env)) ?? findAccount(project),
    writersOf: (folder) => writersBelow(join(realpathSync(folder), "logs")),
    listLive: (someRun) => listLive(project, someRun),
    listLogs,
    scanLog: (folder, path, replace) => scanLog(folder, path, createStreamRedactor, replace),
    appendLine: appendLineAndTell(project),
    sumUp: async (id) => {
      const shown = pathOfRun(project, id);
      const path = join(project.root, shown);
      const folder = { id, path, shown, logs: join(path, "logs") };
      await sumUpLost(folder, { visitMetrics, readReports, redactMembers, redactText, writeFact });
    },
    removeLeftover: (path) => removeLeftover(join(project.root, path)),
  };
}

/** A project that hides names of accounts in its records hides this one too. */
function findAccount({ config }: Project): string | null {
  if (config.hashIdentity === true) return null;
  try {
    return userInfo().username || null;
  } catch {
    return null;
  }
}

/** A tracker that starts makes its folder before anybody stands in it. */
const startMilliseconds = 60_000;

function listLive({ root }: Project, someRun: boolean) {
  return listLiveFolders(root).map(({ path, changedAt }) => {
    const users = usersOf(realpathSync(path));
    const isUsed = users === null ? someRun : users.length > 0;
    return {
      path: relative(root, path).split(sep).join("/"),
      inUse: isUsed || Date.now() - changedAt < startMilliseconds,
    };
  });
}
