import type { GateName, GateResult, GateState } from "../../../operations/figures/check/gates.js";
import { gateNames } from "../../../operations/figures/check/gates.js";
import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { type Html, html } from "../html.js";
import { counted, digestOf, gateState, verdictOf, wide } from "../words.js";

const meanings: Readonly<Record<GateName, string>> = {
  schema: "the manifest is one",
  invariance: "nothing lost between rows and drawing",
  references: "numbering and file agree",
  digest: "files are what was recorded",
  chain: "each transform begins where the last ended",
  ids: "id, names and digest agree",
  inputs: "made from what is there now",
  index: "the collection lists it",
};

/** What was recorded when the figure was built beside what it comes to now; the word says which is which. */
export function checksSection({ manifest, verified }: FigureView): Html {
  const sums = manifest?.outputs.numeric_invariance;
  return html`<section aria-labelledby="checks"><h2 id="checks">Checks</h2>
<p><strong>Recorded at build</strong>${
    manifest === undefined
      ? undefined
      : html` <time>${manifest.build.generated_at}</time>, build <code>${manifest.build.build_id}</code>`
  }${
    sums === undefined
      ? undefined
      : html`: sums ${sums.pre_agg_sum} before and ${sums.post_agg_sum} after, ${sums.passed ? "passed" : "not passed"} within ${sums.tolerance_pct} %`
  }. <strong>Recomputed now</strong>, when this page was made: ${verdictOf(verified.verdict)}</p>
${gateNames.map((name) => group(name, verified.checks))}
<p class="command">The same in a terminal: <code>colophon figure verify ${verified.id ?? verified.manifest_path}</code></p>
</section>`;
}

/** Folded as long as everything in it holds. */
function group(name: GateName, checks: readonly GateResult[]): Html | undefined {
  const own = checks.filter(({ gate }) => gate === name);
  const [worst] = own.toSorted((a, b) => severities.indexOf(a.state) - severities.indexOf(b.state));
  if (worst === undefined) return undefined;
  const isFine = worst.state === "ok" || worst.state === "not-here";
  const away = own.filter(({ state }) => state === "not-here").length;
  return html`<details class="gate"${isFine ? undefined : html` open`}><summary>${gateState(isFine ? "ok" : worst.state)} <strong>${name}</strong> <span>${meanings[name]} · ${counted(own.length, "check")}${away === 0 ? undefined : `, ${away} not here`}</span></summary>
${wide(
  `Checks of ${name}`,
  html`<table>
<thead><tr><th scope="col">State</th><th scope="col">Subject</th><th scope="col">Recorded at build</th><th scope="col">Recomputed now</th></tr></thead>
<tbody>${own.map(
    ({
      subject,
      expected,
      found,
      state,
      reason,
      pointer,
    }) => html`<tr><td>${gateState(state)}</td><th scope="row"><code title="${pointer}">${subject}</code>${reason === null ? undefined : html`<br><span class="reason">${reason}</span>`}</th><td>${value(expected)}</td><td>${value(found ?? (state === "ok" ? expected : null))}</td></tr>
`,
  )}</tbody>
</table>`,
)}</details>
`;
}

const severities: readonly GateState[] = ["differs", "missing", "stale", "unknown", "not-here", "ok"];

function value(text: string | null): Html | undefined {
  return text === null ? undefined : digestOf(text);
}
