/** The lines that a comparison of runs is printed in. */
import { formatCount } from "../../../manifest/count.js";
import type { Comparison } from "../../../operations/diff/comparison.js";
import { cutInMiddle } from "../../terminal/columns.js";
import { type Paint, printable } from "../../terminal/paint.js";

export interface DiffView {
  /** Nothing is counted instead of shown. */
  readonly all: boolean;
  /** All hunks. */
  readonly patch: boolean;
  readonly utc: boolean;
  /** Of the terminal; `null` in a pipe. */
  readonly width: number | null;
}

/** One colour a line: it repeats what the line says. */
export interface Line {
  readonly text: string;
  readonly colour?: (text: string) => string;
  /** Printed whole, however long. */
  readonly whole?: true;
}

/** How many rows a part has before the rest of it is counted. */
const mostRows = 12;
const longestName = 28;
const longestValue = 40;

/** A row for each, as far as there is room; of the rest, how many there are. */
export function limited(lines: readonly Line[], what: string, { all }: DiffView): Line[] {
  if (all || lines.length <= mostRows) return [...lines];
  const rest = lines.length - mostRows;
  return [...lines.slice(0, mostRows), { text: `and ${formatCount(rest)} more ${what}: --all shows them` }];
}

export function notKnown(text: string, { glyphs, yellow }: Paint): Line {
  return { text: `${glyphs.note} not known: ${printable(text)}`, colour: yellow };
}

/** `name  old → new`, or in which run alone it is; what is not known has its reason. */
export function comparisonLines<Value>(
  items: readonly Comparison<Value>[],
  wordsOf: (value: Value) => string,
  view: DiffView,
  paint: Paint,
  width = widthOf(items),
): Line[] {
  const differing = items.filter(({ outcome }) => outcome !== "same");
  return differing.map(({ name, outcome, a, b, reason }) => {
    const shown = printable(name);
    const { arrow, ellipsis } = paint.glyphs;
    const label = (view.width === null ? shown : cutInMiddle(shown, longestName, ellipsis)).padEnd(width);
    if (outcome === "unknown") return notKnown(`${name} (${reason})`, paint);
    // What a run has may be null, as a parameter; what it has not, there are no words for.
    const [before, after] = [() => wordsOf(a as Value), () => wordsOf(b as Value)];
    if (outcome === "only_a") return { text: `${label}  only in A  ${before()}`.trimEnd() };
    if (outcome === "only_b") return { text: `${label}  only in B  ${after()}`.trimEnd() };
    return { text: `${label}  ${before()} ${arrow} ${after()}` };
  });
}

/** Of the names, so that values stand under each other. */
export function widthOf(items: readonly Comparison<unknown>[]): number {
  const differing = items.filter(({ outcome }) => outcome !== "same");
  return Math.min(longestName, Math.max(0, ...differing.map(({ name }) => printable(name).length)));
}

/** As JSON where a plain word would be taken for something else: `"1"` is not `1`. */
export function valueWords(view: DiffView, paint: Paint): (value: unknown) => string {
  const isPlain = (value: unknown): value is string =>
    typeof value === "string" &&
    /^[^\s"'[\]{}]+$/.test(value) &&
    !/^(-?[0-9.]|(true|false|null)$)/.test(value);
  const words = textWords(view, paint);
  return (value) => words(isPlain(value) ? value : (JSON.stringify(value) ?? ""));
}

export function textWords(view: DiffView, { glyphs }: Paint): (text: string | null) => string {
  return (text) => {
    const shown = printable(text ?? "");
    return view.all ? shown : cutInMiddle(shown, roomForValue(view), glyphs.ellipsis);
  };
}

/** Two of them stand beside a name and an arrow. */
function roomForValue({ width }: DiffView): number {
  const room = width === null ? longestValue : Math.floor((width - longestName - 16) / 2);
  return Math.max(12, Math.min(longestValue, room));
}

export function equalLine(text: string, { dim }: Paint): Line {
  return { text: `= ${text}`, colour: dim };
}

export function shortDigest(digest: string, { glyphs }: Paint): string {
  return `${printable(digest.slice(0, 4))}${glyphs.ellipsis}${printable(digest.slice(-4))}`;
}
