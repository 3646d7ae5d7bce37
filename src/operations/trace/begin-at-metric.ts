/** A value that a run measured: from its journals where they are here, else from the summary in its record. */
import { defaultMaximumBytes, parseJson } from "../../manifest/parse.js";
import type { MetricPoint } from "../../store/metrics/journal.js";
import type { RecordPorts } from "../verify/record.js";
import { addLink, addNode, type Graph, type NewLink, runNode } from "./graph.js";
import { type KnownRun, membersOf } from "./index-runs.js";

export interface MetricPorts extends Pick<RecordPorts, "readFile"> {
  /** Every point of a run's journals. */
  readonly visitMetrics: (folder: string, visit: (point: MetricPoint) => void) => Promise<unknown>;
}

interface Asked {
  readonly metric: string;
  readonly step: number | null;
}

/** Gives the node's id. */
export async function addMetric(
  run: KnownRun,
  asked: Asked,
  graph: Graph,
  ports: MetricPorts,
): Promise<string> {
  const { metric, step } = asked;
  const at = step === null ? "" : ` at step ${step}`;
  const measured = await measure(run, asked, ports);
  const root = addNode(graph, {
    id: `metric:${run.id}:${metric}${step === null ? "" : `@${step}`}`,
    kind: "metric",
    label: `${metric}${at}`,
    detail: measured.words,
    run: run.id,
  });
  addNode(graph, runNode(run, 1));
  addLink(graph, root, "measured-by", `run:${run.id}`, { name: metric, ...measured.link });
  return root;
}

interface Measured {
  readonly words: string | null;
  readonly link: NewLink;
}

/** Of a step that has the metric several times, and without a step, the last point counts. */
async function measure(run: KnownRun, { metric, step }: Asked, ports: MetricPorts): Promise<Measured> {
  let found: MetricPoint | undefined;
  let points = 0;
  await ports.visitMetrics(run.folder, (point) => {
    points += 1;
    if (point.metric === metric && (step === null || point.step === step)) found = point;
  });
  if (found !== undefined) return { words: wordsFor(found.value, found.step, step), link: {} };
  if (points > 0)
    return { words: null, link: { state: "missing", reason: `none of its ${points} points is that` } };
  const summed = findInSummary(run, { metric, step }, ports);
  if (summed !== null) return { words: `${summed}, by its summary`, link: {} };
  return {
    words: null,
    link: { state: "not-here", reason: "its metrics stay out of Git, and its summary does not say" },
  };
}

function wordsFor(value: unknown, found: unknown, asked: number | null): string {
  return `${value}${typeof found !== "number" || asked !== null ? "" : ` at step ${found}`}`;
}

/** The record keeps the last, the least and the greatest value of each metric. */
function findInSummary(
  { folder }: KnownRun,
  { metric, step }: Asked,
  { readFile }: MetricPorts,
): string | null {
  const bytes = readFile(folder, "00_run_metadata/metrics_summary.json", defaultMaximumBytes);
  if (bytes === null || "code" in bytes) return null;
  const parsed = parseJson(bytes);
  const metrics = membersOf(membersOf(parsed.ok ? parsed.value : null).metrics);
  const summary = membersOf(Object.hasOwn(metrics, metric) ? metrics[metric] : null);
  const kept = [summary.last, summary.min, summary.max].map(membersOf);
  const found = kept.find((one) => one.value !== undefined && (step === null || one.step === step));
  return found === undefined ? null : wordsFor(found.value, found.step, step);
}
