/** Metrics for people: a row each, numbers under each other, and what of the journals could not be read. */
import type { MetricsSummary } from "../../../generated/types.js";
import type { RunMetrics } from "../../../operations/metrics/metrics-of.js";
import { formatColumns } from "../../terminal/columns.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { row } from "../row.js";

type Metric = RunMetrics["metrics"][string];
type Point = Metric["last"];

const mostMetrics = 12;

/** `width`: what is left of the terminal; `null` in a pipe. */
export function metricLines(metrics: RunMetrics | null, width: number | null, paint: Paint): string[] {
  if (metrics === null) return [];
  const all = Object.entries(metrics.metrics);
  const shown = all.slice(0, mostMetrics);
  const [header = "", ...rows] = formatColumns(columns, shown.map(cellsOf), width, paint.glyphs.ellipsis);
  const rest = all.length - shown.length;
  return [
    ...(shown.length === 0 ? [] : [paint.dim(header), ...rows]),
    ...(rest > 0 ? [`and ${rest} more: --json has them all`] : []),
    ...leftOutLines(metrics).map((text) => paint.yellow(`${paint.glyphs.note} ${text}`)),
  ];
}

const mostShortly = 6;

/** At the end of a run: where its metrics came to, on one line, and what could not be read. */
export function metricRows(summary: MetricsSummary | null, paint: Paint): string[] {
  if (summary === null) return [];
  const all = Object.entries(summary.metrics);
  const shown = all
    .slice(0, mostShortly)
    .map(([name, { last }]) => `${printable(name)} ${formatMetricValue(last.value)}`);
  const rest = all.length - shown.length;
  return [
    ...(shown.length === 0 ? [] : [row("metrics", [...shown, ...(rest > 0 ? [`+${rest}`] : [])].join("  "))]),
    ...leftOutLines(summary).map((text) => row("", paint.yellow(`${paint.glyphs.note} ${text}`))),
  ];
}

const columns = [
  { header: "name", leaves: 0, longest: 32 },
  { header: "last", leaves: 0, alignRight: true },
  { header: "step", leaves: 3, alignRight: true },
  { header: "min", leaves: 2, alignRight: true },
  { header: "step", leaves: 4, alignRight: true },
  { header: "max", leaves: 1, alignRight: true },
  { header: "step", leaves: 5, alignRight: true },
  { header: "points", leaves: 6, alignRight: true },
] as const;

function cellsOf([name, { last, min, max, count, nan }]: readonly [string, Metric]) {
  return [
    { text: printable(name) },
    ...cellsOfPoint(last),
    ...cellsOfPoint(min),
    ...cellsOfPoint(max),
    { text: nan > 0 ? `${count} (${nan} NaN)` : String(count) },
  ];
}

function cellsOfPoint(point: Point | null) {
  const step = point?.step ?? null;
  return [
    { text: point === null ? "" : formatMetricValue(point.value) },
    { text: step === null ? "" : String(step) },
  ];
}

/** Six digits tell runs apart and stand under each other; `--json` has all of them. */
export function formatMetricValue(value: Point["value"]): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** What stands in the journals and not in the rows. */
export function leftOutLines({ left_out, unread }: Pick<MetricsSummary, "left_out" | "unread">): string[] {
  const { secret, beyond_the_first_names: beyond } = left_out;
  return [
    ...unread.map(({ path, torn, bad, lines, reason }) => {
      const places = lines.slice(0, 5).join(", ");
      const more = lines.length > 5 ? ", …" : "";
      const words = [
        ...(bad > 0 ? [`${counted(bad, "line")} not read as metrics`] : []),
        ...(torn > 0 ? [`${counted(torn, "line")} not written to the end`] : []),
        ...(reason === null ? [] : [printable(reason)]),
      ];
      return `${printable(path)}: ${words.join(", ")}${lines.length > 0 ? ` (line ${places}${more})` : ""}`;
    }),
    ...(secret > 0 ? [`${counted(secret, "point")} of metrics whose name looks like a secret`] : []),
    ...(beyond > 0 ? [`${counted(beyond, "point")} of metrics after the first 10,000 names`] : []),
  ];
}
