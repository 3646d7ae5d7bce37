/** A figure in a trace: drawn by its transforms, one after the other, from its tables, each held against what is there now. */
import type { GateResult } from "../figures/check/gates.js";
import { verifyFigures } from "../figures/check/verify-figures.js";
import type { RecordedFigure } from "../rows/recorded-figure.js";
import { addLink, addNode, contentNode, type Graph, type NewLink } from "./graph.js";
import { type TraceFigurePorts, tablesOf } from "./index-figures.js";

/**
 * Gives the digests of its tables. Walked forward, the trace comes `from` one of them: the first transform lies at `depth`, and of the
 * other tables only those are linked that are in the trace already.
 */
export async function addFigure(
  figure: RecordedFigure,
  depth: number,
  graph: Graph,
  { figures }: TraceFigurePorts,
  { from }: { readonly from?: string } = {},
): Promise<readonly string[]> {
  const [verified] = (await verifyFigures([figure.path], figures)).figures;
  const checks = verified?.checks ?? [];
  const { transforms, figure: named, outputs } = figure.manifest;
  const chain = stateOf(checks.filter(({ gate }) => gate === "chain"));
  const step = (index: number) => (from === undefined ? depth + index : depth + transforms.length - index);
  let below = addNode(graph, {
    id: `figure:${figure.id}`,
    kind: "figure",
    label: `${figure.id}  ${named.title}`,
    digest: outputs.figure_sha256.replace("sha256:", ""),
    detail: troubleOf(checks),
    depth: step(0),
  });
  for (const [index, { name, version }] of transforms.toReversed().entries()) {
    const id = addNode(graph, {
      id: `transform:${figure.id}:${transforms.length - index}`,
      kind: "transform",
      label: `${name} ${version}`,
      depth: step(index + 1),
    });
    addLink(graph, below, index === 0 ? "drawn-by" : "follows", id, chain);
    below = id;
  }
  return tablesOf(figure).flatMap(({ path, sha256 }) => {
    if (sha256 === undefined || (from !== undefined && !graph.nodes.has(`content:${sha256}`))) return [];
    const id = addNode(graph, contentNode(sha256, path, depth + transforms.length + 1));
    const about = checks.filter(({ gate, subject }) => gate === "inputs" && subject === path);
    addLink(graph, below, "read", id, { name: path, ...stateOf(about) });
    return [sha256];
  });
}

/** What is wrong with the figure itself, where something is. */
function troubleOf(checks: readonly GateResult[]): string | null {
  const own = checks.filter(
    ({ gate, state }) => gate !== "inputs" && (state === "differs" || state === "missing"),
  );
  const [worst] = own;
  if (worst === undefined) return null;
  return `${worst.subject} ${worst.state === "missing" ? "is missing" : "differs"}${worst.reason === null ? "" : `: ${worst.reason}`}`;
}

/** An input that is not what it was is stale to the figure, and to the link different. */
function stateOf(checks: readonly GateResult[]): Pick<NewLink, "state" | "reason"> {
  for (const state of ["differs", "stale", "missing", "unknown", "not-here"] as const) {
    const found = checks.find((check) => check.state === state);
    if (found !== undefined) return { state: state === "stale" ? "differs" : state, reason: found.reason };
  }
  return { state: checks.length === 0 ? "unknown" : "ok" };
}
