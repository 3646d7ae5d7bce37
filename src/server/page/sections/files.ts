import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { type Html, html } from "../html.js";
import { digestOf, wide } from "../words.js";

/** Every file of the figure, each of which the browser can hold against its recorded digest by itself. */
export function filesSection({ files, id }: FigureView): Html {
  return html`<section aria-labelledby="files"><h2 id="files">Files</h2>
<p>The last column is computed by this browser, from the bytes that it fetches.</p>
${wide(
  "Files",
  html`<table>
<thead><tr><th scope="col">File</th><th scope="col">Path</th><th scope="col">Recorded digest</th><th scope="col">In this browser</th></tr></thead>
<tbody>${files.map(
    ({
      name,
      path,
      recorded,
      recordedIn,
    }) => html`<tr><th scope="row"><a href="${encodeURIComponent(id)}/files/${name}" download="${path.slice(path.lastIndexOf("/") + 1)}">${name}</a></th><td><code>${path}</code></td><td>${recorded === null ? "none" : digestOf(recorded)}${recordedIn === "index" && recorded !== null ? " (in the index)" : undefined}</td><td><span class="check" data-check="${name}" data-digest="${recorded}">not checked</span></td></tr>
`,
  )}</tbody>
</table>`,
)}
<p><button type="button" id="check-all">Check all files in this browser</button></p>
</section>`;
}
