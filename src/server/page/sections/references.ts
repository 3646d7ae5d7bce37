import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { type Html, html } from "../html.js";
import { address, state } from "../words.js";

/** `references.order` joined with the sources, numbered as in the file of references. */
export function referencesSection({ references }: FigureView): Html {
  return html`<section aria-labelledby="references"><h2 id="references">References</h2>
${
  references.length === 0
    ? html`<p>None: no drawn value cites a source.</p>`
    : html`<ol class="references">
${references.map(
  ({
    number,
    source_id,
    citation,
    url,
  }) => html`<li id="ref-${number}"><span class="n">[${number}]</span> <span>${
    citation === null ? state("bad", "not among the sources") : html`${citation}`
  }${url === null || url === "" ? undefined : html`<br>${address(url)}`}<br><code>${source_id}</code></span></li>
`,
)}</ol>`
}
</section>`;
}
