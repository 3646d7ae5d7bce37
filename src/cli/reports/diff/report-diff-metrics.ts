/** What the metrics of two runs came to, for people: only what differs, and in as many digits as tell it apart. */
import type { Comparison } from "../../../operations/diff/comparison.js";
import type { RunDiff } from "../../../operations/diff/diff-runs.js";
import type { DiffedMetric } from "../../../operations/diff/metrics.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatMetricValue } from "../run/report-metrics.js";
import {
  comparisonLines,
  type DiffView,
  equalLine,
  type Line,
  limited,
  widthOf,
} from "./report-diff-lines.js";

export function metricLines({ metrics: { metrics } }: RunDiff, view: DiffView, paint: Paint): Line[] {
  const width = widthOf(metrics);
  const lines = metrics.flatMap((item) => {
    if (item.outcome !== "changed") return comparisonLines([item], oneSided, view, paint, width);
    return [{ text: `${printable(item.name).padEnd(width)}  ${changesIn(item, paint)}` }];
  });
  const same = metrics.filter(({ outcome }) => outcome === "same").map(({ name }) => printable(name));
  const shown = limited(lines, "metrics", view);
  return same.length === 0 ? shown : [...shown, equalLine(same.join(", "), paint)];
}

function oneSided(metric: DiffedMetric): string {
  return `last ${formatMetricValue(metric.last.value)}, ${metric.count} points`;
}

function changesIn({ a, b }: Comparison<DiffedMetric>, { glyphs }: Paint): string {
  if (a === null || b === null) return "";
  const pair = (label: string, before: unknown, after: unknown) =>
    before === after ? [] : [`${label} ${before} ${glyphs.arrow} ${after}`];
  const point = (label: "last" | "min" | "max") => {
    const [before, after] = [a[label], b[label]];
    const [from, to] = wordsOf(before?.value ?? null, after?.value ?? null);
    const values = pair(label, from, to);
    return values.length > 0
      ? values
      : pair(`${label} at step`, before?.step ?? "none", after?.step ?? "none");
  };
  return [
    ...point("last"),
    ...point("min"),
    ...point("max"),
    ...pair("points", a.count, b.count),
    ...pair("NaN", a.nan, b.nan),
  ].join("  ");
}

type Value = DiffedMetric["last"]["value"] | null;

function wordsOf(a: Value, b: Value): [string, string] {
  const [before, after] = [a, b].map((value) => (value === null ? "none" : formatMetricValue(value))) as [
    string,
    string,
  ];
  return before === after && a !== b ? [String(a), String(b)] : [before, after];
}
