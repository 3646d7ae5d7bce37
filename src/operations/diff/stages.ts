/** Stages by name: how far each came. How long it took is told, and is no difference. */

import { pipelineOf } from "../../kinds/pipelines/pipeline-of.js";
import type { Stage } from "../../kinds/run/run.js";
import { kinds } from "../../kinds/table.js";
import { extensionKeyOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { type Comparison, compare, namesOf, type Section, unknown, verdictOf } from "./comparison.js";

export type DiffedStage = Pick<Stage, "status" | "elapsed_seconds" | "message">;

export interface StagesDiff extends Section {
  readonly pipeline: Comparison<string>;
  /** Of the stages that both runs have, in their order of execution. */
  readonly order: Comparison<readonly string[]>;
  readonly stages: readonly Comparison<DiffedStage>[];
}

export function diffStages(a: LoadedRun, b: LoadedRun): StagesDiff {
  const pipeline = compare("pipeline", pipelineNameOf(a), pipelineNameOf(b));
  const [ofA, ofB] = [stagesOf(a), stagesOf(b)];
  const stages = namesOf(ofA, ofB).map((name) => compareStage(name, [a, ofA.get(name)], [b, ofB.get(name)]));
  const order = compare(
    "order of stages",
    [...ofA.keys()].filter((name) => ofB.has(name)),
    [...ofB.keys()].filter((name) => ofA.has(name)),
  );
  return { outcome: verdictOf([pipeline, order, ...stages]), reason: null, pipeline, order, stages };
}

export function pipelineNameOf(run: LoadedRun): string {
  return pipelineIn(run)?.name ?? "unknown";
}

type Side = readonly [run: LoadedRun, stage: DiffedStage | undefined];

function compareStage(name: string, [a, inA]: Side, [b, inB]: Side): Comparison<DiffedStage> {
  const isSilent =
    (inA === undefined && inB !== undefined && isUnrecorded(a, name, inB.status)) ||
    (inB === undefined && inA !== undefined && isUnrecorded(b, name, inA.status));
  if (isSilent) return unknown(name, inA, inB, notRecordedThen);
  const compared = compare(name, inA, inB, (a, b) => a.status === b.status);
  const isContested =
    compared.outcome === "changed" && [inA, inB].every((stage) => stage?.status !== "skipped");
  const isDerived = isDefaulted(a, name, "status") || isDefaulted(b, name, "status");
  // A stage with an end was not skipped; but whether it failed, its times do not say.
  return isContested && isDerived ? unknown(name, inA, inB, notRecordedThen) : compared;
}

export const notRecordedThen = "an earlier version did not record it";

/** Whether a run that does not have a stage is of a version that would not have said so if it was skipped, or done at all. */
export function isUnrecorded(run: LoadedRun, name: string, status: Stage["status"]): boolean {
  if (run.version >= 2) return false;
  const isOfItsTime = pipelineIn(run)?.stages.some((stage) => stage.name === name) === true;
  return status === "skipped" || !isOfItsTime;
}

/** Whether what stands in this member of a stage was filled in when the run was loaded. */
export function isDefaulted({ run, defaulted }: LoadedRun, stage: string, member: keyof Stage): boolean {
  const index = run.stages.findIndex(({ name }) => name === stage);
  return defaulted.includes(`/stages/${index}/${member}`);
}

function pipelineIn({ run, version }: LoadedRun) {
  return pipelineOf(run, extensionKeyOf(run, kinds.run) ?? "", version);
}

function stagesOf({ run }: LoadedRun): Map<string, DiffedStage> {
  return new Map(
    run.stages.map(({ name, status, elapsed_seconds, message }) => [
      name,
      { status, elapsed_seconds, message },
    ]),
  );
}
