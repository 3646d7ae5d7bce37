/** `colophon trace` for people: a tree from what was asked about to what it came from, or to what was made of it. */
import { formatCount } from "../../../manifest/count.js";
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import {
  isBroken,
  isTroubled,
  type Relation,
  type Trace,
  type TraceLink,
  type TraceNode,
} from "../../../operations/trace/result.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatTime } from "../../terminal/times.js";

export interface TraceView {
  readonly utc: boolean;
  /** Of the terminal; `null` in a pipe. */
  readonly width: number | null;
}

const backWords: Readonly<Record<Relation, string>> = {
  "has-content": "content",
  "measured-by": "of run",
  "part-of": "of figure",
  "drawn-by": "drawn by",
  follows: "after",
  "made-by": "made by",
  "ran-from": "code",
  "edits-in": "edits",
  read: "data",
  "seeded-by": "data",
  "described-by": "truth",
  "configured-by": "params",
  "ran-in": "env",
  "child-of": "started by",
  "attempt-after": "tried before as",
  repeats: "repeats",
  reproduces: "reproduces",
};

const forwardWords: Readonly<Record<Relation, string>> = {
  ...backWords,
  "made-by": "left",
  "drawn-by": "drew",
  follows: "then",
  read: "read by",
  "child-of": "started",
  "attempt-after": "tried again as",
  repeats: "repeated as",
  reproduces: "reproduced as",
};

const order = Object.keys(backWords) as Relation[];

interface Branch {
  readonly link: TraceLink;
  readonly node: TraceNode;
}

export function formatTrace(trace: Trace, view: TraceView, paint: Paint): string[] {
  const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
  const root = trace.root === null ? undefined : nodes.get(trace.root);
  if (root === undefined) return [];
  const branches = branchesOf(trace, nodes);
  const shown = new Set<string>([root.id]);
  const lines = [cut(headWords(root, view), view.width, paint)];
  const strokes = strokesOf(paint);
  const grow = (node: TraceNode, before: string): void => {
    const below = branches.get(node.id) ?? [];
    for (const [at, branch] of below.entries()) {
      const isLast = at === below.length - 1 && node.omitted === 0;
      const inner = before + (isLast ? strokes.blank : strokes.down);
      const isAgain = shown.has(branch.node.id);
      const mark = before + (isLast ? strokes.last : strokes.branch);
      lines.push(
        branchLine(
          branch,
          mark,
          isAgain && (branches.get(branch.node.id)?.length ?? 0) > 0,
          trace,
          view,
          paint,
        ),
      );
      for (const reason of reasonsOf(branch)) lines.push(cut(`${inner}  ${reason}`, view.width, paint));
      if (isAgain) continue;
      shown.add(branch.node.id);
      grow(branch.node, inner);
    }
    if (node.omitted > 0)
      lines.push(
        `${before}${strokes.last}${paint.dim(`and ${counted(node.omitted, "more run")}: --limit 0 shows all`)}`,
      );
  };
  grow(root, "");
  return lines;
}

/** By the node they hang below, in a fixed order. */
function branchesOf(trace: Trace, nodes: ReadonlyMap<string, TraceNode>): Map<string, Branch[]> {
  const branches = new Map<string, Branch[]>();
  const links = trace.links.toSorted((a, b) => order.indexOf(a.relation) - order.indexOf(b.relation));
  for (const link of links) {
    const isOutward =
      trace.direction === "back" || ["has-content", "measured-by", "part-of"].includes(link.relation);
    const [above, below] = isOutward ? [link.from, link.to] : [link.to, link.from];
    const node = nodes.get(below);
    if (node !== undefined) branches.set(above, [...(branches.get(above) ?? []), { link, node }]);
  }
  return branches;
}

function strokesOf({ glyphs }: Paint) {
  return glyphs.bar === "|"
    ? { branch: "|- ", last: "`- ", down: "|  ", blank: "   " }
    : { branch: "├─ ", last: "└─ ", down: "│  ", blank: "   " };
}

function headWords(node: TraceNode, view: TraceView): string {
  return [nodeWords(node, null, view), ...(node.detail === null ? [] : [printable(node.detail)])].join("  ");
}

function branchLine(
  { link, node }: Branch,
  mark: string,
  isAgain: boolean,
  { direction }: Trace,
  view: TraceView,
  paint: Paint,
): string {
  const words = (direction === "back" ? backWords : forwardWords)[link.relation];
  const parts = [
    nodeWords(node, link.relation === "measured-by" ? null : link.name, view),
    ...(node.detail === null || isTroubled(node) ? [] : [printable(node.detail)]),
    ...(isAgain ? ["(above)"] : []),
  ];
  const isBad = isBroken(link) || isTroubled(node);
  const { ok, bad, note } = paint.glyphs;
  const glyph = isBad ? bad : link.state === "ok" ? ok : note;
  const colour = isBad ? paint.red : link.state === "ok" ? paint.green : paint.yellow;
  const text = cut(
    `${words.padEnd(7)} ${parts.join("  ")}`,
    view.width === null ? null : view.width - mark.length - glyph.length - 1,
    paint,
  );
  return `${mark}${colour(glyph)} ${text}`;
}

/** On lines of their own: they are what one has to read. */
function reasonsOf({ link: { state, reason }, node }: Branch): string[] {
  const word = state === "unknown" ? "not known" : state === "not-here" ? "not here" : state;
  return [
    ...(state === "ok"
      ? reason === null
        ? []
        : [printable(reason)]
      : [`${word}${reason === null ? "" : `: ${printable(reason)}`}`]),
    ...(isTroubled(node) ? [printable(node.detail as string)] : []),
  ];
}

function nodeWords(node: TraceNode, name: string | null, { utc }: TraceView): string {
  switch (node.kind) {
    case "run": {
      const time = node.time === null ? undefined : parseUtc(node.time);
      return [
        nameOfRun(node),
        ...(node.label === node.run ? [] : [printable(node.label)]),
        ...(time === undefined ? [] : [formatTime(time, utc)]),
        ...(name === null ? [] : [`as ${printable(name)}`]),
      ].join("  ");
    }
    case "content":
      return [
        ...(node.label.startsWith("sha256:") ? [] : [printable(name ?? node.label)]),
        shortDigest(node.digest ?? ""),
      ].join("  ");
    case "file":
      return [printable(node.label), ...(node.digest === null ? [] : [shortDigest(node.digest)])].join("  ");
    default:
      return printable(node.label);
  }
}

function nameOfRun({ run, label }: TraceNode): string {
  return run !== null && isExperimentId(run) ? suffixOf(run) : printable(run ?? label);
}

function shortDigest(sha256: string): string {
  return `sha256:${sha256.slice(0, 12)}`;
}

/** Counted in characters; colour comes later. */
function cut(text: string, width: number | null, { glyphs }: Paint): string {
  const characters = [...text];
  if (width === null || characters.length <= width) return text;
  return characters.slice(0, Math.max(8, width - glyphs.ellipsis.length)).join("") + glyphs.ellipsis;
}

/** What it adds up to. */
export function formatTraceVerdict(trace: Trace, paint: Paint): string[] {
  const { ok, bad, note } = paint.glyphs;
  const { runs, unreadable, figures } = trace.searched;
  const lost = unreadable === 0 ? "" : `, and ${formatCount(unreadable)} that cannot be read`;
  const drawings = figures === 0 ? "" : ` and ${counted(figures, "figure")}`;
  const searched = `${counted(runs, "run")}${drawings} searched${lost}`;
  if (trace.verdict === "not-known") {
    const [root] = trace.nodes;
    const digest = root?.digest ?? null;
    const what = `${printable(trace.subject)}${digest === null ? "" : ` (sha256:${digest})`}`;
    const reason = root?.detail ?? null;
    if (root !== undefined && digest === null)
      return [
        `${paint.red(bad)} ${what}: ${printable(reason ?? "")}, no run has that name, and ${trace.same_path.length > 0 ? "these recorded it" : "none recorded it"}; ${searched}`,
        ...samePathLines(trace),
      ];
    return [`${paint.red(bad)} ${what} is known to no record; ${searched}`, ...samePathLines(trace)];
  }
  const broken = trace.links.filter(isBroken).length;
  const doubtful = trace.links.filter(({ state }) => state === "unknown" || state === "not-here").length;
  const troubled = trace.nodes.filter(isTroubled);
  const count = (wanted: TraceNode["kind"]) => troubled.filter(({ kind }) => kind === wanted).length;
  const shownFigures = trace.nodes.filter(({ kind }) => kind === "figure").length;
  const shownRuns = trace.nodes.filter(({ kind }) => kind === "run").length;
  const drawn = shownFigures === 0 ? [] : [counted(shownFigures, "figure")];
  const size = [...drawn, counted(shownRuns, "run"), counted(trace.links.length, "link")].join(", ");
  const parts = [
    ...(broken > 0 ? [`${formatCount(broken)} broken`] : []),
    ...(count("run") > 0 ? [`${counted(count("run"), "run")} whose record does not hold`] : []),
    ...(count("figure") > 0 ? [`${counted(count("figure"), "figure")} not as recorded`] : []),
    ...(doubtful > 0 ? [`${formatCount(doubtful)} not known or not here`] : []),
  ];
  const glyph =
    trace.verdict === "broken" ? paint.red(bad) : doubtful > 0 ? paint.yellow(note) : paint.green(ok);
  return [`${glyph} ${size}: ${parts.length === 0 ? "every link holds" : parts.join(", ")}; ${searched}`];
}

/** What the path held when runs recorded it. */
function samePathLines({ same_path, nodes: [root] }: Trace): string[] {
  const content = root?.digest == null ? "" : "another content, ";
  const rest = same_path.length - 5;
  return [
    ...same_path
      .slice(0, 5)
      .map(
        ({ run, role, name, sha256 }) =>
          `  ${suffixOf(run)} recorded that path as ${role} ${printable(name)} with ${content}sha256:${sha256}`,
      ),
    ...(rest > 0 ? [`  and ${counted(rest, "more run")}`] : []),
  ];
}
