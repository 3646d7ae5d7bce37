/** Where a value that begins behind `name =` ends. */

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** The value inside its quotes, brackets or scheme; `undefined` is a map, whose own names decide. */
export function measureValue(line: string, from: number): Extent | undefined {
  const opening = matchAt(/[bBfFrRuU]{0,2}("""|'''|\\*["'`])/y, line, from);
  if (opening !== null) {
    const start = from + opening[0].length;
    return { start, end: findClosingQuote(line, start, opening[1]!) };
  }
  if (line[from] === "{") return undefined;
  if (line[from] === "[" || line[from] === "(") {
    const closing = line.indexOf(line[from] === "[" ? "]" : ")", from + 1);
    return { start: from + 1, end: closing < 0 ? line.length : closing };
  }
  const bare = matchAt(bareValue, line, from);
  return { start: from, end: from + (bare?.[0].length ?? 0) };
}

/**
 * To the next blank. Punctuation belongs to the value unless a blank, the line's end or the next name follows it:
 * passwords hold commas, and a piece of one must not stay behind. A scheme takes the next word with it.
 */
const bareValue = (() => {
  const blank = String.raw`\x00-\x20\x7f`;
  const punctuation = String.raw`,;&|<>"'${"`"}()\[\]{}`;
  const reference = String.raw`\$\{\{? ?[\w.:]{1,80} ?\}?\}|<[\w |/-]{1,40}>`;
  const nextName = String.raw`[ "']{0,3}[\w.-]{1,64}["']?[ \t]{0,8}[=:]`;
  const word = `(?:[^${blank}${punctuation}]|[${punctuation}](?![${punctuation}]{0,16}(?:$|[${blank}]|${nextName})))+`;
  return new RegExp(
    String.raw`(?:(?:bearer|basic|token|digest|negotiate|apikey)[ \t]{1,8})?(?:${reference}|${word})`,
    "iy",
  );
})();

/**
 * JSON inside JSON escapes its quotes: an opening quote behind k backslashes is closed by one behind k of its own, after
 * any number of escaped backslashes. YAML and CSV write a quote twice instead. A quote that never closes takes the rest
 * of the line.
 */
function findClosingQuote(line: string, from: number, opening: string): number {
  if (opening.length === 3 && opening[0] !== "\\") {
    const closing = line.indexOf(opening, from);
    return closing < 0 ? line.length : closing;
  }
  const quote = opening.at(-1)!;
  const escapes = opening.length - 1;
  for (let at = line.indexOf(quote, from); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (escapes === 0 && at > from && line[at + 1] === quote) {
      at += 1;
      continue;
    }
    let backslashes = 0;
    while (at - backslashes > from && line[at - backslashes - 1] === "\\") backslashes += 1;
    if (backslashes % (2 * (escapes + 1)) === escapes) return at - escapes;
  }
  return line.length;
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}
