/** HTML in which data can only be text: what is put in is escaped, unless it was made here itself. */
import { escapeXml } from "../../draw/svg-elements.js";

export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | undefined | readonly Part[];

/** Nothing stands for null and undefined; values of a list stand behind each other. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    texts.map((text, index) => (index === 0 ? text : written(parts[index - 1]) + text)).join(""),
  );
}

/** An SVG of `draw/`, which escapes what it is given as this does. */
export function drawing(svg: string): Html {
  return new Html(svg);
}

function written(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(written).join("");
  return part === null || part === undefined ? "" : escapeXml(String(part)).replaceAll("'", "&#39;");
}
