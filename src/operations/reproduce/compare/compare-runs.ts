/** A recorded run and one that was made of it again: how they ended, their metrics, their artifacts, and what they printed. */
import { artifactOf, type LoadedRun } from "../../records/load/loaded-run.js";
import { endOf, type Recorded } from "../record-again.js";
import type { Attempt, ComparedMetrics } from "../result.js";
import { type ArtifactPorts, compareArtifacts } from "./compare-artifacts.js";
import { compareMetrics, compareSummaries, type MetricPoint } from "./compare-metrics.js";
import { compareWritten } from "./compare-written.js";
import { judgeAttempt } from "./judge.js";
import { inPlaceOf, type Places } from "./places.js";

export interface ComparePorts extends ArtifactPorts {
  readonly readMetrics: (run: LoadedRun) => AsyncIterable<MetricPoint>;
  /** Where a recorded run lay, as far as it is known. */
  readonly recordedPlaces: (source: LoadedRun) => Places;
}

export async function compareRuns(
  source: LoadedRun,
  now: Recorded,
  tolerance: number | null,
  ports: ComparePorts,
): Promise<Attempt> {
  return compareTwo({ run: source, places: ports.recordedPlaces(source) }, now, tolerance, ports);
}

/** Whether two attempts came out the same, as far as anything of them is compared. */
export async function sameOutcome(
  a: Recorded,
  b: Recorded,
  tolerance: number | null,
  ports: ComparePorts,
): Promise<boolean> {
  return (await compareTwo(a, b, tolerance, ports)).verdict !== "differs";
}

async function compareTwo(
  before: Recorded,
  now: Recorded,
  tolerance: number | null,
  ports: ComparePorts,
): Promise<Attempt> {
  const [metrics, artifacts] = await Promise.all([
    compareAllMetrics(before.run, now.run, tolerance, ports),
    compareArtifacts(before, now, tolerance, ports),
  ]);
  const [recorded, ended] = [endOf(before.run), endOf(now.run)];
  const exit = { recorded, now: ended, same: recorded === ended };
  const written = compareWritten(before.run, now.run);
  return {
    id: now.run.id,
    folder: now.run.folder,
    verdict: judgeAttempt(exit, metrics, artifacts, written),
    exit,
    metrics,
    artifacts,
    written,
    same_stdout: sameStdout(before, now, ports),
  };
}

/** Journals stay out of Git: where the recorded one is not, its summary still is. */
async function compareAllMetrics(
  before: LoadedRun,
  now: LoadedRun,
  tolerance: number | null,
  ports: ComparePorts,
): Promise<ComparedMetrics> {
  const compared = await compareMetrics(ports.readMetrics(before), ports.readMetrics(now), tolerance);
  if (compared.outcome !== "none") return compared;
  return compareSummaries(before.metrics, now.metrics, tolerance);
}

function sameStdout(before: Recorded, now: Recorded, { readContent }: ComparePorts): boolean | null {
  const [a, b] = [artifactOf(before.run, "stdout_log"), artifactOf(now.run, "stdout_log")];
  if (a === null || b === null || a.sha256 === null || b.sha256 === null) return null;
  if (a.sha256 === b.sha256) return true;
  const [printed, again] = [readContent(before.run, a, ""), readContent(now.run, b, "")];
  return printed !== null && again !== null && printed === inPlaceOf(before.places, now.places, again);
}
