import type { Stage } from "../../../kinds/run/run.js";
import type { PlannedStage } from "./plan-stages.js";
import { runningStage, skippedStage } from "./stage-records.js";

export interface OpenedStages {
  /** Of the stages that are skipped on the way, and of the one that begins. */
  readonly records: readonly Stage[];
  /** The index of the stage that begins; `undefined` when none is left. */
  readonly index: number | undefined;
}

/** From the stage `from` on: passes over what is skipped, and begins the next one. */
export function openStages(stages: readonly PlannedStage[], from: number, at: number): OpenedStages {
  const records: Stage[] = [];
  for (let index = from; index < stages.length; index += 1) {
    const { name, skip } = stages[index] as PlannedStage;
    if (skip === null) return { records: [...records, runningStage(name, at)], index };
    records.push(skippedStage(name, at, skip));
  }
  return { records, index: undefined };
}
