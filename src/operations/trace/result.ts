/** What a trace gives: things, and the links between them, each held against what is there now. */
import type { CheckState } from "../verify/result.js";

export type NodeKind =
  | "file"
  | "content"
  | "metric"
  | "figure"
  | "transform"
  | "run"
  | "commit"
  | "snapshot"
  | "seed"
  | "parameters"
  | "environment";

export interface TraceNode {
  /** Unique in the trace: `run:<id>`, `content:<sha256>` and so on. */
  readonly id: string;
  readonly kind: NodeKind;
  /** What people know it by. */
  readonly label: string;
  /** In words, what is to be said beyond that; of a run or figure, what is wrong with it. */
  readonly detail: string | null;
  /** Of a run, its id. */
  readonly run: string | null;
  /** Of contents, 64 hexadecimal digits; of commits and snapshots, the full id. */
  readonly digest: string | null;
  /** When it began, of a run. */
  readonly time: string | null;
  /** How many links lie between it and what was asked about. */
  readonly depth: number;
  /** Runs that are known to belong here, and are not shown. */
  readonly omitted: number;
}

/** From what came out to what it came from, whichever way it is walked. */
export type Relation =
  | "has-content"
  | "made-by"
  | "measured-by"
  | "part-of"
  | "drawn-by"
  | "follows"
  | "ran-from"
  | "edits-in"
  | "read"
  | "seeded-by"
  | "described-by"
  | "configured-by"
  | "ran-in"
  | "child-of"
  | "attempt-after"
  | "repeats"
  | "reproduces";

export interface TraceLink {
  /** The node that came out. */
  readonly from: string;
  /** The node it came from. */
  readonly to: string;
  readonly relation: Relation;
  /** The name of the artifact or input. */
  readonly name: string | null;
  readonly state: CheckState;
  readonly reason: string | null;
}

export type Verdict = "holds" | "broken" | "not-known";

export interface Trace {
  /** As typed. */
  readonly subject: string;
  /** The node that was asked about; `null` when no record knows it. */
  readonly root: string | null;
  readonly direction: "back" | "forward";
  /** `holds`: nothing differs, is missing or cannot be read. `not-known`: no record has it. */
  readonly verdict: Verdict;
  readonly searched: { readonly runs: number; readonly unreadable: number; readonly figures: number };
  readonly nodes: readonly TraceNode[];
  readonly links: readonly TraceLink[];
  /** Runs that recorded the path that was asked about with another content. */
  readonly same_path: readonly SamePath[];
}

export interface SamePath {
  readonly run: string;
  /** The name of the artifact or input. */
  readonly name: string;
  readonly role: "artifact" | "input";
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export function isBroken({ state }: Pick<TraceLink, "state">): boolean {
  return state === "differs" || state === "missing" || state === "unreadable";
}

/** A run whose record does not hold, or a figure that is not what its manifest says. */
export function isTroubled({ kind, detail }: Pick<TraceNode, "kind" | "detail">): boolean {
  return (kind === "run" || kind === "figure") && detail !== null;
}
