/** A trace while it grows: each thing once, however many ways lead to it. */
import type { CheckState } from "../verify/result.js";
import type { KnownRun } from "./index-runs.js";
import type { Relation, TraceLink, TraceNode } from "./result.js";

export interface Graph {
  readonly nodes: Map<string, TraceNode>;
  readonly links: TraceLink[];
  /** What is linked already. */
  readonly linked: Set<string>;
}

export type NewNode = Pick<TraceNode, "id" | "kind" | "label"> & Partial<TraceNode>;

export function newGraph(): Graph {
  return { nodes: new Map(), links: [], linked: new Set() };
}

/** Gives the node's id. What is known of it already stays, but for what is said in addition. */
export function addNode({ nodes }: Graph, node: NewNode): string {
  const before = nodes.get(node.id);
  const { detail = before?.detail ?? null, omitted = 0 } = node;
  nodes.set(node.id, {
    run: null,
    digest: null,
    time: null,
    depth: 0,
    ...node,
    ...before,
    detail,
    omitted: Math.max(omitted, before?.omitted ?? 0),
  });
  return node.id;
}

export interface NewLink {
  readonly name?: string | null;
  readonly state?: CheckState;
  readonly reason?: string | null;
}

export function addLink(
  { links, linked }: Graph,
  from: string,
  relation: Relation,
  to: string,
  { name = null, state = "ok", reason = null }: NewLink = {},
): void {
  const key = JSON.stringify([from, relation, to, name]);
  if (linked.has(key)) return;
  linked.add(key);
  links.push({ from, to, relation, name, state, reason });
}

export function runNode(
  { id, name, startedAt }: KnownRun,
  depth: number,
  detail: string | null = null,
): NewNode {
  return { id: `run:${id}`, kind: "run", label: name, run: id, time: startedAt, depth, detail };
}

/** `label`: a name that somebody gave it, else its digest. */
export function contentNode(sha256: string, label: string | null, depth: number): NewNode {
  const isEmpty = sha256 === emptyContent;
  return {
    id: `content:${sha256}`,
    kind: "content",
    label: label ?? `sha256:${sha256}`,
    digest: sha256,
    depth,
    ...(isEmpty && { detail: "an empty file: every one has this digest" }),
  };
}

/** Whatever is empty is equal: that says nothing about where it came from. */
export const emptyContent = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
