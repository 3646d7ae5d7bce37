/** A plot in characters: braille, eight dots a character, or letters where a terminal has none. */
import { axesOf, type Label, labelsOf, labelsWithRoom, noteOf, type Plot, spreadPlaces } from "./plot.js";
import { reduceToColumns } from "./reduce.js";
import { formatTick, formatValue } from "./scale.js";
import type { Points } from "./series.js";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
  readonly isUnicode: boolean;
  /** Of a line, by its number. */
  readonly paint: (text: string, line: number) => string;
}

/** Lines of text without their ends; the first one is the title. */
export function drawInTerminal(plot: Plot, { columns, rows, isUnicode, paint }: TerminalSize): string[] {
  const axes = axesOf(plot, { x: 2, y: Math.max(2, Math.floor(rows / 4)) });
  const titleOver = (labels: readonly unknown[]) => {
    const note = noteOf(plot, labels) ?? "";
    const words = isUnicode ? note : note.replace("± sample σ", "+- sample sigma");
    return cut(`${plot.title}  ${words}`.trimEnd(), columns, isUnicode);
  };
  if (axes === undefined) return [titleOver(plot.lines), "nothing to draw"];
  const dots = isUnicode ? { across: 2, down: 4 } : { across: 1, down: 1 };
  const heightOf = (y: number) => Math.round((1 - axes.y.place(y)) * (rows * dots.down - 1));
  const rowOf = (y: number) => Math.floor(heightOf(y) / dots.down);
  const labels = labelsWithRoom(
    labelsOf(plot).map((label) => ({ ...label, wanted: rowOrLast(label.value, rowOf, rows) })),
    rows,
  );
  const margin = Math.max(...axes.y.ticks.map((tick) => formatTick(tick).length));
  const widest = Math.max(...labels.map((label) => wordsOf(label, isUnicode).length));
  const room = Math.min(Math.floor(columns / 3), widest);
  const width = Math.max(10, columns - margin - 2 - room - 3);
  const canvas = createCanvas(width, rows, dots);
  const columnOf = (x: number) =>
    Math.min(width * dots.across - 1, Math.floor(axes.x.place(x) * width * dots.across));
  for (const [index, { points }] of plot.lines.entries())
    drawLine(points, index, columnOf, width * dots.across, heightOf, canvas);
  const ticks = new Map(axes.y.ticks.map((tick) => [rowOf(tick), formatTick(tick)]));
  const places = spreadPlaces(
    labels.map(({ wanted }) => wanted),
    1,
    0,
    rows - 1,
  ).map(Math.round);
  const [rule, corner] = isUnicode ? ["┤", "└"] : ["|", "+"];
  const body = canvas.lines(isUnicode).map((cells, row) => {
    const drawn = cells
      .map(({ character, line }) => (line === null ? character : paint(character, line)))
      .join("");
    const beside = labels
      .filter((_, index) => places[index] === row)
      .map((label) => paint(wordsOf(label, isUnicode, columns - margin - width - 4), label.line));
    return `${(ticks.get(row) ?? "").padStart(margin)} ${rule}${drawn}  ${beside.join(" ")}`.trimEnd();
  });
  return [titleOver(labels), ...body, footer(axes.x, plot.xLabel, margin, corner as string, width)];
}

function rowOrLast(value: number | undefined, rowOf: (y: number) => number, rows: number): number {
  const row = value === undefined ? Number.NaN : rowOf(value);
  return Number.isNaN(row) ? rows - 1 : row;
}

function footer(
  { from, to }: { from: number; to: number },
  label: string,
  margin: number,
  corner: string,
  width: number,
): string {
  const [left, right] = [formatTick(from), formatTick(to)];
  const gap = Math.max(1, width - left.length - right.length - label.length - 1);
  const before = Math.floor(gap / 2);
  return `${" ".repeat(margin)} ${corner} ${left}${" ".repeat(before)}${label}${" ".repeat(Math.max(1, gap - before))}${right}`;
}

/** Where there is no room, the name is cut first: the value and n are what is looked for. */
function wordsOf(
  { name, value, n, line }: Label,
  isUnicode: boolean,
  room = Number.POSITIVE_INFINITY,
): string {
  const mark = isUnicode ? "" : `${letterOf(line)} `;
  const rest = `${value === undefined ? "" : ` ${formatValue(value)}`}${n === null ? "" : ` (n ${n})`}`;
  const forName = room - mark.length - rest.length;
  return forName < 4
    ? cut(`${mark}${name}${rest}`, room, isUnicode)
    : `${mark}${cut(name, forName, isUnicode)}${rest}`;
}

function letterOf(line: number): string {
  return String.fromCharCode(97 + (line % 26));
}

function cut(words: string, room: number, isUnicode: boolean): string {
  if (words.length <= room) return words;
  return isUnicode ? `${words.slice(0, Math.max(0, room - 1))}…` : words.slice(0, Math.max(0, room));
}

/** Columns are filled from their lowest to their highest value, and joined to the one before. */
function drawLine(
  points: Points,
  line: number,
  columnOf: (x: number) => number,
  count: number,
  heightOf: (y: number) => number,
  canvas: Canvas,
): void {
  let before: { readonly column: number; readonly height: number } | undefined;
  for (const [column, reduced] of reduceToColumns(points, columnOf, count).entries()) {
    if (reduced === undefined) continue;
    const heights = reduced.points.map(({ y }) => heightOf(y)).filter(Number.isFinite);
    // A value without a place, such as zero among powers of ten, parts the line as one that is no number.
    if (reduced.notFinite > 0 || heights.length < reduced.points.length) before = undefined;
    const [first, last] = [heights[0], heights.at(-1)];
    if (first === undefined || last === undefined) continue;
    canvas.fill(column, Math.min(...heights), Math.max(...heights), line);
    if (before !== undefined) join(before, { column, height: first }, line, canvas);
    before = { column, height: last };
  }
}

interface Place {
  readonly column: number;
  readonly height: number;
}

function join(from: Place, to: Place, line: number, canvas: Canvas): void {
  const steps = to.column - from.column;
  for (let step = 1; step < steps; step += 1) {
    const height = Math.round(from.height + ((to.height - from.height) * step) / steps);
    canvas.fill(from.column + step, height, height, line);
  }
  if (steps === 1 && Math.abs(to.height - from.height) > 1) {
    const middle = Math.round((from.height + to.height) / 2);
    canvas.fill(from.column, Math.min(from.height, middle), Math.max(from.height, middle), line);
    canvas.fill(to.column, Math.min(to.height, middle), Math.max(to.height, middle), line);
  }
}

interface Cell {
  readonly character: string;
  readonly line: number | null;
}

interface Canvas {
  /** Dots of one column, both ends included. */
  readonly fill: (column: number, from: number, to: number, line: number) => void;
  readonly lines: (isUnicode: boolean) => Cell[][];
}

/** Bits of a braille character, by the dot's place in it. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

function createCanvas(
  columns: number,
  rows: number,
  dots: { readonly across: number; readonly down: number },
): Canvas {
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => ({ dots: 0, line: -1 })),
  );
  return {
    fill: (column, from, to, line) => {
      for (let height = from; height <= to; height += 1) {
        const cell = cells[Math.floor(height / dots.down)]?.[Math.floor(column / dots.across)];
        if (cell === undefined) continue;
        cell.dots |= bits[height % dots.down]?.[column % dots.across] ?? 1;
        cell.line = line;
      }
    },
    lines: (isUnicode) =>
      cells.map((row) =>
        row.map(({ dots, line }) => {
          if (dots === 0) return { character: " ", line: null };
          return { character: isUnicode ? String.fromCharCode(0x2800 + dots) : letterOf(line), line };
        }),
      ),
  };
}
