/** Rows in columns. On a terminal rows never wrap: columns leave by priority, and texts are cut in their middle. */
import { textWidth } from "./text-width.js";

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly header: string;
  /** The higher, the sooner it leaves; 0 stays. */
  readonly leaves: number;
  readonly alignRight?: true;
  /** Texts are cut to this width. */
  readonly longest?: number;
}

export type Row = readonly Cell[];

/** `width`: of the terminal; `null` in a pipe, where nothing is cut. The first line is the header. */
export function formatColumns(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number | null,
  ellipsis: string,
): string[] {
  const cut = (text: string, longest: number | undefined) =>
    width === null || longest === undefined ? text : cutInMiddle(text, longest, ellipsis);
  const cells = rows.map((row) =>
    row.map((cell, index) => ({ ...cell, text: cut(cell.text, columns[index]?.longest) })),
  );
  const widths = columns.map(({ header }, index) =>
    Math.max(textWidth(header), ...cells.map((row) => textWidth(row[index]?.text ?? ""))),
  );
  const kept = keepWhatFits(columns, cells, widths, width);
  const header = columns.map(({ header }) => ({ text: header }));
  return [header, ...cells].map((row) =>
    kept
      .map((index) => pad(row[index] as Cell, widths[index] as number, columns[index]?.alignRight === true))
      .join("  ")
      .trimEnd(),
  );
}

/** Empty columns say nothing; then they leave, the highest first, until the rest fits. */
function keepWhatFits(
  columns: readonly Column[],
  rows: readonly Row[],
  widths: readonly number[],
  width: number | null,
): number[] {
  let kept = columns
    .map((_, index) => index)
    .filter((index) => rows.some((row) => row[index]?.text !== "") || columns[index]?.leaves === 0);
  const total = () => kept.reduce((sum, index) => sum + (widths[index] as number) + 2, -2);
  while (width !== null && total() > width) {
    const next = kept.toSorted((a, b) => leavesOf(columns, b) - leavesOf(columns, a))[0];
    if (next === undefined || leavesOf(columns, next) === 0) break;
    kept = kept.filter((index) => index !== next);
  }
  return kept;
}

function leavesOf(columns: readonly Column[], index: number): number {
  return columns[index]?.leaves ?? 0;
}

function pad({ text, paint = (plain) => plain }: Cell, width: number, alignRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - textWidth(text)));
  return alignRight ? blanks + paint(text) : paint(text) + blanks;
}

/** `longest` in columns of the terminal. No pair of surrogates is halved. */
export function cutInMiddle(text: string, longest: number, ellipsis: string): string {
  if (textWidth(text) <= longest) return text;
  const room = Math.max(0, longest - ellipsis.length);
  const characters = [...text];
  const head = upTo(Math.ceil(room / 2), characters);
  const tail = upTo(Math.floor(room / 2), characters.toReversed()).reverse();
  return head.join("") + ellipsis + tail.join("");
}

/** As many of the first as fit. */
function upTo(width: number, characters: readonly string[]): string[] {
  let left = width;
  const end = characters.findIndex((character) => {
    left -= textWidth(character);
    return left < 0;
  });
  return characters.slice(0, end);
}
