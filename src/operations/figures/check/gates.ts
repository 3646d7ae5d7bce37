/** What holding a figure against its files gives: one result for each thing that was looked at. */
import type { Finding } from "../../../errors.js";

/** In the order in which they are told. */
export const gateNames = [
  "schema",
  "invariance",
  "references",
  "digest",
  "chain",
  "ids",
  "inputs",
  "index",
] as const;
export type GateName = (typeof gateNames)[number];

/**
 * `stale`: an input is not what it was when the figure was recorded. `missing`: a file is claimed and is not there. `not-here`: a file
 * between the inputs and the figure, which no gate needs. `unknown`: nothing was recorded to hold it against.
 */
export type GateState = "ok" | "differs" | "missing" | "stale" | "unknown" | "not-here";

export interface GateResult {
  readonly gate: GateName;
  /** A path relative to the project, or a member of the manifest. */
  readonly subject: string;
  readonly state: GateState;
  /** Where the manifest speaks of it. */
  readonly pointer: string;
  readonly expected: string | null;
  readonly found: string | null;
  /** In words, what is to be said beyond that. */
  readonly reason: string | null;
}

export type FigureVerdict = "verified" | "stale" | "differs" | "unknown";

type Said = Partial<Omit<GateResult, "gate" | "subject" | "state">>;

export function gate(name: GateName) {
  return (subject: string, state: GateState, said: Said = {}): GateResult => ({
    gate: name,
    subject,
    state,
    pointer: "",
    expected: null,
    found: null,
    reason: null,
    ...said,
  });
}

export function verdictOf(results: readonly GateResult[]): FigureVerdict {
  const has = (...states: GateState[]) => results.some(({ state }) => states.includes(state));
  if (has("differs", "missing")) return "differs";
  if (has("stale")) return "stale";
  return has("unknown") ? "unknown" : "verified";
}

const gatesByCode: Readonly<Record<string, GateName>> = {
  INVARIANCE_FAILED: "invariance",
  INVARIANCE_CONTRADICTS: "invariance",
  REFERENCES_DISAGREE: "references",
  CHAIN_BROKEN: "chain",
  FIGURE_ID_DISAGREES: "ids",
};

/** What judging the document alone found; an elided digest is no difference, and nothing can be held against it. */
export function resultsOfFindings(path: string, findings: readonly Finding[]): GateResult[] {
  const told = findings.filter(({ severity }) => severity !== "notice");
  const results = told.map(({ code, severity, pointer, message }) =>
    gate(gatesByCode[code] ?? "schema")(path, severity === "error" ? "differs" : "unknown", {
      pointer,
      reason: `${code}: ${message}`,
    }),
  );
  const failed = new Set(results.map((result) => result.gate));
  const whole = (["schema", "chain", "ids"] as const).filter((name) => !failed.has(name));
  return [...whole.map((name) => gate(name)(path, "ok")), ...results];
}
