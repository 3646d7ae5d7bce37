/** One figure: what is drawn first, what it is made from below. */
import type { FigureView } from "../../operations/figures/view/view-figure.js";
import { type Html, html } from "./html.js";
import { checksSection } from "./sections/checks.js";
import { disclosureSection } from "./sections/disclosure.js";
import { filesSection } from "./sections/files.js";
import { lineageSection } from "./sections/lineage.js";
import { pictureSection } from "./sections/picture.js";
import { referencesSection } from "./sections/references.js";
import { valuesSection } from "./sections/values.js";
import { counted, verdictOf } from "./words.js";

export function figureBody(view: FigureView): Html {
  const { id, manifest, recording, verified } = view;
  if (manifest === undefined)
    return html`<h1>${id}</h1>
<p class="facts">${verdictOf(verified.verdict)} Its manifest, <code>${view.manifestPath}</code>, cannot be read as one.</p>
${checksSection(view)}`;
  const { figure, dataset } = manifest;
  const wrong = verified.checks.filter(({ state }) => state !== "ok" && state !== "not-here").length;
  return html`<div id="figure" data-figure="${id}">
<h1>${figure.title}</h1>
<p class="facts">${verdictOf(verified.verdict)}
<span><a href="#checks">${wrong === 0 ? counted(verified.checks.length, "check") : `${wrong} of ${counted(verified.checks.length, "check")} to look at`}</a></span>
<span><code>${figure.id}</code></span> <span>${recording?.type ?? figure.type}</span> <span>layer ${figure.layer_id}</span> <span>year ${dataset.reference_year}</span></p>
${figure.notes === undefined ? undefined : html`<p class="notes">${figure.notes}</p>`}
<div class="columns">
<div class="main">
${pictureSection(view)}
${valuesSection(view)}
</div>
<div class="aside">
${referencesSection(view)}
${disclosureSection(manifest, recording)}
</div>
</div>
${lineageSection(view, manifest)}
${checksSection(view)}
${filesSection(view)}
</div>`;
}
