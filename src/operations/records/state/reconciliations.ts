/** `reconciled.jsonl` beside `run_manifest.json`: what was decided about a run that never ended, one line a decision. */
import type { Finding } from "../../../errors.js";
import type { ReconciliationLine } from "../../../generated/types.js";
import { reconciliation as validator } from "../../../generated/validators.js";
import { formatCanonical } from "../../../manifest/canonical.js";
import { splitLines } from "../../../manifest/lines.js";
import { parseJson } from "../../../manifest/parse.js";
import { schemaFindings } from "../../../manifest/schema.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { Reconciliation } from "./observe-run.js";

export const reconciledPath = "reconciled.jsonl";

/** Lines of some hundred bytes. */
export const mostReconciled = 8 * 1024 * 1024;

export interface ParsedReconciliations {
  /** By time, as branches that were merged may have put them in another order. */
  readonly reconciliations: readonly Reconciliation[];
  /** One for every line that is none; the rest is read. */
  readonly findings: readonly Finding[];
}

export function parseReconciliations(bytes: Uint8Array | Finding | null): ParsedReconciliations {
  if (bytes === null) return { reconciliations: [], findings: [] };
  if ("code" in bytes) return { reconciliations: [], findings: [fault(null, bytes.message)] };
  const reconciliations: Reconciliation[] = [];
  const findings: Finding[] = [];
  for (const [index, line] of splitLines(bytes).entries()) {
    if (line.every((byte) => byte === 0x20 || byte === 0x0d)) continue;
    const read = parseLine(line);
    if (typeof read === "string") findings.push(fault(index + 1, read));
    else reconciliations.push(read);
  }
  return {
    reconciliations: reconciliations.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)),
    findings,
  };
}

/** One line with its end. */
export function formatReconciliation(reconciliation: Reconciliation): string {
  return `${formatCanonical({ reconciliation_version: 1, ...reconciliation })}\n`;
}

/** Gives what is wrong with a line that is none. */
function parseLine(line: Uint8Array): Reconciliation | string {
  const parsed = parseJson(line);
  const [first] = parsed.ok ? schemaFindings(validator, parsed.value) : parsed.findings;
  if (first !== undefined) return first.message;
  const { reconciliation_version, ...reconciliation } = (parsed as { value: unknown })
    .value as ReconciliationLine;
  if (parseUtc(reconciliation.time) === undefined)
    return `time: there is no such time: ${reconciliation.time}`;
  return reconciliation as Reconciliation;
}

function fault(line: number | null, message: string): Finding {
  return {
    code: "BAD_RECONCILED_LINE",
    severity: "warning",
    pointer: "",
    message: `${reconciledPath}${line === null ? "" : `:${line}`} ${message}`,
    hint: "Correct or remove that line; the others are read.",
    line,
    column: null,
  };
}
