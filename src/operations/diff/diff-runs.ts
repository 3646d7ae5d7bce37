/** What differs between two recorded runs: one sentence, then code, data, parameters, environment, stages, metrics, artifacts and result. */

import type { Finding } from "../../errors.js";
import type { MetricsOfPorts } from "../metrics/metrics-of.js";
import type { LoadedRun, RunState } from "../records/load/loaded-run.js";
import { type ArtifactPorts, diffArtifacts } from "./artifacts.js";
import { type CodePorts, diffCode } from "./code.js";
import { type Verdict, verdictOf } from "./comparison.js";
import { diffEnvironment } from "./environment.js";
import { diffInputs } from "./inputs.js";
import { diffMetrics } from "./metrics.js";
import { diffParameters } from "./parameters.js";
import { diffResult } from "./result.js";
import { type DiffSections, equalToItself } from "./sections.js";
import { diffStages, pipelineNameOf } from "./stages.js";
import { summarizeDiff } from "./summary.js";

export interface DiffedRun {
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly state: RunState;
  readonly started_at: string;
  readonly pipeline: string;
  /** Of its run manifest, as found on disk. */
  readonly version: number;
  /** What is wrong with its record, of severity `warning`. */
  readonly warnings: readonly Finding[];
}

/** From the other side everything is the same with `a` and `b` exchanged. */
export interface RunDiff extends DiffSections {
  readonly a: DiffedRun;
  readonly b: DiffedRun;
  /** `same` only where all is known to be. Names, ids, times, elapsed seconds, process ids and places of files do not count. */
  readonly outcome: Verdict;
  /** The opening sentence. It speaks of neither run. */
  readonly summary: string;
}

export interface DiffPorts extends CodePorts, ArtifactPorts, MetricsOfPorts {}

export async function diffRuns(a: LoadedRun, b: LoadedRun, ports: DiffPorts): Promise<RunDiff> {
  const compared: DiffSections = {
    code: await diffCode(a, b, ports),
    data: diffInputs(a, b),
    params: diffParameters(a, b, ports),
    environment: diffEnvironment(a, b),
    stages: diffStages(a, b),
    metrics: await diffMetrics(a, b, ports),
    artifacts: diffArtifacts(a, b, ports),
    result: diffResult(a, b),
  };
  const sections = a.folder === b.folder ? equalToItself(compared) : compared;
  return {
    a: describeRun(a),
    b: describeRun(b),
    outcome: verdictOf(Object.values(sections)),
    summary: summarizeDiff(sections),
    ...sections,
  };
}

function describeRun(run: LoadedRun): DiffedRun {
  const { id, folder, observed, version } = run;
  const { run_name: name, started_at } = run.run;
  const warnings = run.findings.filter(({ severity }) => severity === "warning");
  return {
    id,
    folder,
    name,
    state: observed.state,
    started_at,
    pipeline: pipelineNameOf(run),
    version,
    warnings,
  };
}
