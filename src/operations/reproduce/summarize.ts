/** The verdict in a sentence: what was compared, and where it first parted. */
import { formatCount } from "../../manifest/count.js";
import type {
  Attempt,
  ComparedMetrics,
  MetricValue,
  Missing,
  PartedPoint,
  ReproductionVerdict,
} from "./result.js";

export function summarizeAttempt(
  verdict: Attempt["verdict"],
  attempt: Attempt,
  tolerance: number | null,
): string {
  switch (verdict) {
    case "identical":
      return `${comparedOf(attempt)}: identical`;
    case "same-numbers":
      return `${comparedOf(attempt)}: the bytes differ, every number is the same`;
    case "within-tolerance":
      return `${comparedOf(attempt)}: within ${tolerance}${largestOf(attempt)}`;
    case "differs":
      return firstParted(attempt);
    default:
      return `the same exit status, ${attempt.exit.now}; nothing else is on record to be compared`;
  }
}

export function summarizeMissing(missing: readonly Missing[]): string {
  const [first] = missing;
  const more = missing.length > 1 ? `, and ${missing.length - 1} more` : "";
  return first === undefined ? "could not run" : `could not run: ${wordsOf(first)}${more}`;
}

export function wordsOf({ what, subject, reason }: Missing): string {
  return what === "argument" ? `argument ${subject} ${reason}` : `${subject}: ${reason}`;
}

/** Metrics come while the command runs, artifacts at its end, the exit status last. */
export function firstParted({ exit, metrics, artifacts, written }: Attempt): string {
  if (metrics.outcome === "differs" && metrics.first !== null)
    return `${pointWords(metrics.first)}${restOfMetrics(metrics)}`;
  if (!exit.same) return `it ended with ${exit.now}; recorded is ${exit.recorded}`;
  const artifact = artifacts.find(({ outcome }) => outcome === "differs");
  const file = written.find(({ outcome }) => outcome === "differs");
  if (artifact === undefined && file !== undefined)
    return `file ${file.name}: ${file.reason ?? "it differs"}`;
  const rest =
    metrics.outcome === "none" ? "" : `; ${formatCount(metrics.equal)} of ${points(metrics)} are equal`;
  return `artifact ${artifact?.name ?? ""}: ${artifact?.reason ?? "it differs"}${rest}`;
}

export function pointWords({ metric, step, recorded, now }: PartedPoint): string {
  const place = step === null ? `metric ${metric}` : `metric ${metric} at step ${formatCount(step)}`;
  return `${place}: ${valueWords(recorded)} was recorded, ${valueWords(now)} came out`;
}

function valueWords(value: MetricValue | null): string {
  return value === null ? "nothing" : String(value);
}

function restOfMetrics(metrics: ComparedMetrics): string {
  return `; ${formatCount(metrics.equal)} of ${points(metrics)} are equal`;
}

function points({ points, of }: ComparedMetrics): string {
  if (of === "summary") return `${formatCount(points)} figures of the metrics' summary`;
  return points === 1 ? "1 point" : `${formatCount(points)} points`;
}

export function comparedOf({ metrics, artifacts, written }: Attempt): string {
  const known = artifacts.filter(({ outcome }) => outcome !== "unknown").length;
  if (known === 0 && metrics.outcome === "none")
    return `${written.length} written ${written.length === 1 ? "file" : "files"}`;
  return [
    ...(known > 0 ? [`${known} ${known === 1 ? "artifact" : "artifacts"}`] : []),
    ...(metrics.outcome === "none"
      ? []
      : [`${points(metrics)}${metrics.of === "summary" ? "" : " of metrics"}`]),
  ].join(" and ");
}

function largestOf({ metrics, artifacts }: Attempt): string {
  const all = [metrics, ...artifacts].map(({ largest_difference }) => largest_difference ?? 0);
  return `, largest relative difference ${Math.max(...all).toPrecision(2)}`;
}

export const isReproduced: Readonly<Record<ReproductionVerdict, boolean>> = {
  identical: true,
  "same-numbers": true,
  "within-tolerance": true,
  "same-exit-status": true,
  differs: false,
  "could-not-run": false,
  "not-attempted": false,
};
