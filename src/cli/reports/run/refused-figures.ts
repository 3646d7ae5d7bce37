import type { RefusedFigures } from "../../../generated/types.js";
import { type Paint, printable } from "../../terminal/paint.js";

/** The first line of each reason; the record has all of it. */
export function refusedFigureLines(refused: RefusedFigures["refused"], { yellow, glyphs }: Paint): string[] {
  return refused.map(({ name, reason }) => {
    const first = printable(reason.split("\n")[0] ?? "");
    return yellow(`${glyphs.note} figure ${printable(name)} not recorded: ${first}`);
  });
}
