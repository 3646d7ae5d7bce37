/**
 * A column: what each row has under one name, or nothing. The different values stand in a dictionary, and the rows hold places in it.
 * Numbers stand there in their order, so that a row's place says how its number compares; everything else stands there as JSON.
 *
 * Kinds: `n` for numbers or `d`, and the bytes that a place takes; `s` before them where rows are left out. In the file: the rows that are
 * not left out, the places, the dictionary, each at a multiple of eight. Where a place takes one byte, and no row is left out, the rows
 * stand once more, by their places, so that those of one value are found without a search.
 */
import { orDoubt, type Section, type SegmentFile, type SegmentWriter } from "./segment-file.js";

/** What JSON can hold, and every number. */
export type Cell = unknown;

export interface Column {
  /** The rows that have a value, ascending; `null` for all. */
  readonly at: Uint32Array | null;
  /** Of each of them, the place in the dictionary. */
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly dictionary: Dictionary;
  /** The rows of one place, ascending; `null` where that takes a search. */
  readonly rowsAt: ((code: number) => Uint32Array) | null;
}

export interface Dictionary {
  readonly length: number;
  /** Whether all are numbers, in ascending order, what is not a number last. */
  readonly areNumbers: boolean;
  at(code: number): Cell;
  all(): readonly Cell[];
}

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
      const areNumbers = values.every((value) => typeof value === "number");
      const { codes, dictionary, places } = areNumbers ? codesOfNumbers(values) : codesOf(values);
      const kind = `${isSparse ? "s" : ""}${areNumbers ? "n" : "d"}${codes.BYTES_PER_ELEMENT}`;
      const parts = [isSparse ? bytesOf(Uint32Array.from(at)) : Buffer.alloc(0), bytesOf(codes), dictionary];
      writer.add(name, kind, Buffer.concat(parts.flatMap(padded)), at.length, dictionary.length);
      if (places > 1 && places <= 0x100 && !isSparse) writer.add(groupsName(name), "groups", groupsOf(codes));
    },
  };
}

/** To a multiple of eight. */
function padded(bytes: Buffer): Buffer[] {
  return [bytes, Buffer.alloc(toEight(bytes.length) - bytes.length)];
}

function toEight(length: number): number {
  return Math.ceil(length / 8) * 8;
}

interface Codes {
  readonly codes: Column["codes"];
  readonly dictionary: Buffer;
  readonly places: number;
}

function codesOf(values: readonly Cell[]): Codes {
  const places = new Map<string, number>();
  const codes = values.map((value) => {
    const text = JSON.stringify(value);
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  const dictionary = Buffer.from(`[${[...places.keys()].join(",")}]`);
  return { codes: packed(codes, places.size), dictionary, places: places.size };
}

function codesOfNumbers(values: readonly number[]): Codes {
  // This order has -0 before 0, and what is not a number last.
  const sorted = Float64Array.from(values).sort();
  const dictionary = sorted.filter((value, index) => index === 0 || !Object.is(value, sorted[index - 1]));
  const codes = values.map((value) => placeOfNumber(value, dictionary));
  return {
    codes: packed(codes, dictionary.length),
    dictionary: bytesOf(dictionary),
    places: dictionary.length,
  };
}

function placeOfNumber(value: number, dictionary: Float64Array): number {
  if (Number.isNaN(value)) return dictionary.length - 1;
  let [low, high] = [0, dictionary.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dictionary[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  // To a comparison -0 is 0.
  return Object.is(dictionary[low], value) ? low : low + 1;
}

function packed(codes: readonly number[], places: number): Column["codes"] {
  if (places <= 0x100) return Uint8Array.from(codes);
  return places <= 0x1_0000 ? Uint16Array.from(codes) : Uint32Array.from(codes);
}

const groupsName = (name: string) => `groups ${name}`;

/** Where the rows of each of 256 places end, and the rows. */
function groupsOf(codes: Column["codes"]): Buffer {
  const groups: number[][] = Array.from({ length: 0x100 }, () => []);
  for (const [row, code] of codes.entries()) groups[code]?.push(row);
  let end = 0;
  const ends = groups.map(({ length }) => (end += length));
  return bytesOf(Uint32Array.from([...ends, ...groups.flat()]));
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

export function isColumn([kind]: Section): boolean {
  return /^s?[nd][124]$/.test(kind);
}

/** Where what lies in its section, in bytes from the section's beginning. */
function layoutOf([kind, , , count = 0, dictionaryLength = 0]: Section) {
  const width = Number(kind.at(-1)) as 1 | 2 | 4;
  const codesAt = kind.startsWith("s") ? toEight(count * 4) : 0;
  return { count, width, codesAt, dictionaryAt: codesAt + toEight(count * width), dictionaryLength };
}

/** `undefined` where no row has anything under the name. @throws Doubt */
export function readColumn(file: SegmentFile, name: string): Column | undefined {
  const section = file.section(name);
  if (section === undefined) return undefined;
  const [kind, at] = section;
  const { count, width, codesAt, dictionaryAt, dictionaryLength } = layoutOf(section);
  const { buffer, byteOffset } = file.read(at, dictionaryAt);
  const isSparse = kind.startsWith("s");
  return {
    at: isSparse ? new Uint32Array(buffer, byteOffset, count) : null,
    codes: new codesOfWidth[width](buffer as ArrayBuffer, byteOffset + codesAt, count),
    dictionary: kind.includes("n")
      ? numbersIn(file, at + dictionaryAt, dictionaryLength / 8)
      : cellsIn(file.read(at + dictionaryAt, dictionaryLength)),
    rowsAt: groupReader(file, groupsName(name)),
  };
}

const codesOfWidth = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

/** So many numbers are read one by one, before all are read together. */
const mostAlone = 256;

function numbersIn(file: SegmentFile, from: number, length: number): Dictionary {
  let asked = 0;
  let numbers: Float64Array | undefined;
  const readAll = () => {
    const { buffer, byteOffset } = file.read(from, length * 8);
    numbers = orDoubt(() => new Float64Array(buffer, byteOffset, length));
    return numbers;
  };
  return {
    length,
    areNumbers: true,
    at(code) {
      if (numbers !== undefined) return numbers[code];
      asked += 1;
      return asked > mostAlone ? readAll()[code] : file.read(from + code * 8, 8).readDoubleLE();
    },
    all: () => Array.from(numbers ?? readAll()),
  };
}

function cellsIn(bytes: Buffer): Dictionary {
  const cells = JSON.parse(bytes.toString()) as Cell[];
  return { length: cells.length, areNumbers: false, at: (code) => cells[code], all: () => cells };
}

function groupReader(file: SegmentFile, name: string): Column["rowsAt"] {
  const [, at] = file.section(name) ?? [];
  if (at === undefined) return null;
  const numbers = (from: number, count: number) => {
    const bytes = file.read(at + from * 4, count * 4);
    return orDoubt(() => new Uint32Array(bytes.buffer, bytes.byteOffset, count));
  };
  return (code) => {
    const [from = 0, to = 0] = code === 0 ? [0, ...numbers(0, 1)] : numbers(code - 1, 2);
    return numbers(0x100 + from, to - from);
  };
}

/** `undefined` where the row has nothing. */
export function cellAt(column: Column | undefined, row: number): Cell | undefined {
  if (column === undefined) return undefined;
  const place = column.at === null ? row : placeOf(column.at, row);
  return place < 0 ? undefined : column.dictionary.at(column.codes[place] as number);
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
