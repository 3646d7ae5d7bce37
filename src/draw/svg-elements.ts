/** Parts of an SVG: the same arguments give the same text, on every machine. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes stand in the order in which they are given; numbers have two digits behind the point. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? "" : ` ${key}="${typeof value === "number" ? round(value) : escapeXml(value)}"`,
  );
  const inside = children.join("");
  return `<${name}${written.join("")}${inside === "" ? "/>" : `>${inside}</${name}>`}`;
}

export function text(x: number, y: number, words: string, kind: string, anchor = "start"): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escapeXml(words)}</text>`;
}

/** Two digits of a pixel are enough, and are the same on every machine. */
export function round(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

export function escapeXml(words: string): string {
  return words
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
