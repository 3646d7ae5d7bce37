/** Both sums of a figure, from the data. */
import { RefusedError } from "../../errors.js";
import { createSum } from "../../kinds/figure/invariance.js";
import type { Payload } from "./payload.js";
import type { FigureReading } from "./ports.js";

export async function sumColumn(
  path: string,
  column: string,
  scale: number,
  ports: FigureReading,
): Promise<number> {
  const compute = () => totalOfColumn(path, column, ports);
  return (await (ports.rememberSum?.(path, column, compute) ?? compute())) * scale;
}

async function totalOfColumn(
  path: string,
  column: string,
  { digestTable, readRows }: FigureReading,
): Promise<number> {
  const { shape, reason } = await digestTable(path);
  if (shape === null) throw noSum(`${path} is no table: ${reason}`);
  if (!shape.ordered_columns.includes(column))
    throw noSum(`${path} has no column "${column}"; it has ${shape.ordered_columns.join(", ")}`);
  if (shape.ordered_columns.indexOf(column) !== shape.ordered_columns.lastIndexOf(column))
    throw noSum(`${path} has two columns "${column}"`);
  let fault: RefusedError | undefined;
  const sum = createSum();
  let row = 0;
  await readRows(path, [column], ([value]) => {
    row += 1;
    const number = numberOf(value);
    if (number === undefined) fault ??= noSum(`${path}, row ${row}: ${column} is ${shown(value)}`);
    else sum.add(number);
  });
  if (fault !== undefined) throw fault;
  return totalOf(sum, `${column} of ${path}`);
}

export function sumRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  field: string,
  scale: number,
  named: string,
): number {
  const sum = createSum();
  for (const [index, row] of rows.entries()) {
    const value = Object.hasOwn(row, field) ? row[field] : undefined;
    if (typeof value !== "number" || !Number.isFinite(value))
      throw noSum(`${named}, row ${index + 1}: ${field} is ${shown(value)}`);
    sum.add(value);
  }
  return totalOf(sum, `${field} of ${named}`) * scale;
}

export function sumDrawn({ rows }: Pick<Payload, "rows">, field: string): number {
  return sumRows(rows, field, 1, "what is drawn");
}

/** Numbers as JSON spells them: `0x10`, `1_000` and blanks are none. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value))
    return undefined;
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function totalOf(sum: ReturnType<typeof createSum>, named: string): number {
  const total = sum.total();
  if (total === undefined) throw noSum(`the sum of ${named} is not finite`);
  return total;
}

function shown(value: unknown): string {
  return value === undefined
    ? "missing"
    : typeof value === "number"
      ? String(value)
      : JSON.stringify(String(value));
}

function noSum(message: string): RefusedError {
  return new RefusedError("NO_SUM", `${message}; expected finite numbers to sum`, {
    hint: "Name under invariance the table and the column before aggregation, and the member of the drawn rows.",
  });
}
