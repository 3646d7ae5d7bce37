import { rowKeysMember } from "../../../operations/figures/payload.js";
import { pictureOf } from "../../../operations/figures/view/picture.js";
import type { FigureView } from "../../../operations/figures/view/view-figure.js";
import { type Html, html } from "../html.js";
import { counted, wide } from "../words.js";
import { drawnFrom } from "./picture.js";

/** More than these are not written into the page; the CSV has them all. */
const mostRows = 500;

/** The drawn rows as a table: what the chart shows, for whoever reads with ears or a keyboard, and how each leads to its rows. */
export function valuesSection(view: FigureView): Html | undefined {
  const picture = pictureOf(view);
  if (picture === undefined) return undefined;
  const { rows, value, cited, type } = picture;
  const sources = view.recording?.source_field ?? "source_ids";
  // An image is checked for itself; of the values nothing would be said while it is shown.
  const hasImage = view.files.some(({ mediaType }) => mediaType.startsWith("image/"));
  const hidden = new Set([rowKeysMember, sources]);
  const members = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (member) => !hidden.has(member),
  );
  const texts = members.filter((member) => rows.some((row) => typeof row[member] !== "number"));
  const numbers = members.filter((member) => !texts.includes(member) && member !== value);
  const columns = [
    ...texts,
    ...numbers,
    ...(members.includes(value) && !texts.includes(value) ? [value] : []),
  ];
  const places = new Map(columns.map((column) => [column, placesFor(rows.map((row) => row[column]))]));
  const isTraced = rows.some((row) => Object.hasOwn(row, rowKeysMember));
  const cell = (row: Readonly<Record<string, unknown>>, column: string) => {
    const found = row[column];
    if (typeof found !== "number") return html`<td>${spelled(found)}</td>`;
    return html`<td class="number"><data value="${String(found)}" title="${String(found)}">${rounded(found, places.get(column) ?? 0)}</data></td>`;
  };
  const table = html`<table class="values">
<thead><tr>${columns.map((column) => html`<th scope="col"${texts.includes(column) ? undefined : number}>${column}${column === value && picture.unit !== "" ? html` <span class="unit">(${picture.unit})</span>` : undefined}</th>`)}<th scope="col">Sources</th>${isTraced ? html`<th scope="col">Made from</th>` : undefined}</tr></thead>
<tbody>${rows.slice(0, mostRows).map(
    (
      row,
      index,
    ) => html`<tr id="value-${index + 1}" data-value="${index}">${columns.map((column) => cell(row, column))}<td>${(cited[index] ?? []).map((n) => html`<a href="#ref-${n}">[${n}]</a> `)}</td>${
      isTraced
        ? html`<td><button type="button" data-rows="${index}" aria-label="Rows behind ${columns
            .slice(0, 2)
            .map((column) => spelled(row[column]))
            .join(", ")}">Rows</button></td>`
        : undefined
    }</tr>
`,
  )}</tbody>
</table>`;
  return html`<section aria-labelledby="values"><h2 id="values">${type === "table" ? "Table" : "Drawn values"}</h2>
${type === "table" || hasImage ? html`<p class="caption">${drawnFrom(view)}</p>` : undefined}
<p class="hint">${counted(rows.length, "value")}${rows.length > mostRows ? `, of which the first ${mostRows} are listed` : ""}, rounded for reading; the exact ones are in the <a href="${encodeURIComponent(view.id)}/files/csv" download>CSV</a>.${isTraced ? " A press on a mark or on Rows asks for the rows of the input tables it was made from." : undefined}</p>
${wide("Drawn values", table)}
<section id="rows" class="answer" aria-label="Rows behind the value" tabindex="-1"></section>
</section>`;
}

const number = html` class="number"`;

/** As many digits behind the point as five that count need in the largest; none for integers. */
function placesFor(values: readonly unknown[]): number {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.every(Number.isInteger)) return 0;
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const exact = numbers.reduce(
    (most, value) => Math.max(most, (String(value).split(".")[1] ?? "").length),
    0,
  );
  return Math.max(0, Math.min(exact, 12, 4 - Math.floor(Math.log10(largest || 1))));
}

function rounded(value: number, places: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e15 || size < 10 ** -places / 2)) return String(value);
  const [whole = "", fraction] = value.toFixed(places).split(".");
  const parted = size >= 10_000 ? whole.replaceAll(/(\d)(?=(\d{3})+$)/g, "$1,") : whole;
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}
