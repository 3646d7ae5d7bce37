/** What a program said of its run, read back: from the record, and where nothing of it came there, from where it was said. */
import type { Finding } from "../../../errors.js";
import type { ReportLine } from "../../../generated/types.js";
import {
  mostReports,
  openReportsPath,
  type ParsedReports,
  parseReports,
  type Reported,
  reportsPath,
  togetherReported,
} from "../../metrics/reports.js";
import type { LoadedRecord, Note } from "./loaded-run.js";
import type { ReadManifestPorts } from "./read-manifest.js";

export interface LoadReportsPorts extends Pick<ReadManifestPorts, "readFile"> {
  /** A value of the same shape without its secrets: what has not passed the end of its run may hold some. */
  readonly redactMembers: (value: unknown) => { readonly value: unknown };
}

export interface LoadedReports {
  readonly reported: Reported;
  /** The tags, as notes of nobody's. */
  readonly notes: readonly Note[];
  readonly findings: readonly Finding[];
}

export function loadReports(
  folder: string,
  { run, manifest }: Pick<LoadedRecord, "run" | "manifest">,
  ports: LoadReportsPorts,
): LoadedReports {
  const closed = ports.readFile(folder, reportsPath, mostReports);
  const isOpen = closed === null || run.status === "running";
  const all = [parseReports(reportsPath, closed), ...(isOpen ? [readOpen(folder, ports)] : [])];
  const lines = all.flatMap((read) => read.lines);
  return {
    reported: togetherReported(lines, manifest?.params ?? {}),
    notes: notesOf(lines, run.started_at),
    findings: all.flatMap((read) => read.findings),
  };
}

function readOpen(folder: string, { readFile, redactMembers }: LoadReportsPorts): ParsedReports {
  const { lines, findings } = parseReports(openReportsPath, readFile(folder, openReportsPath, mostReports));
  return { lines: lines.map((line) => redactMembers(line).value as ReportLine), findings };
}

/** What a program tags its run with counts as a tag like any other, and may be taken away later. */
export function notesOf(lines: readonly ReportLine[], startedAt: string): Note[] {
  return lines.flatMap(({ time, tags = [] }) =>
    tags.length === 0 ? [] : [{ time: time ?? startedAt, by: null, tags, untags: [], text: null }],
  );
}
