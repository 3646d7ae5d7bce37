import { drawFigure } from "../../../draw/figures/draw-figure.js";
import { pictureOf } from "../../../operations/figures/view/picture.js";
import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { drawing, type Html, html } from "../html.js";
import { state } from "../words.js";

/** Two drawings of the same values, of which the style sheet shows the one that fits. */
const [narrow, broad] = [330, 760];

/** A bound image and the chart of the drawn data, between which a press changes; nothing for a table, whose values are all there is. */
export function pictureSection(view: FigureView): Html | undefined {
  const images = view.files.filter(({ mediaType }) => mediaType.startsWith("image/"));
  const chart = chartOf(view);
  const both = images.length > 0 && chart !== undefined;
  if (images.length === 0 && chart === undefined && view.drawn.payload !== null) return undefined;
  return html`<section aria-label="The figure">
${both ? html`<p class="switch"><button type="button" data-show="image" aria-pressed="true">Image</button><button type="button" data-show="chart" aria-pressed="false">Chart of the data</button></p>` : undefined}
${
  images.length === 0
    ? undefined
    : html`<div data-view="image">${images.map(
        ({
          name,
          path,
          recorded,
          mediaType,
        }) => html`<figure class="image"><img data-image="${name}" data-type="${mediaType}" alt="${view.manifest?.figure.title}, as rendered in ${path}" hidden>
<figcaption><span class="check" data-check="${name}" data-digest="${recorded}" data-at-once>this browser has not looked at the image yet; it shows it when it has</span> <code>${path}</code></figcaption></figure>`,
      )}</div>`
}
<div data-view="chart">${
    chart === undefined
      ? undefined
      : html`<figure>${chart}
<figcaption>${drawnFrom(view)}</figcaption></figure>`
  }</div>
${chart === undefined && images.length === 0 && view.drawn.payload === null ? html`<p>${state("bad", "nothing to show")} ${view.drawn.reason}</p>` : undefined}
</section>`;
}

/** The check of the drawn data holds for tables too, which are shown as values. */
export function drawnFrom({ drawn, files }: FigureView): Html {
  const recorded = files.find(({ name }) => name === "data")?.recorded ?? null;
  return html`<span class="check" data-check="data" data-digest="${recorded}" data-drawn="${drawn.sha256}" data-at-once>this browser has not looked at the drawn data yet</span>`;
}

function chartOf(view: FigureView): Html | undefined {
  const picture = pictureOf(view);
  if (picture === undefined) return undefined;
  const drawings = [narrow, broad].map((width) => drawFigure(picture, width, `chart-${width}`));
  const [small, large] = drawings;
  if (small?.svg && large?.svg)
    return html`<div class="narrow">${drawing(small.svg)}</div><div class="broad">${drawing(large.svg)}</div>`;
  const one = small?.svg ?? large?.svg;
  if (one) return html`<div>${drawing(one)}</div>`;
  const reason = large?.reason ?? "";
  return reason === "" ? undefined : html`<p>Shown as a table: ${reason}.</p>`;
}
