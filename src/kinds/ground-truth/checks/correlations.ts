/** Correlations that were asked for and could not be had, or only in another way: the numbers agree with each other. */
import { areClose, compensate, mostCompensatedMetrics, noiseFloor, pairName } from "../ground-truth.js";
import { checkOf, fault } from "./check.js";

const adjustmentsAddUp = checkOf({
  code: "ADJUSTMENT_DISAGREES",
  hint: "Write the absolute difference: of requested and achieved, or of user_target and achievable.",
  reads: ["correlation_adjustments", "correlation_compensations"],
  *find({ correlation_adjustments, correlation_compensations }) {
    for (const [index, { requested, achieved, adjustment }] of (correlation_adjustments ?? []).entries())
      if (!areClose(adjustment, Math.abs(requested - achieved)))
        yield fault(
          ["correlation_adjustments", index, "adjustment"],
          `${adjustment}, expected |${requested} - ${achieved}|`,
        );
    for (const [index, entry] of (correlation_compensations ?? []).entries()) {
      const { user_target, achievable, adjustment } = entry;
      if (!areClose(adjustment, Math.abs(user_target - achievable)))
        yield fault(
          ["correlation_compensations", index, "adjustment"],
          `${adjustment}, expected |${user_target} - ${achievable}|`,
        );
    }
  },
});

const compensationsFollow = checkOf({
  code: "COMPENSATION_DISAGREES",
  hint: "Take user_target - trajectory_contribution; achievable is that clamped to [-1, 1], and infeasible says that it lay outside.",
  reads: ["correlation_compensations"],
  *find({ correlation_compensations }) {
    for (const [index, entry] of (correlation_compensations ?? []).entries()) {
      const place = (field: string) => ["correlation_compensations", index, field];
      const { user_target, trajectory_contribution, compensated_target: target } = entry;
      if (!areClose(target, compensate(user_target, trajectory_contribution).compensated_target))
        yield fault(
          place("compensated_target"),
          `${target}, expected ${user_target} - ${trajectory_contribution}`,
        );
      const expected = compensate(target, 0);
      if (!areClose(entry.achievable, expected.achievable))
        yield fault(place("achievable"), `${entry.achievable}, expected ${expected.achievable}`);
      // At the edge itself, rounding decides.
      if (entry.infeasible !== expected.infeasible && !areClose(Math.abs(target), 1))
        yield fault(place("infeasible"), `${entry.infeasible}, but compensated_target is ${target}`);
    }
  },
});

const noiseIsDropped = checkOf({
  code: "BELOW_NOISE_FLOOR",
  hint: "Leave the pair out; an empty list says that all pairs were clean.",
  reads: ["correlation_adjustments"],
  *find({ correlation_adjustments }) {
    for (const [index, { adjustment }] of (correlation_adjustments ?? []).entries())
      if (adjustment < noiseFloor)
        yield fault(
          ["correlation_adjustments", index, "adjustment"],
          `${adjustment} is below the noise floor of ${noiseFloor}`,
        );
  },
});

const metricsStayBelowTheCap = checkOf({
  code: "TOO_MANY_METRICS",
  hint: "Write null: above the cap nothing is compensated.",
  reads: ["correlation_compensations"],
  *find({ correlation_compensations }) {
    const metrics = new Set(
      (correlation_compensations ?? []).flatMap(({ metric_a, metric_b }) => [metric_a, metric_b]),
    );
    if (metrics.size > mostCompensatedMetrics)
      yield fault(
        ["correlation_compensations"],
        `are about ${metrics.size} metrics; above ${mostCompensatedMetrics} there are none`,
      );
  },
});

const pairsAreNamedOnce = checkOf({
  code: "PAIR_TWICE",
  hint: "Name two different metrics, and every pair once.",
  reads: ["correlation_adjustments", "correlation_compensations"],
  *find(manifest) {
    for (const section of ["correlation_adjustments", "correlation_compensations"] as const) {
      const seen = new Set<string>();
      for (const [index, pair] of (manifest[section] ?? []).entries()) {
        const names = `${JSON.stringify(pair.metric_a)} and ${JSON.stringify(pair.metric_b)}`;
        if (pair.metric_a === pair.metric_b || seen.has(pairName(pair)))
          yield fault([section, index], `${names} are no pair of their own`);
        seen.add(pairName(pair));
      }
    }
  },
});

export const correlationChecks = [
  adjustmentsAddUp,
  compensationsFollow,
  noiseIsDropped,
  metricsStayBelowTheCap,
  pairsAreNamedOnce,
];
