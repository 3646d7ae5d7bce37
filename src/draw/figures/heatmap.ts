/** A value for each pair of names, as a shade and in digits. */
import { formatValue } from "../scale.js";
import { element, text } from "../svg-elements.js";
import { rangeOf } from "./axes.js";
import { shorten, widthOf } from "./letters.js";
import { mark } from "./mark.js";
import {
  counted,
  type Drawn,
  drawnValue,
  groupRows,
  type Picture,
  requireMember,
  Undrawable,
  words,
} from "./picture.js";

const [shades, cellHeight] = [5, 30];

export function drawHeatmap(picture: Picture, width: number): Drawn {
  const xMember = requireMember(picture, ["x", "column", "source"]);
  const yMember = requireMember(picture, ["y", "row", "target"]);
  const columns = groupRows(picture, xMember);
  const lines = groupRows(picture, yMember);
  const [low, high] = rangeOf(picture.rows.map((row) => drawnValue(picture, row)));
  const shadeOf = (value: number) =>
    low === high ? 2 : Math.min(shades - 1, Math.floor(((value - low) / (high - low)) * shades));
  const left = Math.min(width * 0.3, Math.max(...lines.map(({ name }) => widthOf(name)))) + 10;
  const cell = (width - left) / columns.length;
  if (cell < 8) throw new Undrawable(`${columns.length} columns do not fit`);
  const key = drawKey(picture.unit, low, high, width);
  const top = key.bottom + 22;
  const placeOf = (name: string, groups: readonly { readonly name: string }[]) =>
    groups.findIndex((group) => group.name === name);
  const parts = [
    ...key.parts,
    ...columns.map(({ name }, index) =>
      text(left + (index + 0.5) * cell, top - 7, shorten(name, cell - 4), "label", "middle"),
    ),
    ...lines.map(({ name }, index) =>
      text(left - 8, top + (index + 0.5) * cellHeight + 4, shorten(name, left - 8), "label", "end"),
    ),
    ...picture.rows.flatMap((row, index) => {
      const value = drawnValue(picture, row);
      const [across, down] = [placeOf(words(row[xMember]), columns), placeOf(words(row[yMember]), lines)];
      const [x, y] = [left + across * cell, top + down * cellHeight];
      const kind = `q${shadeOf(value)}`;
      const shown = formatValue(value);
      const name = `${words(row[yMember])}, ${words(row[xMember])}`;
      return [
        mark(picture, index, name, "rect", { class: `cell ${kind}`, x, y, width: cell, height: cellHeight }),
        ...(widthOf(shown) + 6 > cell
          ? []
          : [text(x + cell / 2, y + cellHeight / 2 + 4, shown, `figure on-${kind}`, "middle")]),
      ];
    }),
  ];
  const description = `${counted(lines.length, "row")} by ${counted(columns.length, "column")}, from ${formatValue(low)} to ${formatValue(high)}${picture.unit === "" ? "" : ` ${picture.unit}`}.`;
  return { height: top + lines.length * cellHeight + 6, parts, description };
}

function drawKey(unit: string, low: number, high: number, width: number) {
  const least = formatValue(low);
  const from = widthOf(least) + 8;
  const behind = from + shades * 22 + 8;
  const most = `${formatValue(high)}${unit === "" ? "" : ` ${unit}`}`;
  const parts = [
    text(0, 11, least, "muted figure"),
    ...Array.from({ length: shades }, (_, shade) =>
      element("rect", { class: `cell q${shade}`, x: from + shade * 22, y: 1, width: 22, height: 12 }),
    ),
    text(behind, 11, shorten(most, width - behind), "muted figure"),
  ];
  return { parts, bottom: 16 };
}
