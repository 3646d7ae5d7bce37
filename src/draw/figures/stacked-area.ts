import { formatValue, linearScale } from "../scale.js";
import { element, round } from "../svg-elements.js";
import { placeOnAxes, rangeOf, ticksFor } from "./axes.js";
import { drawLegend } from "./legend.js";
import { mark } from "./mark.js";
import { type Drawn, drawnValue, fillOf, groupRows, numberIn, type Picture, Undrawable } from "./picture.js";

/** The first series lies at the bottom. A series without a value at some place has none there: the layer is closed. */
export function drawAreas(
  picture: Picture,
  xMember: string,
  seriesMember: string | undefined,
  width: number,
): Drawn {
  const series = groupRows(picture, seriesMember);
  const places = [...new Set(picture.rows.map((row) => numberIn(row, xMember)))].sort((a, b) => a - b);
  const legend = drawLegend(series, width);
  const floor = new Map(places.map((place) => [place, 0]));
  const layers = series.map(({ name, rows }) => {
    const rowAt = new Map(rows.map((row) => [numberIn(picture.rows[row] ?? {}, xMember), row]));
    if (rowAt.size < rows.length) throw new Undrawable(`"${name}" has two values at one place`);
    const points = places.map((place) => {
      const row = rowAt.get(place);
      const low = floor.get(place) ?? 0;
      const high = low + (row === undefined ? 0 : drawnValue(picture, picture.rows[row] ?? {}));
      floor.set(place, high);
      return { place, row, low, high };
    });
    return { name, points };
  });
  const tops = places.map((place) => floor.get(place) ?? 0);
  const axes = placeOnAxes(
    linearScale(...rangeOf(places), ticksFor(width), false),
    linearScale(0, Math.max(...tops), 5),
    { x: picture.xLabel || (xMember === "x" ? "" : xMember), y: picture.unit },
    { top: legend.bottom, width, height: Math.max(260, width * 0.45) },
  );
  const { across, down } = axes;
  const half = (at: number) => {
    const [before, here, after] = [places[at - 1], places[at] as number, places[at + 1]];
    return [((before ?? here) + here) / 2, ((after ?? here) + here) / 2] as const;
  };
  const parts = [
    ...legend.parts,
    ...axes.parts,
    ...layers.map(({ points }, index) => {
      const upper = points.map(({ place, high }) => `${round(across(place))} ${round(down(high))}`);
      const lower = points
        .toReversed()
        .map(({ place, low }) => `${round(across(place))} ${round(down(low))}`);
      return element("path", { class: fillOf(index), d: `M${[...upper, ...lower].join("L")}Z` });
    }),
    ...layers.flatMap(({ name, points }) =>
      points.flatMap(({ place, row, low, high }, at) => {
        if (row === undefined) return [];
        const [from, to] = half(at);
        const size = {
          x: across(from),
          y: down(high),
          width: across(to) - across(from),
          height: down(low) - down(high),
        };
        return [
          mark(picture, row, `${name === "" ? "" : `${name}, `}${place}`, "rect", { class: "hit", ...size }),
        ];
      }),
    ),
  ];
  const [first, last] = [places[0], places.at(-1)];
  const description = `Stacked areas of ${series.map(({ name }) => name).join(", ")} from ${first} to ${last}; in all ${formatValue(tops[0] ?? 0)} at first, ${formatValue(tops.at(-1) ?? 0)} at last.`;
  return { height: axes.height, parts, description };
}
