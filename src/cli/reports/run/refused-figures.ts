import type { RefusedFigures } from "../../../generated/types.js";
import { type Paint, printable } from "../../terminal/paint.js";

/** The first of what each reason names; the record has all of it. */
export function refusedFigureLines(refused: RefusedFigures["refused"], { yellow, glyphs }: Paint): string[] {
  return refused.map(({ name, reason }) =>
    yellow(`${glyphs.note} figure ${printable(name)} not recorded: ${printable(beginningOf(reason))}`),
  );
}

/** A first line that ends with a colon says nothing without the next. */
function beginningOf(reason: string): string {
  const [head = "", first, ...rest] = reason.split("\n").map((line) => line.trim());
  if (!head.endsWith(":") || first === undefined) return head;
  return `${head} ${first}${rest.length > 0 ? `; and ${rest.length} more` : ""}`;
}
