/** The metrics of runs without an end, from their journals: of those that have not grown since, as they were read the last time. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { uniqueName } from "../../catalog/columnar/state.js";
import type { MetricsSummary } from "../../generated/types.js";
import { queriedMetrics, summarizedMetrics, summaryPath } from "../../operations/metrics/read-summary.js";
import { createPointsSummary } from "../../operations/metrics/summarize-points.js";
import type { LoadedRecord } from "../../operations/records/load/loaded-run.js";
import type { QueriedMetric } from "../../query/queried-run.js";
import { redactText } from "../../secrets/text.js";
import { visitMetrics } from "../../store/metrics/read-journals.js";
import type { Project } from "../../store/project.js";
import { readInFolder } from "../../store/runs/run-record.js";
import { openStateFolder } from "../../store/state-folder.js";
import { version } from "../../version.js";
import { catalogFolderOf } from "./append-line.js";

type Metrics = Readonly<Record<string, QueriedMetric>>;

export interface LiveMetrics {
  metricsOf(record: Pick<LoadedRecord, "id" | "folder">): Promise<Metrics>;
  readonly tooLarge: readonly string[];
}

/** A list waits for all of them; \`show\` and \`plot\` read journals of any size. */
const mostBytes = 64 * 1024 * 1024;
/** Smaller ones are read as fast as they would be remembered. */
const fewestBytes = 256 * 1024;

export function createLiveMetrics({ root }: Project): LiveMetrics {
  const folder = catalogFolderOf({ root });
  const tooLarge: string[] = [];
  return {
    tooLarge,
    async metricsOf({ id, folder: run }) {
      // One that was summed up and then never put on record as ended.
      const summary = readInFolder(run, summaryPath, mostBytes);
      if (summary !== null) return summarizedMetrics(summary);
      const begun = Date.now();
      const { stamp, bytes, isSettled } = lookAtJournals(run, begun);
      if (bytes === 0) return {};
      if (bytes > mostBytes) {
        tooLarge.push(id);
        return {};
      }
      const file = join(folder, `journals-${id}`);
      const known = readKnown(file, stamp);
      if (known !== undefined) return queriedMetrics(known);
      const points = createPointsSummary((name) => Object.keys(redactText(name).redactions).length > 0);
      const problems = await visitMetrics(run, points.add);
      const found = points.end(problems) ?? { metrics: {} };
      if (isSettled && bytes > fewestBytes) keep(root, folder, file, stamp, found.metrics);
      return queriedMetrics(found);
    },
  };
}

/** A journal only grows, so its size tells whether it is the same; its times and inode tell whether it was replaced. */
function lookAtJournals(run: string, begun: number) {
  const journals = namesIn(run)
    .filter((name) => /^metrics(\.[^/]*)?\.jsonl$/.test(name))
    .sort();
  const stats = journals.map((name) => lstatSync(join(run, name), { throwIfNoEntry: false }));
  const parts = stats.map((stat, index) => [
    journals[index],
    stat?.ino,
    stat?.size,
    stat?.mtimeMs,
    stat?.ctimeMs,
    stat?.mode,
  ]);
  return {
    stamp: JSON.stringify([version, parts]),
    bytes: stats.reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0),
    isSettled: stats.every(
      (stat) => stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) < begun - 2000,
    ),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readKnown(file: string, stamp: string): Pick<MetricsSummary, "metrics"> | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, end) === headOf(stamp, body) ? { metrics: JSON.parse(body) } : undefined;
  } catch {
    return undefined;
  }
}

function headOf(stamp: string, body: string): string {
  return `${crc32(body)} ${stamp}`;
}

/** Best effort: what cannot be kept is read again. */
function keep(root: string, folder: string, file: string, stamp: string, metrics: MetricsSummary["metrics"]) {
  const body = JSON.stringify(metrics);
  const temporary = `${file}.${uniqueName()}.tmp`;
  try {
    openStateFolder(root);
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(temporary, `${headOf(stamp, body)}\n${body}`, { flag: "wx" });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}
