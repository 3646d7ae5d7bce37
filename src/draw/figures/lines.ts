/** Values over a number or over names in their order: joined, or each for itself. */
import { areMany } from "../dashes.js";
import { formatValue, linearScale, type Scale } from "../scale.js";
import { element, round, text } from "../svg-elements.js";
import { placeOnAxes, rangeOf, ticksFor } from "./axes.js";
import { drawLegend } from "./legend.js";
import { shorten, widthOf } from "./letters.js";
import { mark } from "./mark.js";
import {
  counted,
  type Drawn,
  fillOf,
  groupRows,
  memberAmong,
  numberIn,
  type Picture,
  requireMember,
  strokeOf,
  words,
} from "./picture.js";

export function drawLines(picture: Picture, width: number): Drawn {
  return drawPoints(picture, width, true);
}

export function drawScatter(picture: Picture, width: number): Drawn {
  return drawPoints(picture, width, false);
}

/** Of more than this, only the line is drawn. */
const mostMarks = 2000;

function drawPoints(picture: Picture, width: number, isJoined: boolean): Drawn {
  const xMember = requireMember(picture, ["x", "step", "time", "year", "date"]);
  const yMember = memberAmong(picture, ["y"]) ?? picture.value;
  const series = groupRows(picture, memberAmong(picture, ["series", "group", "name"]));
  const places = placesOf(picture, xMember);
  const legend = drawLegend(series, width, isJoined && areMany(series.length));
  const axes = placeOnAxes(
    places.scale(ticksFor(width)),
    linearScale(...rangeOf(picture.rows.map((row) => numberIn(row, yMember))), 5),
    { x: axisLabel(picture.xLabel, xMember, isJoined), y: picture.yLabel },
    { top: legend.bottom, width, height: Math.max(260, width * 0.45), inset: isJoined ? 0 : 6 },
  );
  const at = (row: number) => ({
    x: axes.across(places.of(row)),
    y: axes.down(numberIn(picture.rows[row] ?? {}, yMember)),
  });
  const said = ({ name }: { readonly name: string }, row: number) =>
    `${name === "" ? "" : `${name}, `}${words(picture.rows[row]?.[xMember])}`;
  const parts = [
    ...legend.parts,
    ...axes.parts,
    ...places.labels(axes.across, axes.frame.bottom + 16),
    ...series.flatMap(({ rows }, index) => {
      const d = rows.map(at).map(({ x, y }) => `${round(x)} ${round(y)}`);
      return isJoined
        ? [element("path", { class: strokeOf(index, series.length), d: `M${d.join("L")}` })]
        : [];
    }),
    ...series.flatMap((group, index) =>
      (picture.rows.length > mostMarks && isJoined ? [] : group.rows).map((row) => {
        const { x, y } = at(row);
        const value = numberIn(picture.rows[row] ?? {}, yMember);
        return mark(
          picture,
          row,
          said(group, row),
          "circle",
          { class: fillOf(index), cx: x, cy: y, r: isJoined ? 3 : 4 },
          value,
        );
      }),
    ),
  ];
  const ends = series.map(({ name, rows }) => {
    const value = numberIn(picture.rows[rows.at(-1) ?? 0] ?? {}, yMember);
    return `${name === "" ? "it" : name} ends at ${formatValue(value)}`;
  });
  const description = `${counted(picture.rows.length, "point")}: ${picture.xLabel || xMember} across, ${picture.yLabel || picture.unit} upwards${isJoined ? `; ${ends.join(", ")}` : ""}.`;
  return { height: axes.height, parts, description };
}

/** A member that is called x says nothing that the axis does not. */
function axisLabel(said: string, member: string, isJoined: boolean): string {
  return said === "" && member === "x" && isJoined ? "" : said || member;
}

/** Numbers stand where they are; names in their order, with as many labels as there is room for. */
function placesOf(picture: Picture, member: string) {
  const isNumber = picture.rows.every((row) => typeof row[member] === "number");
  if (isNumber)
    return {
      of: (row: number) => numberIn(picture.rows[row] ?? {}, member),
      scale: (count: number): Scale =>
        linearScale(...rangeOf(picture.rows.map((row) => numberIn(row, member))), count, false),
      labels: () => [],
    };
  const names = [...new Set(picture.rows.map((row) => words(row[member])))];
  const last = Math.max(1, names.length - 1);
  return {
    of: (row: number) => names.indexOf(words(picture.rows[row]?.[member])),
    scale: (): Scale => ({ from: 0, to: last, place: (value) => value / last, ticks: [] }),
    labels: (across: (x: number) => number, y: number) => labelNames(names, across, y),
  };
}

/** Wide enough for a date; names that are wider are cut. */
const widestLabel = 96;

/** As many names as there is room for; those at the ends stay inside of the axis. */
function labelNames(names: readonly string[], across: (x: number) => number, y: number): string[] {
  const room = Math.abs(across(1) - across(0));
  const widest = Math.min(widestLabel, Math.max(...names.map(widthOf)));
  // The first one begins at its place, where the others have their middle.
  const every = Math.max(1, Math.ceil((1.5 * widest + 12) / room));
  const last = names.length - 1;
  return names.flatMap((name, index) => {
    const isCrowded = index !== last && last - index < every;
    if ((index % every !== 0 && index !== last) || (isCrowded && index !== 0)) return [];
    const anchor = index === 0 ? "start" : index === last ? "end" : "middle";
    return [text(across(index), y, shorten(name, widestLabel), "muted figure", anchor)];
  });
}
