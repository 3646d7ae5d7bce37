/** Three numbers a row: two places and an area. */
import { formatValue, linearScale } from "../scale.js";
import { element, text } from "../svg-elements.js";
import { type Placed, placeOnAxes, rangeOf, ticksFor } from "./axes.js";
import { drawLegend } from "./legend.js";
import { shorten, widthOf } from "./letters.js";
import { mark } from "./mark.js";
import {
  counted,
  type Drawn,
  drawnValue,
  fillsOf,
  groupRows,
  memberAmong,
  numberIn,
  type Picture,
  Undrawable,
  withReferences,
  words,
} from "./picture.js";

interface Bubble {
  readonly row: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export function drawBubbles(picture: Picture, width: number): Drawn {
  const nameMember = memberAmong(picture, ["name", "label", "id"]);
  const seriesMember = memberAmong(picture, ["series", "group"]);
  const series = groupRows(picture, seriesMember);
  const values = picture.rows.map((row) => drawnValue(picture, row));
  const most = Math.max(...values);
  if (Math.min(...values) < 0) throw new Undrawable("an area cannot be below zero");
  const largest = Math.min(36, width * 0.06);
  const radiusOf = (value: number) => (most === 0 ? 0 : largest * Math.sqrt(value / most));
  const legend = drawLegend(series, width);
  const key = drawKey(picture.unit, most, radiusOf, legend.bottom, width);
  const xs = picture.rows.map((row) => numberIn(row, "x"));
  const ys = picture.rows.map((row) => numberIn(row, "y"));
  const axes = placeOnAxes(
    linearScale(...rangeOf(xs), ticksFor(width)),
    linearScale(...rangeOf(ys), 5),
    { x: picture.xLabel || "x", y: picture.yLabel || "y" },
    { top: key.bottom, width, height: Math.max(300, width * 0.5), inset: largest * 0.6 },
  );
  const bubbles = picture.rows.map((row, index) => ({
    row: index,
    name: nameMember === undefined ? "" : words(row[nameMember]),
    x: axes.across(numberIn(row, "x")),
    y: axes.down(numberIn(row, "y")),
    radius: Math.max(2, radiusOf(drawnValue(picture, row))),
  }));
  const largestFirst = bubbles.toSorted((a, b) => b.radius - a.radius || a.row - b.row);
  const fill = fillsOf(series);
  const parts = [
    ...legend.parts,
    ...key.parts,
    ...axes.parts,
    ...largestFirst.map(({ row, name, x, y, radius }) =>
      mark(picture, row, name, "circle", {
        class: `bubble ${fill(row)}`,
        cx: x,
        cy: y,
        r: radius,
      }),
    ),
    ...placeNames(picture, largestFirst, axes),
  ];
  const first = largestFirst[0] as Bubble;
  const description = `${counted(bubbles.length, "bubble")}: ${picture.xLabel || "x"} across, ${picture.yLabel || "y"} upwards, the area is ${picture.unit || picture.value}. The largest is ${first.name} with ${formatValue(most)}.`;
  return { height: axes.height, parts, description };
}

/** Two sizes with their values: areas are read worse than lengths. */
function drawKey(
  unit: string,
  most: number,
  radiusOf: (value: number) => number,
  top: number,
  width: number,
) {
  const large = Math.min(most, Number(most.toPrecision(1)));
  const sizes = [large, large / 10];
  const middle = top + radiusOf(large);
  let x = 0;
  const parts = sizes.flatMap((value) => {
    const radius = radiusOf(value);
    const words = formatValue(value);
    const drawn = [
      element("circle", { class: "key", cx: x + radius + 1, cy: middle, r: radius }),
      text(x + 2 * radius + 8, middle + 4, words, "muted figure"),
    ];
    x += 2 * radius + 8 + widthOf(words) + 16;
    return drawn;
  });
  return {
    parts: [...parts, text(x, middle + 4, shorten(unit, width - x), "muted")],
    bottom: middle + radiusOf(large) + 12,
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Beside its bubble, on the first side where it covers nothing; where there is no such side, only the table names it. */
function placeNames(picture: Picture, bubbles: readonly Bubble[], { frame }: Placed): string[] {
  const taken: Box[] = bubbles.map(({ x, y, radius }) => boxAround(x, y, radius * 0.8, radius * 0.8));
  return bubbles.flatMap(({ row, name, x, y, radius }) => {
    const words = shorten(withReferences({ name, cited: picture.cited[row] ?? [] }), 190);
    const half = widthOf(words) / 2;
    const sides = [
      [x + radius + 5 + half, y],
      [x - radius - 5 - half, y],
      [x, y - radius - 9],
      [x, y + radius + 9],
      [x + radius * 0.7 + 4 + half, y - radius * 0.7 - 6],
      [x + radius * 0.7 + 4 + half, y + radius * 0.7 + 6],
    ] as const;
    const box = sides
      .map(([cx, cy]) => boxAround(cx, cy, half, 7))
      .find(
        (box) =>
          box.left >= frame.left &&
          box.right <= frame.right + 10 &&
          box.top >= frame.top - 8 &&
          box.bottom <= frame.bottom &&
          taken.every((other) => !overlap(box, other)),
      );
    if (box === undefined || words === "") return [];
    taken.push(box);
    return [text(box.left, box.bottom - 3, words, "label halo")];
  });
}

function boxAround(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
