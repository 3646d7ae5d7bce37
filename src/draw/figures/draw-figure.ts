/** The drawn rows of a figure as SVG, without a style of its own: whoever shows it says what its classes look like. */
import { element, escapeXml } from "../svg-elements.js";
import { drawBubbles } from "./bubbles.js";
import { drawHeatmap } from "./heatmap.js";
import { drawHistogram } from "./histogram.js";
import { drawLines, drawScatter } from "./lines.js";
import { type Drawn, type Picture, Undrawable } from "./picture.js";
import { drawSankey } from "./sankey/draw-sankey.js";
import { drawStacked } from "./stacked.js";

const drawings: Readonly<Record<string, (picture: Picture, width: number) => Drawn>> = {
  stacked: drawStacked,
  bar: drawStacked,
  bubble: drawBubbles,
  sankey: drawSankey,
  heatmap: drawHeatmap,
  line: drawLines,
  scatter: drawScatter,
  histogram: drawHistogram,
};

/** Each is an element with a name, which a browser must hold. */
const mostRows = 5000;

export type Drawing =
  | { readonly svg: string; readonly reason: null }
  /** `reason`: why only its values can be shown; empty for what is a table. */
  | { readonly svg: null; readonly reason: string };

/** `id` begins the ids of its title and description. The same rows give the same bytes. */
export function drawFigure(picture: Picture, width: number, id: string): Drawing {
  const draw = Object.hasOwn(drawings, picture.type) ? drawings[picture.type] : undefined;
  if (draw === undefined)
    return { svg: null, reason: picture.type === "table" ? "" : `no drawing is known for "${picture.type}"` };
  if (picture.rows.length === 0) return { svg: null, reason: "it has no rows" };
  if (picture.rows.length > mostRows)
    return { svg: null, reason: `${picture.rows.length} rows are more than are drawn, ${mostRows}` };
  try {
    return { svg: wrap(draw(picture, width), picture, width, id), reason: null };
  } catch (fault) {
    if (fault instanceof Undrawable) return { svg: null, reason: fault.message };
    throw fault;
  }
}

function wrap({ height, parts, description }: Drawn, { title }: Picture, width: number, id: string): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "chart",
      width,
      height,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      role: "img",
      "aria-labelledby": `${id}-title`,
      "aria-describedby": `${id}-desc`,
    },
    `<title id="${id}-title">${escapeXml(title)}</title>`,
    `<desc id="${id}-desc">${escapeXml(description)}</desc>`,
    "\n",
    parts.join("\n"),
    "\n",
  );
}
