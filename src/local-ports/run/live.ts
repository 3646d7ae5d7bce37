/** What `startRun` of the API works with: as `colophon run`, without a command of ours. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { type LiveMetrics, liveMetrics } from "../../operations/live/live-metrics.js";
import type { LivePorts } from "../../operations/live/live-record.js";
import { openJournal } from "../../store/metrics/append-journal.js";
import { visitMetricsNow } from "../../store/metrics/read-journals.js";
import { openProject } from "../../store/project.js";
import { writeSums } from "../../store/runs/run-folder.js";
import { now } from "../clock.js";
import { findJournal } from "./job.js";
import { rankOf, runPorts } from "./run.js";
import { sampleSelf, usageIn } from "./samples/sample-self.js";

/** The place of this process among those of its job; `null` when it is alone. */
export function rankHere(): number | null {
  return rankOf(process.env);
}

/** What a process beside the first one logs goes into a journal of its own in the folder of their run. */
export async function metricsOfRank(directory: string, rank: number): Promise<LiveMetrics | null> {
  const project = openProject(directory, findRepositoryHint(directory));
  const path = await findJournal(project, process.env, rank);
  return path === undefined ? null : liveMetrics(path, { now, openJournal, warn });
}

export function livePorts(directory: string): LivePorts {
  const program = findProgram();
  let sampled: string | undefined;
  const ports = runPorts({
    directory,
    env: process.env,
    entryFile: program,
    onProgress: () => {},
    warn,
  });
  return {
    ...ports,
    // The program's own output is its own.
    prepareOutput: () => {},
    warn,
    openJournal,
    beginSamples: ({ folder }) => {
      sampled = folder.path;
      return sampleSelf(folder.path, program);
    },
    besideCommands: () => {
      const usage = sampled === undefined ? null : usageIn(sampled);
      return usage === null ? {} : { usage };
    },
    visitMetricsNow: (folder, visit) => visitMetricsNow(folder, visit, mostOnTheWayOut),
    writeTrackedSums: ({ folder }) => writeSums(folder),
    onExit: (hear) => {
      process.on("exit", hear);
      return () => process.off("exit", hear);
    },
  };
}

/** Bytes of journals: about half a second. */
const mostOnTheWayOut = 32 * 1024 * 1024;

function warn(line: string): void {
  process.stderr.write(`colophon: ${line}\n`);
}

/** The command line is built beside the API; it gathers the slow facts in a process of its own. */
function findProgram(): string {
  const beside = fileURLToPath(new URL("./colophon.cjs", import.meta.url));
  return existsSync(beside)
    ? beside
    : resolve(fileURLToPath(new URL("../../dist/colophon.cjs", import.meta.url)));
}
