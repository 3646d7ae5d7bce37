/** References of a figure: `[n] citation`, one a line, n from 1. */

/** Without the number that stands before it, on one line. */
export function bareCitation(citation: string): string {
  return citation
    .replace(/^\s*\[\d+\]\s*/, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function formatReference(index: number, citation: string): string {
  return `[${index + 1}] ${bareCitation(citation)}`;
}

export interface Cited {
  readonly references: { readonly order: readonly string[] };
  readonly inputs: { readonly sources: readonly { readonly source_id: string; readonly citation: string }[] };
}

/** The file of references; a source that is not listed leaves its id. */
export function formatReferences({ references, inputs }: Cited): string {
  const citations = new Map(inputs.sources.map(({ source_id, citation }) => [source_id, citation]));
  return references.order.map((id, index) => `${formatReference(index, citations.get(id) ?? id)}\n`).join("");
}

/** Where a file of references differs from the order: `undefined` when nowhere. Line by line, 1-indexed. */
export function findReferenceFault(text: string, cited: Cited): string | undefined {
  const expected = formatReferences(cited).split("\n");
  const found = text.split("\n");
  const line = expected.findIndex((reference, index) => reference !== found[index]);
  const at = line < 0 && found.length > expected.length ? expected.length - 1 : line;
  if (at < 0) return undefined;
  return `line ${at + 1} is ${quoted(found[at])}, and reference ${at + 1} is ${quoted(expected[at])}`;
}

function quoted(line: string | undefined): string {
  return line === undefined || line === "" ? "nothing" : JSON.stringify(line);
}
