/** What a program said of its run while it ran: parameters, a summary, tags and artifacts, line by line. */
import type { Finding } from "../../errors.js";
import type { ReportLine } from "../../generated/types.js";
import { report_line as validator } from "../../generated/validators.js";
import { formatCanonical } from "../../manifest/canonical.js";
import { splitLines } from "../../manifest/lines.js";
import { parseJson } from "../../manifest/parse.js";
import { schemaFindings } from "../../manifest/schema.js";

/** Of a run that has ended, without its secrets; tracked by Git. */
export const reportsPath = "00_run_metadata/params.jsonl";

/** Of a run that goes on, or was lost: as its program wrote it, and not for Git. */
export const openReportsPath = "logs/reported.jsonl";

export const mostReports = 8 * 1024 * 1024;

export interface ParsedReports {
  readonly lines: readonly ReportLine[];
  /** One for every line that is none; the rest is read. */
  readonly findings: readonly Finding[];
}

/** `path` as it is to be named in a finding. */
export function parseReports(path: string, bytes: Uint8Array | Finding | null): ParsedReports {
  if (bytes === null) return { lines: [], findings: [] };
  if ("code" in bytes) return { lines: [], findings: [fault(path, 1, bytes.message)] };
  const lines: ReportLine[] = [];
  const findings: Finding[] = [];
  for (const [index, line] of splitLines(bytes).entries()) {
    if (line.every((byte) => byte === 0x20 || byte === 0x0d)) continue;
    const parsed = parseJson(line);
    const [first] = parsed.ok ? schemaFindings(validator, parsed.value) : parsed.findings;
    if (first !== undefined) findings.push(fault(path, index + 1, first.message));
    else if (parsed.ok) lines.push(parsed.value as ReportLine);
  }
  return { lines, findings };
}

/** One line with its end. */
export function formatReport(line: ReportLine): string {
  return `${formatCanonical(line)}\n`;
}

export interface Contradiction {
  readonly name: string;
  /** Every value that somebody gave it, the record's own first. */
  readonly values: readonly unknown[];
}

export interface Reported {
  /** The last word on each name counts. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>>;
  /** Parameters that were given several values, by the program or by whoever started it. */
  readonly contradictions: readonly Contradiction[];
}

export const nothingReported: Reported = { params: {}, summary: {}, contradictions: [] };

/** `recorded`: the parameters that the run began with. */
export function togetherReported(
  lines: readonly ReportLine[],
  recorded: Readonly<Record<string, unknown>>,
): Reported {
  const params = new Map<string, unknown>();
  const values = new Map<string, Map<string, unknown>>();
  for (const [name, value] of lines.flatMap(({ params = {} }) => Object.entries(params))) {
    params.set(name, value);
    const said = values.get(name) ?? new Map(ownValue(recorded, name));
    values.set(name, said.set(formatCanonical(value), value));
  }
  return {
    params: Object.fromEntries(params),
    summary: Object.fromEntries(lines.flatMap(({ summary = {} }) => Object.entries(summary))),
    contradictions: [...values].flatMap(([name, said]) =>
      said.size > 1 ? [{ name, values: [...said.values()] }] : [],
    ),
  };
}

function ownValue(recorded: Readonly<Record<string, unknown>>, name: string): [string, unknown][] {
  return Object.hasOwn(recorded, name) ? [[formatCanonical(recorded[name]), recorded[name]]] : [];
}

function fault(path: string, line: number, message: string): Finding {
  return {
    code: "BAD_REPORT_LINE",
    severity: "warning",
    pointer: "",
    message: `${path}:${line} ${message}`,
    hint: "Leave it: the other lines are read.",
    line,
    column: null,
  };
}
