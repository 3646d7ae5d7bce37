/** Flows between named places, as wide as they are large. */
import { spreadPlaces } from "../../plot.js";
import { formatValue } from "../../scale.js";
import { element, round, text } from "../../svg-elements.js";
import { shorten, widthOf } from "../letters.js";
import { mark } from "../mark.js";
import {
  counted,
  type Drawn,
  drawnValue,
  fillOf,
  type Picture,
  requireMember,
  Undrawable,
  words,
} from "../picture.js";
import { type Flow, layOut, type Node } from "./layout.js";

const [nodeWidth, labelGap, labelHeight] = [10, 8, 32];

export function drawSankey(picture: Picture, width: number): Drawn {
  const flows = readFlows(picture);
  const { nodes, bands, columns, height } = layOut(flows);
  const all = [...nodes.values()];
  const room = (column: number) => {
    const widest = all
      .filter((node) => node.column === column)
      .map(({ name, value }) => Math.max(widthOf(name), widthOf(formatValue(value))));
    return Math.min(width * 0.3, Math.max(...widest) + 2) + labelGap;
  };
  const [left, right] = [room(0), width - room(columns - 1)];
  const across = ({ column }: Node) => left + (column / (columns - 1)) * (right - left - nodeWidth);
  const top = 10;
  const giving = new Set(flows.map(({ source }) => source));
  const colourOf = new Map([...giving].map((name, index) => [name, index]));
  const parts = [
    ...bands
      .toSorted((a, b) => b.thickness - a.thickness || a.row - b.row)
      .map(({ row, source, target, from, to, thickness }) => {
        const x0 = across(nodes.get(source) as Node) + nodeWidth;
        const x1 = across(nodes.get(target) as Node);
        const path = bandPath(x0, top + from, x1, top + to, thickness);
        const kind = `flow ${fillOf(colourOf.get(source) ?? 0)}`;
        return mark(picture, row, `${source} → ${target}`, "path", { class: kind, d: path });
      }),
    ...all.map((node) =>
      element("rect", {
        class: giving.has(node.name) ? `node ${fillOf(colourOf.get(node.name) ?? 0)}` : "node end",
        x: across(node),
        y: top + node.top,
        width: nodeWidth,
        height: node.height,
      }),
    ),
    ...Array.from({ length: columns }, (_, column) =>
      labelColumn(
        all.filter((node) => node.column === column),
        { across, top, height, width, isLast: column === columns - 1, space: (right - left) / (columns - 1) },
      ),
    ).flat(),
    text(0, top + height + 30, shorten(picture.unit, width), "muted"),
  ];
  const largest = flows.toSorted((a, b) => b.value - a.value)[0] as Flow;
  const description = `${counted(flows.length, "flow")} between ${counted(nodes.size, "place")}. The largest goes from ${largest.source} to ${largest.target}: ${formatValue(largest.value)}${picture.unit === "" ? "" : ` ${picture.unit}`}.`;
  return { height: top + height + 38, parts, description };
}

function readFlows(picture: Picture): Flow[] {
  const source = requireMember(picture, ["source", "from"]);
  const target = requireMember(picture, ["target", "to"]);
  return picture.rows.map((row, index) => {
    const value = drawnValue(picture, row);
    if (value < 0) throw new Undrawable("a flow cannot be below zero");
    return { row: index, source: words(row[source]), target: words(row[target]), value };
  });
}

function bandPath(x0: number, y0: number, x1: number, y1: number, thickness: number): string {
  const middle = round((x0 + x1) / 2);
  const there = `C${middle} ${round(y0)} ${middle} ${round(y1)} ${round(x1)} ${round(y1)}`;
  const back = `C${middle} ${round(y1 + thickness)} ${middle} ${round(y0 + thickness)} ${round(x0)} ${round(y0 + thickness)}`;
  return `M${round(x0)} ${round(y0)}${there}V${round(y1 + thickness)}${back}Z`;
}

interface Place {
  readonly across: (node: Node) => number;
  readonly top: number;
  readonly height: number;
  readonly width: number;
  readonly isLast: boolean;
  /** From one column to the next. */
  readonly space: number;
}

/** Outside of the first and the last column, right of the others; never on top of each other. */
function labelColumn(nodes: readonly Node[], { across, top, height, width, isLast, space }: Place): string[] {
  const wanted = nodes.map((node) => top + node.top + node.height / 2);
  const places = spreadPlaces(wanted, labelHeight, top + 8, top + height);
  return nodes.flatMap((node, index) => {
    const isFirst = node.column === 0;
    const x = isFirst ? across(node) - labelGap : across(node) + nodeWidth + labelGap;
    const room = isFirst
      ? across(node) - labelGap
      : isLast
        ? width - x
        : Math.max(84, space - nodeWidth - 2 * labelGap);
    const y = places[index] as number;
    const anchor = isFirst ? "end" : "start";
    const kind = isFirst || isLast ? "" : " halo";
    return [
      text(x, y, shorten(node.name, room), `label${kind}`, anchor),
      text(x, y + 14, formatValue(node.value), `muted figure${kind}`, anchor),
    ];
  });
}
