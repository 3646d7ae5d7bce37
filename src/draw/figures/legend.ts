import { element, round, text } from "../svg-elements.js";
import { shorten, widthOf } from "./letters.js";
import { fillOf, type Group, strokeOf, withReferences } from "./picture.js";

export interface Legend {
  readonly parts: readonly string[];
  /** Where it ends; 0 when there is none. */
  readonly bottom: number;
}

const [lineHeight, gap] = [20, 16];

/** Which colour, or which dashed line, is which series, with the numbers of its references; lines as wide as the drawing. */
export function drawLegend(series: readonly Group[], width: number, ofDashes = false): Legend {
  const swatch = ofDashes ? 38 : 10;
  if (series.every(({ name }) => name === "")) return { parts: [], bottom: 0 };
  const parts: string[] = [];
  let [x, y] = [0, 0];
  for (const [index, group] of series.entries()) {
    const words = shorten(withReferences(group), width - swatch - 8);
    const room = swatch + 6 + widthOf(words) + gap;
    if (x > 0 && x + room - gap > width) [x, y] = [0, y + lineHeight];
    parts.push(
      ofDashes
        ? element("path", { class: strokeOf(index, series.length), d: `M${round(x)} ${y + 8}h${swatch}` })
        : element("rect", { class: fillOf(index), x, y: y + 3, width: swatch, height: swatch }),
      text(x + swatch + 6, y + 12, words, "label"),
    );
    x += room;
  }
  return { parts, bottom: y + lineHeight + 8 };
}
