/** Where nodes and flows of a Sankey diagram lie. Pure arithmetic, in one fixed order. */
import { Undrawable } from "../picture.js";

export interface Flow {
  readonly row: number;
  readonly source: string;
  readonly target: string;
  readonly value: number;
}

export interface Node {
  readonly name: string;
  readonly column: number;
  readonly value: number;
  /** Pixels from the top. */
  top: number;
  readonly height: number;
}

export interface Band extends Flow {
  /** Pixels from the top, where it leaves and where it arrives. */
  readonly from: number;
  readonly to: number;
  readonly thickness: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly bands: readonly Band[];
  readonly columns: number;
  readonly height: number;
}

const [nodePitch, gap, rounds] = [46, 22, 24];

export function layOut(flows: readonly Flow[]): Layout {
  const columnOf = findColumns(flows);
  const names = [...columnOf.keys()];
  const columns = Math.max(...columnOf.values()) + 1;
  const through = (name: string) =>
    Math.max(
      sum(flows.filter(({ source }) => source === name)),
      sum(flows.filter(({ target }) => target === name)),
    );
  const inColumn = Array.from({ length: columns }, (_, column) =>
    names.filter((name) => columnOf.get(name) === column),
  );
  const height = Math.max(220, ...inColumn.map(({ length }) => length * nodePitch));
  const scale = Math.min(
    ...inColumn.map((members) => {
      const all = members.reduce((total, name) => total + through(name), 0);
      return all === 0 ? Number.POSITIVE_INFINITY : (height - (members.length - 1) * gap) / all;
    }),
  );
  const perUnit = Number.isFinite(scale) ? scale : 0;
  const nodes = new Map(
    names.map((name): [string, Node] => {
      const value = through(name);
      return [
        name,
        { name, column: columnOf.get(name) ?? 0, value, top: 0, height: Math.max(1, value * perUnit) },
      ];
    }),
  );
  const stacks = inColumn.map((members) => members.map((name) => nodes.get(name) as Node));
  for (const stack of stacks) stackFrom(stack, height);
  relax(stacks, flows, nodes, height);
  return { nodes, bands: placeBands(flows, nodes, perUnit), columns, height };
}

/** As many steps from a source as the longest way has; what leads nowhere stands in the last column. */
function findColumns(flows: readonly Flow[]): Map<string, number> {
  const names = new Set(flows.flatMap(({ source, target }) => [source, target]));
  const columnOf = new Map([...names].map((name) => [name, 0]));
  const most = names.size;
  for (let round = 0, moved = true; moved; round += 1) {
    if (round > most) throw new Undrawable("flows go in a circle");
    moved = false;
    for (const { source, target } of flows) {
      const after = (columnOf.get(source) ?? 0) + 1;
      if ((columnOf.get(target) ?? 0) >= after) continue;
      columnOf.set(target, after);
      moved = true;
    }
  }
  const last = Math.max(...columnOf.values());
  const giving = new Set(flows.map(({ source }) => source));
  for (const name of names) if (!giving.has(name)) columnOf.set(name, last);
  return columnOf;
}

/** In the middle of the height, in the order given. */
function stackFrom(stack: readonly Node[], height: number): void {
  const used = stack.reduce((total, node) => total + node.height, 0) + (stack.length - 1) * gap;
  let at = Math.max(0, (height - used) / 2);
  for (const node of stack) {
    node.top = at;
    at += node.height + gap;
  }
}

/** Nodes move towards the middle of what they are joined with, to and fro, and make room for each other. */
function relax(
  stacks: readonly (readonly Node[])[],
  flows: readonly Flow[],
  nodes: ReadonlyMap<string, Node>,
  height: number,
): void {
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? stacks.slice(1) : stacks.slice(0, -1).toReversed();
    const isForward = round % 2 === 0;
    for (const stack of order) {
      const wanted = stack.map((node) => {
        const joined = flows.filter(({ source, target }) => (isForward ? target : source) === node.name);
        const weight = sum(joined);
        if (weight === 0) return { node, middle: middleOf(node) };
        const others = joined.reduce((total, { source, target, value }) => {
          const other = nodes.get(isForward ? source : target) as Node;
          return total + middleOf(other) * value;
        }, 0);
        return { node, middle: others / weight };
      });
      // `sort` keeps those that want the same place in their first order.
      const sorted = wanted.sort((a, b) => a.middle - b.middle);
      for (const { node, middle } of sorted) node.top = middle - node.height / 2;
      makeRoom(
        sorted.map(({ node }) => node),
        height,
      );
    }
  }
}

function makeRoom(sorted: readonly Node[], height: number): void {
  let least = 0;
  for (const node of sorted) {
    node.top = Math.max(node.top, least);
    least = node.top + node.height + gap;
  }
  let most = height;
  for (const node of sorted.toReversed()) {
    node.top = Math.max(0, Math.min(node.top, most - node.height));
    most = node.top - gap;
  }
}

/** At each node in the order of where they come from, or go: bands cross as little as may be. */
function placeBands(flows: readonly Flow[], nodes: ReadonlyMap<string, Node>, scale: number): Band[] {
  const node = (name: string) => nodes.get(name) as Node;
  const leave = new Map<Flow, number>();
  const arrive = new Map<Flow, number>();
  for (const { name, top } of nodes.values()) {
    const out = flows.filter(({ source }) => source === name);
    const into = flows.filter(({ target }) => target === name);
    for (const [joined, places, other] of [
      [out, leave, "target"],
      [into, arrive, "source"],
    ] as const) {
      let at = top;
      for (const flow of joined.toSorted((a, b) => middleOf(node(a[other])) - middleOf(node(b[other])))) {
        places.set(flow, at);
        at += flow.value * scale;
      }
    }
  }
  return flows.map((flow) => ({
    ...flow,
    from: leave.get(flow) ?? 0,
    to: arrive.get(flow) ?? 0,
    thickness: Math.max(0.5, flow.value * scale),
  }));
}

function middleOf({ top, height }: Node): number {
  return top + height / 2;
}

function sum(flows: readonly Flow[]): number {
  return flows.reduce((total, { value }) => total + value, 0);
}
