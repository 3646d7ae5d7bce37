import type { FigureManifest } from "../../../kinds/figure/kind.js";
import type { GateResult } from "../../../operations/figures/check/gates.js";
import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { type Html, html } from "../html.js";
import { counted, digestOf, gateState, wide } from "../words.js";

/** Input tables, the chain of transforms, runs, and the keys that lead back to rows. */
export function lineageSection({ verified, recording, id }: FigureView, manifest: FigureManifest): Html {
  const { inputs, transforms, trace_keys, outputs } = manifest;
  const columns = new Map((recording?.tables ?? []).map(({ path, columns }) => [path, columns]));
  return html`<section aria-labelledby="lineage"><h2 id="lineage">Lineage</h2>
<details id="view-lineage"><summary>View lineage: ${counted(inputs.tables.length, "table")}, ${counted(transforms.length, "transform")}, ${counted(recording?.runs.length ?? 0, "run")}</summary>
<h3>Input tables</h3>
${wide(
  "Input tables",
  html`<table>
<thead><tr><th scope="col">Table</th><th scope="col" class="number">Rows</th><th scope="col">Digest, recorded at build</th><th scope="col">Recomputed now</th><th scope="col">Columns</th></tr></thead>
<tbody>${inputs.tables.map(
    (
      { path, sha256, row_count },
      index,
    ) => html`<tr><th scope="row"><code>${path}</code></th><td class="number">${row_count}</td><td>${digestOf(sha256)}</td><td>${nowOf(`/inputs/tables/${index}`, verified.checks)}</td><td>${columns.get(path)?.join(", ")}</td></tr>
`,
  )}</tbody>
</table>`,
)}
<h3>Transform chain</h3>
<ol class="chain">
${transforms.map(
  (
    { name, version, params, sha256_before, sha256_after },
    index,
  ) => html`<li><p><strong>${name}</strong> <span>${version}</span></p>
<p class="digests">${digestOf(sha256_before)} <span aria-hidden="true">→</span><span class="hidden"> becomes </span> ${digestOf(sha256_after)} ${
    index === transforms.length - 1 && sha256_after === outputs.figure_sha256
      ? html`<span>the figure</span>`
      : undefined
  }</p>
<dl>${Object.entries(params).map(([key, value]) => html`<div><dt>${key}</dt><dd>${JSON.stringify(value)}</dd></div>`)}</dl></li>
`,
)}</ol>
${transforms.length === 0 ? html`<p>No transform is recorded.</p>` : undefined}
<h3>Runs it descends from</h3>
${
  (recording?.runs.length ?? 0) === 0
    ? html`<p>None: no input table is an artifact of a recorded run.</p>`
    : html`<ul class="runs">${recording?.runs.map(
        ({ table, experiment_id, artifact, sha256 }) =>
          html`<li><code>${table}</code> is artifact <code>${artifact}</code> of run <code>${experiment_id}</code> ${digestOf(sha256)}</li>`,
      )}</ul>`
}
<p class="command">To commit, snapshot, data and seed: <code>colophon trace ${outputs.figure_path}</code></p>
<h3>Trace keys</h3>
<ul class="keys">${trace_keys.upstream_keys.map(
    ({ table, key_fields }) =>
      html`<li><code>${table}</code> by <code>${key_fields.join(", ")}</code> <button type="button" data-keys="${table}" data-fields="${JSON.stringify(key_fields)}">Rows of ${table}</button></li>`,
  )}</ul>
<p><button type="button" data-copy="${JSON.stringify(trace_keys, null, 2)}" data-named="trace keys">Copy trace keys</button></p>
<div id="keys" class="answer" data-answer-of="${id}"></div>
</details></section>`;
}

function nowOf(pointer: string, checks: readonly GateResult[]): Html | undefined {
  const found = checks.find((check) => check.gate === "inputs" && check.pointer === pointer);
  if (found === undefined) return undefined;
  const { state, found: digest, reason } = found;
  return html`${gateState(state)} ${digest === null ? undefined : digestOf(digest)}${reason === null ? undefined : html` <span class="reason">${reason}</span>`}`;
}
