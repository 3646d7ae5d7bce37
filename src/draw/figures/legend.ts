import { element, text } from "../svg-elements.js";
import { shorten, widthOf } from "./letters.js";
import { fillOf, type Group, withReferences } from "./picture.js";

export interface Legend {
  readonly parts: readonly string[];
  /** Where it ends; 0 when there is none. */
  readonly bottom: number;
}

const [swatch, lineHeight, gap] = [10, 20, 16];

/** Which colour is which series, with the numbers of its references; lines as wide as the drawing. */
export function drawLegend(series: readonly Group[], width: number): Legend {
  if (series.every(({ name }) => name === "")) return { parts: [], bottom: 0 };
  const parts: string[] = [];
  let [x, y] = [0, 0];
  for (const [index, group] of series.entries()) {
    const words = shorten(withReferences(group), width - swatch - 8);
    const room = swatch + 6 + widthOf(words) + gap;
    if (x > 0 && x + room - gap > width) [x, y] = [0, y + lineHeight];
    parts.push(
      element("rect", { class: fillOf(index), x, y: y + 3, width: swatch, height: swatch }),
      text(x + swatch + 6, y + 12, words, "label"),
    );
    x += room;
  }
  return { parts, bottom: y + lineHeight + 8 };
}
