import type { FigureManifest, Recording } from "../../../kinds/figure/kind.js";
import { type Html, html } from "../html.js";

/** What the numbers mean: dataset and contracts, and the facts that a project of another field has of its own. */
export function disclosureSection(
  { dataset, contracts, figure }: FigureManifest,
  recording: Recording | undefined,
): Html {
  const own = Object.entries(recording?.dataset ?? {}).map(
    ([name, value]) => [name, spelled(value)] as const,
  );
  return html`<section aria-labelledby="disclosure"><h2 id="disclosure">Disclosure</h2>
${facts("Dataset", [
  ["reference year", String(dataset.reference_year)],
  ["scope", dataset.scope_policy],
  ["GWP horizon", dataset.gwp_horizon],
  ["region", dataset.region_policy],
  ["vintages", dataset.vintage_rules],
  ...own,
  ["unit", recording?.unit],
  ["uncertainty", recording?.uncertainty ?? "none is stated"],
  ["layer", figure.layer_id],
])}
${facts("Contracts", [
  ["ingest", contracts.ingest],
  ["validate", contracts.validate],
  ["derive", contracts.derive],
  ["visualize", contracts.visualize],
])}
</section>`;
}

function facts(heading: string, entries: readonly (readonly [string, string | undefined])[]): Html {
  const there = entries.filter(([, value]) => value !== undefined);
  return html`<h3>${heading}</h3>
<dl>${there.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
