/** The list of all figures. */
import type { ListedFigure, ListedFigures } from "../../operations/figures/view/list-figures.js";
import { type Html, html } from "./html.js";
import { counted, verdictOf, wide } from "./words.js";

export function collectionBody({ figures, lost }: ListedFigures, artifacts: string): Html {
  return html`<h1>Figures</h1>
${figures.length === 0 ? empty(artifacts) : table(figures)}
${
  lost.length === 0
    ? undefined
    : html`<section aria-labelledby="lost"><h2 id="lost">In the index, and not there</h2>
<ul>${lost.map(({ subject, reason }) => html`<li><code>${subject}</code> ${reason}</li>`)}</ul></section>`
}`;
}

function empty(artifacts: string): Html {
  return html`<p>No figures in <code>${artifacts}</code> (looked just now). Record one:</p>
<pre tabindex="0"><code>colophon figure record figures/stacked.yaml</code></pre>`;
}

function table(figures: readonly ListedFigure[]): Html {
  return html`<p class="facts">${counted(figures.length, "figure")}; states were computed when this page was made.</p>
${wide(
  "Figures",
  html`<table>
<thead><tr><th scope="col">State now</th><th scope="col">Figure</th><th scope="col">Type</th><th scope="col">Layer</th><th scope="col" class="number">Year</th><th scope="col">Id</th><th scope="col">Recorded</th></tr></thead>
<tbody>
${figures.map(row)}</tbody>
</table>`,
)}`;
}

function row({ id, says, verdict }: ListedFigure): Html {
  const link = html`<a href="figures/${encodeURIComponent(id)}">${says?.title ?? id}</a>`;
  const facts =
    says === null
      ? html`<td colspan="3">its manifest cannot be read</td>`
      : html`<td>${says.type}</td><td>${says.layer_id}</td><td class="number">${says.reference_year}</td>`;
  return html`<tr><td>${verdictOf(verdict)}</td><th scope="row">${link}</th>${facts}<td><code>${id}</code></td><td><time>${says?.generated_at}</time></td></tr>
`;
}
