/** The metrics that a program logs to its live run: a line each, kept when the call says so. */
import { UsageError } from "../../errors.js";
import { faultOfName, formatMetric, isStep, longestLine } from "../../manifest/metrics.js";
import { describe } from "../../manifest/schema.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { JournalWriter } from "../../store/metrics/append-journal.js";

export interface LogOptions {
  /** Steps may repeat and go back: every point is kept. */
  readonly step?: number | null;
  /** Whether the points, and all before them, are to survive a power cut too. A sync costs about what a hundred calls without it do. */
  readonly durable?: boolean;
}

export interface LiveMetrics {
  log(values: Readonly<Record<string, number>>, options?: LogOptions): boolean;
  close(): void;
}

export interface LogPorts {
  readonly now: () => number;
  readonly openJournal: (path: string) => JournalWriter;
  readonly warn: (line: string) => void;
}

export function liveMetrics(path: string, ports: LogPorts): LiveMetrics {
  const journal = ports.openJournal(path);
  let lost = 0;
  let stamp = { at: 0, text: "" };
  const timeNow = (): string => {
    const at = ports.now();
    if (at !== stamp.at) stamp = { at, text: formatUtc(at) };
    return stamp.text;
  };
  return {
    log: (values, options) => {
      const members = formatValues(values);
      if (options !== undefined) checkLogOptions(options);
      const line = `{"step":${options?.step ?? null},"time":"${timeNow()}","metrics":{${members}}}\n`;
      checkLength(line);
      try {
        journal.append(line, options?.durable);
        return true;
      } catch (error) {
        // The caller's own work is worth more than the record of it: it goes on, and is told.
        if (lost === 0) ports.warn(`metrics are not kept: ${(error as Error).message}; the program goes on`);
        lost += 1;
        return false;
      }
    },
    close: () => {
      if (lost > 0) ports.warn(`${lost} ${lost === 1 ? "call" : "calls"} of log were not kept in ${path}`);
      lost = 0;
      journal.close();
    },
  };
}

/** Names of metrics as JSON; those that passed the check need no other. */
const quoted = new Map<string, string>();

function formatValues(values: unknown): string {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw bad("the metrics of log", "an object of numbers by name", values);
  let text = "";
  // Dearer ways to come to the members, such as their list, are felt at a hundred thousand calls a second.
  for (const name in values) {
    if (!Object.hasOwn(values, name)) continue;
    const value = (values as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== "number") throw bad(`the metric ${name}`, "a number", value);
    text += `${text === "" ? "" : ","}${quoted.get(name) ?? quote(name)}:${formatMetric(value)}`;
  }
  return text;
}

function quote(name: string): string {
  const fault = faultOfName(name);
  if (fault !== null) {
    throw new UsageError(
      "BAD_ARGUMENT",
      `the name of a metric ${fault}: ${JSON.stringify(name).slice(0, 80)}`,
      {
        hint: 'Name it such as "loss" or "val/accuracy".',
      },
    );
  }
  // Names that are made up at each step must not fill the memory.
  if (quoted.size >= 10_000) quoted.clear();
  const text = JSON.stringify(name);
  quoted.set(name, text);
  return text;
}

function checkLogOptions(options: LogOptions): void {
  if (typeof options !== "object" || options === null)
    throw bad("what follows the metrics of log", "an object such as { step: 3 }", options);
  for (const name in options) {
    if (name !== "step" && name !== "durable") throw bad("an option of log", "step or durable", name);
  }
  const { step, durable } = options;
  if (step !== undefined && step !== null && !isStep(step))
    throw bad("step of log", "a number of at most 2^53 - 1, or null", step);
  if (durable !== undefined && typeof durable !== "boolean")
    throw bad("durable of log", "true or false", durable);
}

function checkLength(line: string): void {
  // A UTF-16 unit is at most three bytes.
  if (line.length * 3 <= longestLine || Buffer.byteLength(line) <= longestLine) return;
  throw new UsageError("BAD_ARGUMENT", `the metrics of one call must fit ${longestLine} bytes`, {
    hint: "Log them in several calls, with the same step.",
  });
}

function bad(subject: string, wanted: string, found: unknown): UsageError {
  return new UsageError("BAD_ARGUMENT", `${subject} must be ${wanted}, found ${describe(found)}`, {
    hint: "See the types of the package.",
  });
}
