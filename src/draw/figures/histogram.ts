/** Values of intervals that lie beside each other. */
import { formatValue, linearScale } from "../scale.js";
import { formatTick, placeOnAxes, rangeOf, ticksFor } from "./axes.js";
import { mark } from "./mark.js";
import { counted, type Drawn, drawnValue, numberIn, type Picture, requireMember } from "./picture.js";

export function drawHistogram(picture: Picture, width: number): Drawn {
  const lower = requireMember(picture, ["x0", "low", "from"]);
  const upper = requireMember(picture, ["x1", "high", "to"]);
  const edges = picture.rows.flatMap((row) => [numberIn(row, lower), numberIn(row, upper)]);
  const values = picture.rows.map((row) => drawnValue(picture, row));
  const axes = placeOnAxes(
    linearScale(...rangeOf(edges), ticksFor(width), false),
    linearScale(...rangeOf([0, ...values]), 5),
    { x: picture.xLabel, y: picture.yLabel || picture.unit },
    { top: 0, width, height: Math.max(240, width * 0.4) },
  );
  const { across, down } = axes;
  const bars = picture.rows.map((row, index) => {
    const [from, to, value] = [numberIn(row, lower), numberIn(row, upper), drawnValue(picture, row)];
    const y = Math.min(down(0), down(value));
    const height = Math.abs(down(0) - down(value));
    const size = { x: across(from), y, width: across(to) - across(from), height };
    return mark(picture, index, `${formatTick(from)} to ${formatTick(to)}`, "rect", {
      class: "fill c0 f0",
      ...size,
    });
  });
  const [low, high] = rangeOf(edges);
  const description = `Histogram of ${counted(picture.rows.length, "interval")} from ${formatValue(low)} to ${formatValue(high)}; the largest holds ${formatValue(Math.max(...values))}.`;
  return { height: axes.height, parts: [...axes.parts, ...bars], description };
}
