/** What a figure shows, before anybody knows how wide the paper is. */

import { areMany, dashes } from "../dashes.js";

export type Row = Readonly<Record<string, unknown>>;

export interface Picture {
  /** One of the founding five, or a type of a project's own. */
  readonly type: string;
  readonly title: string;
  /** Of the drawn value; empty when nobody said. */
  readonly unit: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly rows: readonly Row[];
  /** The member of a row that is drawn: what is summed at every check. */
  readonly value: string;
  /** Numbers of the references that a row cites, row by row. */
  readonly cited: readonly (readonly number[])[];
}

/** A drawing without its outermost element; in pixels. */
export interface Drawn {
  readonly height: number;
  readonly parts: readonly string[];
  /** What is seen, in a sentence. */
  readonly description: string;
}

/** What stands in place of a drawing that the rows do not allow. */
export class Undrawable extends Error {}

export function drawnValue({ value }: Picture, row: Row): number {
  return numberIn(row, value);
}

export function numberIn(row: Row, member: string): number {
  const found = row[member];
  if (typeof found !== "number") throw new Undrawable(`a row has no number "${member}"`);
  return found;
}

/** Of a label: what JSON calls a text as it is, anything else as JSON. */
export function words(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** The first of these members that every row has. */
export function memberAmong({ rows }: Picture, members: readonly string[]): string | undefined {
  return members.find((member) => rows.every((row) => Object.hasOwn(row, member)));
}

export function requireMember(picture: Picture, members: readonly string[]): string {
  const found = memberAmong(picture, members);
  if (found === undefined) throw new Undrawable(`not every row has "${members.join('" or "')}"`);
  return found;
}

export interface Group {
  readonly name: string;
  /** Places of its rows among all rows. */
  readonly rows: readonly number[];
  /** Numbers of its references, ascending. */
  readonly cited: readonly number[];
}

/** In the order in which rows name them first, which is the order of their references. */
export function groupRows(picture: Picture, member: string | undefined): Group[] {
  const groups = new Map<string, number[]>();
  for (const [index, row] of picture.rows.entries()) {
    const name = member === undefined ? "" : words(row[member]);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [index]);
    else known.push(index);
  }
  return [...groups].map(([name, rows]) => ({
    name,
    rows,
    cited: [...new Set(rows.flatMap((row) => picture.cited[row] ?? []))].sort((a, b) => a - b),
  }));
}

/** `Subway [1, 3]` */
export function withReferences({ name, cited }: Pick<Group, "name" | "cited">): string {
  return cited.length === 0 ? name : `${name} [${cited.join(", ")}]`;
}

/** The fill of each row: that of its series. */
export function fillsOf(series: readonly Group[]): (row: number) => string {
  const indexOf = new Map(series.flatMap(({ rows }, index) => rows.map((row) => [row, index] as const)));
  return (row) => fillOf(indexOf.get(row) ?? 0);
}

/** Six fills, told apart by every kind of sight; then the same, fainter; then all of those with an edge of each kind. */
export function fillOf(index: number): string {
  const edge = Math.floor(index / 18) % 4;
  return `fill c${index % 6} f${Math.floor(index / 6) % 3}${edge === 0 ? "" : ` e${edge}`}`;
}

/** A line is not faint, and has no edge: where there are many, dashes tell those of one colour apart. */
export function strokeOf(index: number, lines: number): string {
  const colour = `line l${index % 6}`;
  return areMany(lines) ? `${colour} d${Math.floor(index / 6) % dashes.length}` : colour;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
