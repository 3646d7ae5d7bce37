/** Values on top of each other: areas over a number, or a bar for each name. */
import { formatValue, linearScale } from "../scale.js";
import { element, round, text } from "../svg-elements.js";
import { formatTick, rangeOf, ticksFor } from "./axes.js";
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
  type Picture,
  words,
} from "./picture.js";
import { drawAreas } from "./stacked-area.js";

const stackMembers = ["stack", "x", "category", "bar", "year", "group"];
const seriesMembers = ["series", "layer", "name"];

export function drawStacked(picture: Picture, width: number): Drawn {
  const stack = memberAmong(picture, stackMembers);
  const series = memberAmong(picture, seriesMembers);
  const places = new Set(picture.rows.map((row) => (stack === undefined ? "" : row[stack])));
  const isOverNumbers = places.size > 2 && [...places].every((place) => typeof place === "number");
  const isAbove = picture.rows.every((row) => drawnValue(picture, row) >= 0);
  return picture.type === "stacked" && stack !== undefined && isOverNumbers && isAbove
    ? drawAreas(picture, stack, series, width)
    : drawBars(picture, stack, series, width);
}

const [barHeight, pitch] = [24, 54];
/** Sums that the description lists. */
const mostTold = 12;

/** Each bar below its name, so that a long one is read in a narrow place too; the sum stands at its end. */
function drawBars(
  picture: Picture,
  stackMember: string | undefined,
  seriesMember: string | undefined,
  width: number,
): Drawn {
  const series = groupRows(picture, seriesMember);
  const stacks = groupRows(picture, stackMember);
  const legend = drawLegend(series, width);
  const fill = fillsOf(series);
  const bars = stacks.map((stack) => ({ ...stack, ...stackUp(picture, stack.rows) }));
  const [low, high] = rangeOf([0, ...bars.flatMap(({ low, high }) => [low, high])]);
  const sums = bars.map(({ sum }) => formatValue(sum));
  const left = low < 0 ? 12 : 1;
  const right = width - 10 - Math.max(...sums.map(widthOf));
  const scale = linearScale(low, high, ticksFor(right));
  const across = (value: number) => left + scale.place(value) * (right - left);
  const bottom = legend.bottom + bars.length * pitch;
  const parts = [
    ...legend.parts,
    ...scale.ticks.flatMap((tick) => [
      element("path", {
        class: "rule",
        d: `M${round(across(tick))} ${round(legend.bottom)}V${round(bottom)}`,
      }),
      text(
        across(tick),
        bottom + 16,
        formatTick(tick),
        "muted figure",
        tick === scale.from ? "start" : "middle",
      ),
    ]),
    text(right, bottom + 34, shorten(picture.unit, right), "muted", "end"),
    ...bars.flatMap(({ name, segments, sum, high }, index) => {
      const top = legend.bottom + index * pitch + 18;
      return [
        text(left, top - 5, shorten(name, right), "label"),
        ...segments.map(({ row, from, to }) => {
          const said = [name, seriesMember === undefined ? "" : words(picture.rows[row]?.[seriesMember])];
          const [x, y] = [Math.min(across(from), across(to)), top];
          const size = { x, y, width: Math.abs(across(to) - across(from)), height: barHeight };
          return mark(picture, row, said.filter((each) => each !== "").join(", "), "rect", {
            class: fill(row),
            ...size,
          });
        }),
        text(across(high) + 6, top + barHeight / 2 + 4, formatValue(sum), "figure"),
      ];
    }),
    ...bars.map((_, index) => {
      const top = legend.bottom + index * pitch + 16;
      return element("path", { class: "axis", d: `M${round(across(0))} ${round(top)}v${barHeight + 4}` });
    }),
  ];
  const told = bars
    .slice(0, mostTold)
    .map(({ name, sum }) => `${name === "" ? "all" : name} ${formatValue(sum)}`)
    .join(", ");
  const untold = bars.length > mostTold ? `, and ${bars.length - mostTold} more` : "";
  const unit = picture.unit === "" ? "" : `, in ${picture.unit}`;
  const description = `${counted(bars.length, "bar")} of ${series.length} series. In all ${told}${untold}${unit}.`;
  return { height: bottom + 42, parts, description };
}

interface Stack {
  readonly segments: readonly { readonly row: number; readonly from: number; readonly to: number }[];
  readonly low: number;
  readonly high: number;
  readonly sum: number;
}

/** What is below zero goes the other way. */
function stackUp(picture: Picture, rows: readonly number[]): Stack {
  let [low, high] = [0, 0];
  const segments = rows.map((row) => {
    const value = drawnValue(picture, picture.rows[row] ?? {});
    const from = value < 0 ? low : high;
    if (value < 0) low += value;
    else high += value;
    return { row, from, to: value < 0 ? low : high };
  });
  return { segments, low, high, sum: low + high };
}
