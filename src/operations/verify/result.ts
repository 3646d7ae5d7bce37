/** What verifying a run gives: one result for each thing that was looked at, in a fixed order, and the verdict they add up to. */
import type { Finding } from "../../errors.js";

/** In the order in which they are told. */
export const checkNames = [
  "schema",
  "bytes",
  "sums",
  "inputs",
  "observed",
  "artifacts",
  "commit",
  "snapshot",
] as const;
export type CheckName = (typeof checkNames)[number];

/**
 * `missing`: it should be here and is gone. `not-here`: it stays out of Git by design, and this place does not have it.
 * `unknown`: nothing was recorded to hold it against, or it cannot be told from here.
 */
export type CheckState = "ok" | "differs" | "missing" | "unreadable" | "unknown" | "not-here";

export interface CheckResult {
  readonly check: CheckName;
  /** A path in the run folder, the name of an input or artifact, or what of the code it is about. */
  readonly subject: string;
  readonly state: CheckState;
  /** A notice never changes the verdict. */
  readonly severity: "error" | "notice";
  /** What the record says: `sha256:<hex>`, `8 bytes`, an id; `null` where there is no such thing to say. */
  readonly expected: string | null;
  readonly found: string | null;
  /** In words, what is to be said beyond that. */
  readonly reason: string | null;
  /** Where it was looked for, absolute, when it lies outside the run folder. */
  readonly path: string | null;
  /** What validating the document found at fault. */
  readonly finding: Finding | null;
}

export type Verdict = "verified" | "differs" | "unknown";

export interface VerifiedRun {
  /** The name of its folder. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

export interface Tally {
  readonly runs: number;
  readonly verified: number;
  readonly differs: number;
  readonly unknown: number;
}

type Said = Partial<Omit<CheckResult, "check" | "subject" | "state">>;

/** The results of one check. */
export function resultsOf(check: CheckName) {
  const result = (state: CheckState, subject: string, said: Said): CheckResult => ({
    check,
    subject,
    state,
    severity: "error",
    expected: null,
    found: null,
    reason: null,
    path: null,
    finding: null,
    ...said,
  });
  return {
    ok: (subject: string, said: Said = {}) => result("ok", subject, said),
    differs: (subject: string, said: Said) => result("differs", subject, said),
    missing: (subject: string, said: Said) => result("missing", subject, said),
    unreadable: (subject: string, said: Said) => result("unreadable", subject, said),
    unknown: (subject: string, said: Said) => result("unknown", subject, said),
    notHere: (subject: string, said: Said) => result("not-here", subject, said),
  };
}

/** What differs outweighs what is not known. */
export function verdictOf(checks: readonly CheckResult[]): Verdict {
  const weighing = checks.filter(({ severity }) => severity === "error");
  if (weighing.some(({ state }) => state === "differs" || state === "missing")) return "differs";
  return weighing.some(({ state }) => state === "unknown" || state === "unreadable") ? "unknown" : "verified";
}

/** Whether somebody has to look at it: it differs, is missing or cannot be read. What was never recorded asks for nothing. */
export function asksForLook({ state, severity }: CheckResult): boolean {
  return severity === "error" && (state === "differs" || state === "missing" || state === "unreadable");
}

export function tallyOf(before: Tally, { verdict }: VerifiedRun): Tally {
  return { ...before, runs: before.runs + 1, [verdict]: before[verdict] + 1 };
}

export const nothingTallied: Tally = { runs: 0, verified: 0, differs: 0, unknown: 0 };

export function asDigest(sha256: string): string {
  return `sha256:${sha256}`;
}

export function asBytes(size: number): string {
  return `${size} ${size === 1 ? "byte" : "bytes"}`;
}

export function asFiles(count: number): string {
  return `${count} ${count === 1 ? "file" : "files"}`;
}
