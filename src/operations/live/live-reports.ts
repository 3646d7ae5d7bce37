/** What a program says of its live run beside its metrics. It is put on record, without secrets, when the run ends. */
import { UsageError } from "../../errors.js";
import type { ReportLine } from "../../generated/types.js";
import { describe } from "../../manifest/schema.js";
import { formatUtc } from "../../manifest/timestamps.js";
import { isObject } from "../../manifest/validate.js";
import { formatReport, openReportsPath } from "../metrics/reports.js";
import type { LogPorts } from "./live-metrics.js";

type Values = Readonly<Record<string, unknown>>;

export interface LiveReports {
  /** Parameters that only the program knows; those that the run began with win, and a contradiction is shown. */
  params(values: Values): boolean;
  /** What came out, in the program's own words. The last word on a name counts. */
  summary(values: Values): boolean;
  tag(...tags: readonly string[]): boolean;
  close(): void;
}

export function liveReports(folder: string, ports: LogPorts): LiveReports {
  const journal = ports.openJournal(`${folder}/${openReportsPath}`);
  let isWarned = false;
  const report = (said: Partial<ReportLine>): boolean => {
    const line = formatReport({ time: formatUtc(ports.now()), ...said } as ReportLine);
    try {
      journal.append(line);
      return true;
    } catch (error) {
      if (!isWarned) ports.warn(`reports are not kept: ${(error as Error).message}; the program goes on`);
      isWarned = true;
      return false;
    }
  };
  return {
    params: (values) => report({ params: checkValues("params", values) }),
    summary: (values) => report({ summary: checkValues("summary", values) }),
    tag: (...tags) => report({ tags: checkTags(tags) }),
    close: () => journal.close(),
  };
}

function checkValues(call: string, values: unknown): { [name: string]: unknown } {
  if (isObject(values)) return values as { [name: string]: unknown };
  throw bad(`what ${call} reports`, "an object of plain JSON values", values);
}

function checkTags(tags: readonly unknown[]): string[] {
  for (const tag of tags) {
    const isTag = typeof tag === "string" && tag.trim() === tag && /^[^\0-\x1f\x7f-\x9f]{1,100}$/.test(tag);
    if (!isTag) throw bad("a tag", "a text of 1 to 100 characters, without space around them", tag);
  }
  return tags as string[];
}

function bad(subject: string, wanted: string, found: unknown): UsageError {
  return new UsageError("BAD_ARGUMENT", `${subject} must be ${wanted}, found ${describe(found)}`, {
    hint: "See the types of the package.",
  });
}
