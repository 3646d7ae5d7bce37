/**
 * A column: what each row has under one name, or nothing. Different numbers stand side by side; everything else is in a dictionary, and
 * the rows hold places in it. Where rows are left out, the numbers of those that are not stand before the values.
 *
 * Kinds: `n` numbers, `d1` `d2` `d4` places in a dictionary of one, two or four bytes each; `s` before them where rows are left out.
 */
import type { SegmentFile, SegmentWriter } from "./segment-file.js";

/** What JSON can hold, and every number. */
export type Cell = unknown;

export interface ColumnBuilder {
  add(row: number, value: Cell): void;
  write(name: string, rows: number, writer: SegmentWriter): void;
}

export function createColumnBuilder(): ColumnBuilder {
  const at: number[] = [];
  const values: Cell[] = [];
  return {
    add(row, value) {
      at.push(row);
      values.push(value);
    },
    write(name, rows, writer) {
      const isSparse = at.length < rows;
      const index = isSparse ? bytesOf(Uint32Array.from(at)) : Buffer.alloc(0);
      const padded = Buffer.concat([index, Buffer.alloc((8 - (index.length % 8)) % 8)]);
      const lead = isSparse ? "s" : "";
      if (isForNumbers(values)) {
        const numbers = bytesOf(Float64Array.from(values));
        writer.add(name, `${lead}n`, Buffer.concat([padded, numbers]), at.length);
        return;
      }
      const { kind, codes, dictionary } = codesOf(values);
      writer.add(
        name,
        `${lead}${kind}`,
        Buffer.concat([padded, codes, dictionary]),
        at.length,
        dictionary.length,
      );
    },
  };
}

/** Of a few numbers that come again and again, their places take an eighth, and are compared faster. */
function isForNumbers(values: readonly Cell[]): values is readonly number[] {
  if (!values.every((value) => typeof value === "number")) return false;
  const different = new Set<number>();
  for (const value of values) {
    // JSON has no place for them.
    if (!Number.isFinite(value) || Object.is(value, -0)) return true;
    different.add(value);
    if (different.size > 0x100) return true;
  }
  return different.size * 8 > values.length;
}

function codesOf(values: readonly Cell[]) {
  const places = new Map<string, number>();
  const codes = values.map((value) => {
    const text = JSON.stringify(value);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  });
  const [kind, packed] =
    places.size <= 0x100
      ? ["d1", Uint8Array.from(codes)]
      : places.size <= 0x1_0000
        ? ["d2", Uint16Array.from(codes)]
        : ["d4", Uint32Array.from(codes)];
  return { kind, codes: bytesOf(packed), dictionary: Buffer.from(`[${[...places.keys()].join(",")}]`) };
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

export interface Column {
  /** The rows that have a value, ascending; `null` for all. */
  readonly at: Uint32Array | null;
  /** Of each of them; either these, or places in the dictionary. */
  readonly numbers: Float64Array | null;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly dictionary: readonly Cell[];
}

const noCodes = new Uint8Array(0);

/** `undefined` where no row has anything under the name. @throws Doubt */
export function readColumn(file: SegmentFile, name: string): Column | undefined {
  const section = file.section(name);
  if (section === undefined) return undefined;
  const [kind, at, length, count = 0, dictionaryLength = 0] = section;
  const bytes = file.read(at, length);
  const isSparse = kind.startsWith("s");
  const index = isSparse ? new Uint32Array(bytes.buffer, bytes.byteOffset, count) : null;
  const from = isSparse ? Math.ceil((count * 4) / 8) * 8 : 0;
  const place = bytes.byteOffset + from;
  if (kind.endsWith("n"))
    return {
      at: index,
      numbers: new Float64Array(bytes.buffer, place, count),
      codes: noCodes,
      dictionary: [],
    };
  return {
    at: index,
    numbers: null,
    codes: codesAt(kind.slice(-2), bytes.buffer as ArrayBuffer, place, count),
    dictionary: JSON.parse(bytes.toString("utf8", length - dictionaryLength)) as Cell[],
  };
}

function codesAt(kind: string, buffer: ArrayBuffer, place: number, count: number): Column["codes"] {
  if (kind === "d1") return new Uint8Array(buffer, place, count);
  return kind === "d2" ? new Uint16Array(buffer, place, count) : new Uint32Array(buffer, place, count);
}

/** `undefined` where the row has nothing. */
export function cellAt(column: Column | undefined, row: number): Cell | undefined {
  if (column === undefined) return undefined;
  const place = column.at === null ? row : placeOf(column.at, row);
  if (place < 0) return undefined;
  return column.numbers === null ? column.dictionary[column.codes[place] as number] : column.numbers[place];
}

function placeOf(rows: Uint32Array, row: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = rows[middle] as number;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
