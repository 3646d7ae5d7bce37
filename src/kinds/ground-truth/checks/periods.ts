/** Time: which entities have a tape, that it is whole, and that nothing happens outside of it. */
import type { GroundTruthManifest, ScdEvent } from "../../../generated/types.js";
import type { Fault } from "../../../manifest/kind.js";
import { areClose, compareNames, countPeriods, countSamples } from "../ground-truth.js";
import { checkOf, fault, few } from "./check.js";

/** The number of entities depends on the rate, which is not recorded; which ones they are does not depend on the seed. */
const sampleIsTheFirst = checkOf({
  code: "SAMPLE_DISAGREES",
  hint: "Sample the first ceil(n × trajectory_sample_rate) entities by sorted name, one at least.",
  reads: ["archetype_assignments", "trajectory_samples"],
  *find({ archetype_assignments, trajectory_samples }) {
    const sampled = countSamples(trajectory_samples);
    const names = [...new Set(archetype_assignments.map(({ entity }) => entity))].sort(compareNames);
    if (sampled.size === 0 && names.length > 0)
      yield fault(["trajectory_samples"], `has no entity of ${names.length}; expected one at least`);
    const skipped = names.slice(0, sampled.size).filter((name) => !sampled.has(name));
    if (skipped.length > 0)
      yield fault(
        ["trajectory_samples"],
        `are of ${sampled.size} of ${names.length} entities, and these are not the first by name: ${few(skipped)} missing`,
      );
  },
});

const tapesAreWhole = checkOf({
  code: "TAPE_INCOMPLETE",
  hint: "Write the position of every period of a sampled entity, once.",
  reads: ["trajectory_samples"],
  *find({ trajectory_samples }) {
    const periods = countPeriods(trajectory_samples) ?? 0;
    const short = [...countSamples(trajectory_samples)].filter(([, count]) => count < periods);
    if (short.length === 0) return;
    const names = few(short.map(([entity]) => entity));
    yield fault(
      ["trajectory_samples"],
      `${short.length} of the sampled entities have fewer than ${periods} periods: ${names}`,
    );
  },
});

const periodsExist = checkOf({
  code: "NO_SUCH_PERIOD",
  hint: "Name a period that the tapes have; the first is 0.",
  reads: ["trajectory_samples", "event_firings", "scd_events"],
  *find({ trajectory_samples, event_firings, scd_events = [] }) {
    const periods = countPeriods(trajectory_samples);
    if (periods === undefined) return;
    const words = (period: number) => `${period} is no period; the tapes have ${periods}`;
    for (const [index, { period_indices }] of event_firings.entries())
      for (const [place, period] of period_indices.entries())
        if (period >= periods) yield fault(["event_firings", index, "period_indices", place], words(period));
    for (const [index, { period_index }] of scd_events.entries())
      if (period_index >= periods) yield fault(["scd_events", index, "period_index"], words(period_index));
  },
});

const periodsAscend = checkOf({
  code: "NOT_ASCENDING",
  hint: "Sort the periods, and name each once.",
  reads: ["event_firings"],
  *find({ event_firings }) {
    for (const [index, { period_indices }] of event_firings.entries()) {
      const place = period_indices.findIndex(
        (period, at) => at > 0 && period <= (period_indices[at - 1] as number),
      );
      if (place >= 0)
        yield fault(
          ["event_firings", index, "period_indices", place],
          `${period_indices[place]} stands behind ${period_indices[place - 1]}`,
        );
    }
  },
});

const crossingsAreTransitions = checkOf({
  code: "NO_TRANSITION",
  hint: "Write transitions only; the initial band is none.",
  reads: ["scd_events"],
  *find({ scd_events = [] }) {
    for (const [index, { old_label, new_label }] of scd_events.entries())
      if (old_label === new_label)
        yield fault(["scd_events", index, "new_label"], `${JSON.stringify(new_label)} was the band before`);
  },
});

const crossingsStandOnTheTape = checkOf({
  code: "POSITION_DISAGREES",
  hint: "Record the position of the tape at the crossing.",
  reads: ["scd_events", "trajectory_samples"],
  find: crossingsOffTheTape,
});

function* crossingsOffTheTape({ scd_events = [], trajectory_samples }: GroundTruthManifest): Iterable<Fault> {
  if (scd_events.length === 0) return;
  const wanted = new Map<string, Map<number, [number, ScdEvent][]>>();
  for (const [index, event] of scd_events.entries()) {
    const periods = wanted.get(event.entity) ?? new Map<number, [number, ScdEvent][]>();
    wanted.set(event.entity, periods);
    periods.set(event.period_index, [...(periods.get(event.period_index) ?? []), [index, event]]);
  }
  for (const { entity, period_index, position } of trajectory_samples)
    for (const [index, { trigger_position }] of wanted.get(entity)?.get(period_index) ?? [])
      if (!areClose(trigger_position, position))
        yield fault(
          ["scd_events", index, "trigger_position"],
          `${trigger_position}, but ${JSON.stringify(entity)} stood at ${position} in period ${period_index}`,
        );
}

const cutoffFollows = checkOf({
  code: "CUTOFF_DISAGREES",
  hint: "Write the number of periods less holdout_periods.",
  reads: ["holdout", "trajectory_samples"],
  *find({ holdout, trajectory_samples }) {
    const periods = countPeriods(trajectory_samples);
    if (holdout === null || holdout === undefined || periods === undefined) return;
    const { cutoff_period_index: cutoff, holdout_periods } = holdout;
    if (cutoff !== periods - holdout_periods)
      yield fault(
        ["holdout", "cutoff_period_index"],
        `${cutoff}, expected ${periods} periods - ${holdout_periods} = ${periods - holdout_periods}`,
      );
  },
});

export const periodChecks = [
  sampleIsTheFirst,
  tapesAreWhole,
  periodsExist,
  periodsAscend,
  crossingsAreTransitions,
  crossingsStandOnTheTape,
  cutoffFollows,
];
