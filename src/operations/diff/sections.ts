/** The parts of a comparison, and what each is made of. */
import type { ArtifactsDiff } from "./artifacts.js";
import type { CodeDiff } from "./code.js";
import type { Outcome } from "./comparison.js";
import type { EnvironmentDiff } from "./environment.js";
import type { DataDiff } from "./inputs.js";
import type { MetricsDiff } from "./metrics.js";
import type { ParametersDiff } from "./parameters.js";
import type { ResultDiff } from "./result.js";
import type { StagesDiff } from "./stages.js";

export interface DiffSections {
  readonly code: CodeDiff;
  readonly data: DataDiff;
  readonly params: ParametersDiff;
  readonly environment: EnvironmentDiff;
  readonly stages: StagesDiff;
  readonly metrics: MetricsDiff;
  readonly artifacts: ArtifactsDiff;
  readonly result: ResultDiff;
}

interface Item {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** What the outcome of each part was judged by. */
export function itemsOf(sections: DiffSections): Readonly<Record<keyof DiffSections, readonly Item[]>> {
  const { code, data, params, environment, stages, metrics, artifacts, result } = sections;
  return {
    code: code.files,
    data: data.inputs,
    params: [...params.differing, ...params.command],
    environment: [...environment.facts, environment.packages.python, environment.packages.node],
    stages: [stages.pipeline, stages.order, ...stages.stages],
    metrics: metrics.metrics,
    artifacts: artifacts.artifacts,
    result: [result.state, result.exit],
  };
}

/** Whatever a run was made from, it is the same as what it was made from. */
export function equalToItself(sections: DiffSections): DiffSections {
  const { code, data, params, environment, stages, metrics, artifacts, result } = sections;
  const { python, node } = environment.packages;
  return {
    code: { ...settle(code), trees: "same", commit: settle(code.commit), files: code.files.map(settle) },
    data: { ...settle(data), inputs: data.inputs.map(settle) },
    params: settle(params),
    environment: {
      ...settle(environment),
      facts: environment.facts.map(settle),
      packages: { python: settle(python), node: settle(node) },
    },
    stages: settle(stages),
    metrics: { ...settle(metrics), metrics: metrics.metrics.map(settle) },
    artifacts: { ...settle(artifacts), artifacts: artifacts.artifacts.map(settle) },
    result: { ...settle(result), state: settle(result.state), exit: settle(result.exit) },
  };
}

/** Nothing of a run differs from itself, so what is left is what it does not say. */
function settle<Part extends Item>(part: Part): Part {
  return { ...part, outcome: "same", reason: null };
}
