/**
 * A writer of small Parquet files, by the format's own description: one page a column and group, plain encoding, no compression. It
 * shares no code with what reads them.
 */

export interface Column {
  readonly name: string;
  readonly type: "string" | "int64" | "double" | "decimal" | "timestamp" | "bytes";
  /** Of decimals, places behind the point. */
  readonly scale?: number;
}

export type Cell = string | number | bigint | Uint8Array | null;

const physical = { string: 6, int64: 2, double: 5, decimal: 2, timestamp: 2, bytes: 6 } as const;
/** UTF8, DECIMAL, TIMESTAMP_MICROS. */
const converted = { string: 0, decimal: 5, timestamp: 10 } as const;

/** `groups`: rows by group, each with a cell for every column. A decimal is its unscaled integer, a time its microseconds. */
export function makeParquet(
  columns: readonly Column[],
  groups: readonly (readonly (readonly Cell[])[])[],
): Buffer {
  const parts: Buffer[] = [Buffer.from("PAR1")];
  let offset = 4;
  const rowGroups = groups.map((rows) => {
    const chunks = columns.map((column, index) => {
      const page = pageOf(
        column,
        rows.map((row) => row[index] as Cell),
      );
      const start = offset;
      parts.push(page);
      offset += page.length;
      return struct([
        [2, i64(start)],
        [
          3,
          struct([
            [1, i32(physical[column.type])],
            [2, list(5, [zigzag(0)])],
            [3, list(8, [text(column.name).bytes])],
            [4, i32(0)],
            [5, i64(rows.length)],
            [6, i64(page.length)],
            [7, i64(page.length)],
            [9, i64(start)],
          ]),
        ],
      ]).bytes;
    });
    return struct([
      [1, list(12, chunks)],
      [2, i64(0)],
      [3, i64(rows.length)],
    ]).bytes;
  });
  const total = groups.reduce((sum, rows) => sum + rows.length, 0);
  const root = struct([
    [4, text("schema")],
    [5, i32(columns.length)],
  ]).bytes;
  const schema = [root, ...columns.map((column) => schemaOf(column))];
  const footer = struct([
    [1, i32(1)],
    [2, list(12, schema)],
    [3, i64(total)],
    [4, list(12, rowGroups)],
  ]).bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from("PAR1")]);
}

function schemaOf({ name, type, scale }: Column): Buffer {
  const kind = type in converted ? converted[type as keyof typeof converted] : undefined;
  return struct([
    [1, i32(physical[type])],
    [3, i32(1)],
    [4, text(name)],
    ...(kind === undefined ? [] : [[6, i32(kind)] as Field]),
    ...(type === "decimal" ? [[7, i32(scale ?? 0)] as Field, [8, i32(18)] as Field] : []),
  ]).bytes;
}

/** Every column is optional: levels of one bit say where it has a value. */
function pageOf({ type }: Column, cells: readonly Cell[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(cells.length / 8));
  for (const [index, cell] of cells.entries())
    if (cell !== null) (bits as Uint8Array)[index >> 3]! |= 1 << (index & 7);
  const levels = Buffer.concat([varint((bits.length << 1) | 1), bits]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  const values = cells.flatMap((cell) => (cell === null ? [] : [valueBytes(type, cell)]));
  const body = Buffer.concat([length, levels, ...values]);
  const header = struct([
    [1, i32(0)],
    [2, i32(body.length)],
    [3, i32(body.length)],
    [
      5,
      struct([
        [1, i32(cells.length)],
        [2, i32(0)],
        [3, i32(3)],
        [4, i32(3)],
      ]),
    ],
  ]).bytes;
  return Buffer.concat([header, body]);
}

function valueBytes(type: Column["type"], cell: Exclude<Cell, null>): Buffer {
  const fixed = Buffer.alloc(8);
  if (type === "double") fixed.writeDoubleLE(cell as number);
  else if (physical[type] === 2) fixed.writeBigInt64LE(BigInt(cell as bigint));
  if (physical[type] !== 6) return fixed;
  const bytes = Buffer.from(cell as string);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Thrift's compact protocol, as far as it is needed. */
interface Value {
  readonly kind: number;
  readonly bytes: Buffer;
}
type Field = readonly [number, Value];

const i32 = (value: number): Value => ({ kind: 5, bytes: zigzag(value) });
const i64 = (value: number): Value => ({ kind: 6, bytes: zigzag(value) });
const text = (value: string): Value => ({
  kind: 8,
  bytes: Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]),
});

function list(kind: number, items: readonly Buffer[]): Value {
  const head =
    items.length < 15
      ? Buffer.from([(items.length << 4) | kind])
      : Buffer.concat([Buffer.from([0xf0 | kind]), varint(items.length)]);
  return { kind: 9, bytes: Buffer.concat([head, ...items]) };
}

function struct(fields: readonly Field[]): Value {
  let before = 0;
  const parts = fields.map(([id, { kind, bytes }]) => {
    const head = Buffer.from([((id - before) << 4) | kind]);
    before = id;
    return Buffer.concat([head, bytes]);
  });
  return { kind: 12, bytes: Buffer.concat([...parts, Buffer.from([0])]) };
}

function zigzag(value: number): Buffer {
  return varint(value * 2);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
