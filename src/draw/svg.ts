/** A plot as SVG. The same plot gives the same bytes; colours follow the reader's theme. */
import { areMany, dashesFor } from "./dashes.js";
import {
  type Axes,
  axesOf,
  isBand,
  labelsOf,
  labelsWithRoom,
  noteOf,
  type Plot,
  spreadPlaces,
} from "./plot.js";
import { reduceToColumns } from "./reduce.js";
import { formatTick, formatValue, type Scale } from "./scale.js";
import { type Band, type Points, samplesOf } from "./series.js";
import { escapeXml, round, text } from "./svg-elements.js";

export interface SvgSize {
  readonly width: number;
  readonly height: number;
}

/** Six colours, told apart by every kind of sight, on light and on dark; then the same with each of the dashes. */
const light = ["#1161bb", "#b6770b", "#1f9996", "#5f0060", "#9e2228", "#9c7ae8"];
const dark = ["#0371e0", "#c9892b", "#81ede8", "#904a8e", "#cc3239", "#ac93ec"];

const character = 6.6;
const lineHeight = 16;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function drawSvg(plot: Plot, { width, height }: SvgSize): string {
  const axes = axesOf(plot, {
    x: Math.max(2, Math.floor(width / 110)),
    y: Math.max(2, Math.floor(height / 70)),
  });
  const [top, bottom] = [40, height - 44];
  const labels = placedLabels(plot, axes, top, bottom);
  const frame: Frame = {
    left: 16 + character * Math.max(...(axes?.y.ticks ?? []).map((tick) => formatTick(tick).length), 3),
    top,
    right:
      width -
      24 -
      keyOf(plot).room -
      character * Math.min(40, Math.max(...labels.map(({ words }) => words.length), 0)),
    bottom,
  };
  const note = noteOf(plot, axes === undefined ? plot.lines : labels);
  const body =
    axes === undefined
      ? [text(width / 2, height / 2, "nothing to draw", "muted", "middle")]
      : drawInside(plot, axes, frame, labels);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(describe(plot))}">`,
    `<style>${styles(plot.lines.length)}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    text(frame.left, 24, plot.title, "title"),
    ...(note === null
      ? []
      : [text(frame.left + character * 1.2 * (plot.title.length + 2), 24, note, "muted")]),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

function describe({ title, xLabel, lines }: Plot): string {
  return `${title} over ${xLabel}: ${lines.map(({ name }) => name).join(", ")}`;
}

function drawInside(plot: Plot, axes: Axes, frame: Frame, labels: readonly PlacedLabel[]): string[] {
  const across = (x: number) => frame.left + axes.x.place(x) * (frame.right - frame.left);
  const down = (y: number) => downTo(y, axes, frame);
  const columns = Math.max(1, Math.floor(frame.right - frame.left));
  const columnOf = (x: number) => Math.min(columns - 1, Math.floor(axes.x.place(x) * columns));
  const pathOf = (points: Points) => linePath(points, columnOf, columns, across, down);
  const lost = plot.lines.flatMap(({ points }, index) => {
    const marks = reduceToColumns(points, columnOf, columns).flatMap((column, at) =>
      column !== undefined && column.notFinite > 0 ? [at] : [],
    );
    return marks.map(
      (at) =>
        `<path class="line c${index % 6}" d="M${round(frame.left + at - 3)} ${frame.top - 3}l6 6m0 -6l-6 6"/>`,
    );
  });
  const paths = plot.lines.map(({ points }) => pathOf(points));
  const looks = looksOf(paths);
  return [
    ...axisLines(axes, frame, across, down, plot.xLabel),
    ...plot.lines.flatMap((line, index) =>
      isBand(line) ? [bandPath(line, index, across, down, axes.y)] : [],
    ),
    ...plot.thin.map(({ points, line }) => `<path class="thin c${line % 6}" d="${pathOf(points)}"/>`),
    ...paths.map((path, index) => `<path class="${looks[index]}" d="${path}"/>`),
    ...lost,
    ...drawLabels(plot, labels, looks, frame),
  ];
}

/** The colour and the dashes of each line. One that lies on another one whole is dashed, so that both are seen. */
function looksOf(paths: readonly string[]): string[] {
  const { length } = dashesFor(paths.length);
  return paths.map((path, index) => {
    const under = paths.slice(0, index).filter((other) => other === path).length;
    return `line c${index % 6} d${(Math.floor(index / 6) + under) % length}`;
  });
}

/** Horizontal rules where the ticks are, and nothing that is no data besides. */
function axisLines(
  { x, y }: Axes,
  { left, right, bottom }: Frame,
  across: (x: number) => number,
  down: (y: number) => number,
  xLabel: string,
): string[] {
  return [
    ...y.ticks.flatMap((tick) => [
      `<path class="rule" d="M${round(left)} ${round(down(tick))}H${round(right)}"/>`,
      text(left - 8, down(tick) + 4, formatTick(tick), "muted figure", "end"),
    ]),
    ...x.ticks.map((tick) => text(across(tick), bottom + 18, formatTick(tick), "muted figure", "middle")),
    text((left + right) / 2, bottom + 36, xLabel, "muted", "middle"),
  ];
}

/** A gap where nothing is a number would hide that there is something: the line goes on behind the mark. */
function linePath(
  points: Points,
  columnOf: (x: number) => number,
  columns: number,
  across: (x: number) => number,
  down: (y: number) => number,
): string {
  const all = samplesOf(points);
  const isFew = all.xs.length <= columns * 2;
  const { xs, ys } = isFew
    ? all
    : samplesOf(reduceToColumns(all, columnOf, columns).flatMap((column) => column?.points ?? []));
  const heights = ys.map(down);
  let path = "";
  let isDown = false;
  for (const [at, height] of heights.entries()) {
    const isSeen = Number.isFinite(height);
    const isAlone = !isDown && !Number.isFinite(heights[at + 1]);
    const [x, y] = [across(xs[at] as number), height];
    // A line of one point has no length: a small cross is seen all the same.
    if (isSeen)
      path += isAlone
        ? `M${round(x - 2.5)} ${round(y)}h5m-2.5 -2.5v5`
        : `${isDown ? "L" : "M"}${round(x)} ${round(y)}`;
    isDown = isSeen;
  }
  return path;
}

function bandPath(
  { points }: Band,
  index: number,
  across: (x: number) => number,
  down: (y: number) => number,
  y: Scale,
): string {
  const inside = (value: number) => down(Math.max(value, y.from));
  const there = points.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  const upper = there.map(({ x, high }) => `${round(across(x))} ${round(inside(high))}`);
  const lower = there.toReversed().map(({ x, low }) => `${round(across(x))} ${round(inside(low))}`);
  return there.length === 0
    ? ""
    : `<path class="band c${index % 6}" d="M${[...upper, ...lower].join("L")}Z"/>`;
}

interface PlacedLabel {
  readonly words: string;
  readonly line: number;
  /** Where the line ends, if there is room. */
  readonly wanted: number;
}

function downTo(y: number, axes: Axes, { top, bottom }: Pick<Frame, "top" | "bottom">): number {
  return bottom - axes.y.place(y) * (bottom - top);
}

function placedLabels(plot: Plot, axes: Axes | undefined, top: number, bottom: number): PlacedLabel[] {
  const placed = labelsOf(plot).map(({ name, value, n, line }) => {
    const shown = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    const place = value === undefined || axes === undefined ? bottom : downTo(value, axes, { top, bottom });
    return {
      words: `${shown}${value === undefined ? "" : ` ${formatValue(value)}`}${n === null ? "" : ` (n ${n})`}`,
      line,
      wanted: Number.isFinite(place) ? place : bottom,
    };
  });
  return labelsWithRoom(placed, Math.max(1, Math.floor((bottom - top) / lineHeight) + 1));
}

/** A piece of each line before its label, where there are too many for the colour of the label to say which it is. */
function keyOf({ lines }: Plot): { readonly length: number; readonly room: number } {
  return areMany(lines.length) ? { length: 38, room: 44 } : { length: 0, room: 0 };
}

/** Each beside the end of its line, so that no legend has to be looked up. */
function drawLabels(
  plot: Plot,
  labels: readonly PlacedLabel[],
  looks: readonly string[],
  { right, top, bottom }: Frame,
): string[] {
  const places = spreadPlaces(
    labels.map(({ wanted }) => wanted),
    lineHeight,
    top,
    bottom,
  );
  const key = keyOf(plot);
  return labels.flatMap(({ words, line }, index) => {
    const y = places[index] as number;
    const piece = `<path class="${looks[line]}" d="M${round(right + 8)} ${round(y)}h${key.length}"/>`;
    const label = text(right + 8 + key.room, y + 4, words, `label c${line % 6}`);
    return key.length === 0 ? [label] : [piece, label];
  });
}

function styles(lines: number): string {
  const used = Math.min(6, Math.max(1, lines));
  const colours = (of: readonly string[]) =>
    of
      .slice(0, used)
      .map(
        (colour, index) =>
          `.c${index}{stroke:${colour}}text.c${index},.band.c${index}{fill:${colour};stroke:none}`,
      )
      .join("");
  const dashed = dashesFor(lines)
    .flatMap((dash, index) => (dash === "" ? [] : [`.d${index}{stroke-dasharray:${dash}}`]))
    .join("");
  const theme = (ground: string, ink: string, muted: string, rule: string) =>
    `.ground{fill:${ground}}text{fill:${ink}}.muted{fill:${muted}}.rule{stroke:${rule}}`;
  return [
    "text{font:12px system-ui,sans-serif}.title{font-size:14px;font-weight:600}.figure,.label{font-family:ui-monospace,monospace;font-size:11px}",
    "path{fill:none}.line{stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}.thin{stroke-width:.8;opacity:.35}.band{opacity:.18}",
    theme("#ffffff", "#14181d", "#565f6b", "#e3e6ea"),
    colours(light),
    dashed,
    `@media (prefers-color-scheme:dark){${theme("#0e1116", "#e6e9ee", "#9aa4b2", "#262d37")}${colours(dark)}}`,
  ].join("");
}
