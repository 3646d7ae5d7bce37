/** Numbers as programs print them for people: `1,234`, `1_000`, `.5`, `1e-3`, `nan`, `-inf`. What could be two numbers is none. */

/** For a pattern: takes as much as there is. */
export const printedNumber = String.raw`[-+]?(?:(?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[nN][aA][nN]|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?)`;

const whole = new RegExp(`^${printedNumber}$`);
const most = 400;

/** `undefined` for what is no number; a percent sign behind it is passed over, and changes nothing: `93.1%` is 93.1. */
export function parsePrintedNumber(text: string): number | undefined {
  const trimmed = text.length > most ? "" : text.trim().replace(/ ?%$/, "");
  if (!whole.test(trimmed)) return undefined;
  const word = /^([-+]?)(nan|inf)/i.exec(trimmed);
  if (word === null) return Number(trimmed.replaceAll(/[,_]/g, ""));
  if (word[2]?.toLowerCase() === "nan") return Number.NaN;
  return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
