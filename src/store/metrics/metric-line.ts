/**
 * One line of a journal of metrics: `{"step":12,"time":"…","metrics":{"loss":0.31}}`. What is wrong of it is said and left out; the rest
 * is read, as any program may have written it.
 */
import { faultOfName, isStep, parseMetric } from "../../manifest/metrics.js";
import { parseUtc } from "../../manifest/timestamps.js";
import { isObject } from "../../manifest/validate.js";
import { parseLine } from "./parse-line.js";

export interface ReadLine {
  readonly step: number | null;
  readonly time: string | null;
  readonly values: readonly (readonly [metric: string, value: number])[];
  /** What of the line could not be read. */
  readonly faults: readonly string[];
}

/** A fault instead of a line where nothing of it can be read. */
export function readMetricLine(text: string): ReadLine | string {
  const value = parseLine(text);
  return typeof value === "string" ? value : readObject(value.object);
}

function readObject(line: unknown): ReadLine | string {
  if (!isObject(line)) return "is no JSON object";
  const { step = null, time = null, metrics } = line;
  if (metrics === undefined) return 'has no "metrics"';
  if (!isObject(metrics)) return 'has "metrics" that are no object';
  // A value at a wrong step would be a wrong value.
  if (step !== null && !isStep(step)) return `has the step ${shown(step)}, which is no number`;
  const faults: string[] = [];
  const values: [string, number][] = [];
  for (const metric of Object.keys(metrics)) {
    const value = parseMetric(metrics[metric]);
    const fault = faultOfName(metric);
    if (fault !== null) faults.push(`has a metric whose name ${fault}`);
    else if (value === undefined) faults.push(`has no number for ${metric}, but ${shown(metrics[metric])}`);
    else values.push([metric, value]);
  }
  const isTime = time === null || isUtc(time);
  if (!isTime) faults.push(`has the time ${shown(time)}, which is no UTC time`);
  return { step, time: isTime ? (time as string | null) : null, values, faults };
}

/** The beginning of the last time that was one, to its minute: the next line's is mostly the same. */
let minute = "";
const minuteLength = "2026-11-20T10:42:".length;

function isUtc(time: unknown): boolean {
  if (typeof time !== "string") return false;
  if (minute !== "" && time.startsWith(minute) && /^[0-5][0-9]\.[0-9]{3}Z$/.test(time.slice(minuteLength)))
    return true;
  if (parseUtc(time) === undefined) return false;
  minute = time.slice(0, minuteLength);
  return true;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
