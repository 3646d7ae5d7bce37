/** A run as queries see it. */
import type { Field } from "./query.js";

export type Scalar = string | number | boolean | null;

export const metricParts = ["last", "min", "max", "count"] as const;

export type MetricPart = (typeof metricParts)[number];

export function isMetricPart(word: string): word is MetricPart {
  return (metricParts as readonly string[]).includes(word);
}

export interface QueriedMetric {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export interface QueriedRun {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly folder: string;
  readonly pipeline: string | null;
  /** Milliseconds since 1970. */
  readonly started: number | null;
  readonly finished: number | null;
  /** Seconds. */
  readonly elapsed: number | null;
  readonly version: number;
  readonly metrics: Readonly<Record<string, QueriedMetric>>;
  /** As recorded, nested. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly git: Readonly<Record<string, Scalar>>;
  readonly env: Readonly<Record<string, Scalar>>;
  /** Digests by name, or the seed. */
  readonly data: Readonly<Record<string, Scalar>>;
}

/** None where the run does not say; several where a field has several. */
export function valuesOf({ entity, path }: Field, run: QueriedRun): readonly Scalar[] {
  const name = path.join(".");
  switch (entity) {
    case "attribute":
      return present(run[name as keyof QueriedRun] as Scalar);
    case "metric":
      return present(metricOf(path, run));
    case "param":
      return present(parameterOf(path, run.params));
    case "tag":
      return tagValues(name, run.tags);
    case "data":
      return dataValues(name, run.data);
    default:
      return present(ownOf(run[entity], name));
  }
}

function present(value: Scalar | undefined): Scalar[] {
  return value === undefined || value === null ? [] : [value];
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The last value, or another of its summary: `metrics.loss.min`. A metric of that very name comes first. */
function metricOf(path: readonly string[], { metrics }: QueriedRun): number | undefined {
  const whole = ownOf(metrics, path.join("."));
  if (whole !== undefined) return whole.last;
  const part = path.at(-1) ?? "";
  return isMetricPart(part) ? ownOf(metrics, path.slice(0, -1).join("."))?.[part] : undefined;
}

/** A name with dots comes before a path into objects. Lists and objects compare as their JSON. */
function parameterOf(path: readonly string[], params: Readonly<Record<string, unknown>>): Scalar | undefined {
  const whole = ownOf(params, path.join("."));
  const found = whole !== undefined ? whole : stepInto(path, params);
  if (found === undefined) return undefined;
  return typeof found === "object" && found !== null ? JSON.stringify(found) : (found as Scalar);
}

function stepInto(path: readonly string[], params: unknown): unknown {
  let value = params;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** `tags.baseline` is there or not; `tags.model = 'large'` is the tag `model=large`; `tag = 'baseline'` is any of them. */
function tagValues(name: string, tags: readonly string[]): Scalar[] {
  if (name === "") return [...tags];
  return tags.flatMap((tag): Scalar[] => {
    if (tag === name) return [true];
    return tag.startsWith(`${name}=`) ? [tag.slice(name.length + 1)] : [];
  });
}

/** `dataset.name` and `dataset.digest`, in MLflow's words, are those of any input. */
function dataValues(name: string, data: QueriedRun["data"]): Scalar[] {
  const own = present(ownOf(data, name));
  if (own.length > 0) return own;
  const inputs = Object.entries(data).filter(([name]) => name !== "seed");
  if (name === "name") return inputs.map(([name]) => name);
  return name === "digest" ? inputs.map(([, digest]) => digest) : [];
}
