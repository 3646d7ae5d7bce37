import { formatValue } from "../scale.js";
import { type Attributes, element, escapeXml } from "../svg-elements.js";
import { drawnValue, type Picture, withReferences } from "./picture.js";

/** A drawn value: it can be chosen by the place of its row, and says what it is. */
export function mark(
  picture: Picture,
  row: number,
  name: string,
  shape: "rect" | "circle" | "path",
  { class: kind, ...attributes }: Attributes,
  value = drawnValue(picture, picture.rows[row] ?? {}),
): string {
  const unit = picture.unit === "" ? "" : ` ${picture.unit}`;
  const words = withReferences({
    name: `${name}: ${formatValue(value)}${unit}`,
    cited: picture.cited[row] ?? [],
  });
  return element(
    shape,
    { class: `mark ${kind}`, "data-row": String(row), ...attributes },
    `<title>${escapeXml(words)}</title>`,
  );
}
