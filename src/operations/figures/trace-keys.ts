/** Trace keys: columns that name a row, and the rows that drawn values say they come from. */

import { RefusedError } from "../../errors.js";
import type { FigureSpec } from "../../generated/types.js";
import { type Payload, rowKeysMember } from "./payload.js";
import type { FigurePorts } from "./ports.js";

interface KnownTable {
  readonly name: string;
  readonly path: string;
  readonly columns: readonly string[];
}

/** Every key is a column of its table, and every row that a drawn value names is there. */
export async function checkTraceKeys(
  { trace_keys }: FigureSpec,
  payload: Payload,
  tables: readonly KnownTable[],
  { readRows }: Pick<FigurePorts, "readRows">,
): Promise<void> {
  for (const [name, fields] of Object.entries(trace_keys)) {
    const table = tables.find((each) => each.name === name);
    if (table === undefined)
      throw unknown(`"${name}" is none of the tables ${tables.map((each) => each.name).join(", ")}`);
    const absent = fields.filter((field) => !table.columns.includes(field));
    if (absent.length > 0) throw unknown(`${table.path} has no column ${absent.join(", ")}`);
    const twin = fields.find((field) => table.columns.indexOf(field) !== table.columns.lastIndexOf(field));
    if (twin !== undefined) throw unknown(`${table.path} has two columns ${twin}`);
  }
  const wanted = wantedRows(payload, trace_keys);
  for (const [name, keys] of wanted) {
    const { path } = tables.find((each) => each.name === name) as KnownTable;
    await readRows(path, trace_keys[name] as string[], (values) => keys.delete(spelled(values)));
    const [gone] = keys;
    if (gone === undefined) continue;
    const named = (trace_keys[name] ?? []).join(", ");
    throw new RefusedError(
      "TRACE_ROW_MISSING",
      `drawn row ${keys.get(gone[0])} names ${gone[0]} (${named}), which ${path} does not have`,
      {
        hint: `Mend ${rowKeysMember} of the drawn row, or the table.`,
      },
    );
  }
}

/** Keys by table, each with the number of the drawn row that named it first. */
function wantedRows(
  { rows }: Payload,
  traceKeys: FigureSpec["trace_keys"],
): Map<string, Map<string, number>> {
  const wanted = new Map<string, Map<string, number>>();
  for (const [index, row] of rows.entries()) {
    const named = (Object.hasOwn(row, rowKeysMember) ? row[rowKeysMember] : {}) as Record<string, unknown>;
    for (const [table, keys] of Object.entries(named ?? {})) {
      const fields = Object.hasOwn(traceKeys, table) ? traceKeys[table] : undefined;
      if (fields === undefined)
        throw unknown(`drawn row ${index + 1} names rows of "${table}", which has none`);
      if (!Array.isArray(keys) || !keys.every((key) => Array.isArray(key) && key.length === fields.length))
        throw unknown(
          `drawn row ${index + 1}: ${rowKeysMember}.${table} must be lists of ${fields.length} values, for ${fields.join(", ")}`,
        );
      const known = wanted.get(table) ?? new Map<string, number>();
      for (const key of keys as unknown[][]) if (!known.has(spelled(key))) known.set(spelled(key), index + 1);
      wanted.set(table, known);
    }
  }
  return wanted;
}

/** CSV knows only texts, so keys are compared as texts. */
function spelled(values: readonly unknown[]): string {
  return JSON.stringify(values.map((value) => String(value ?? "")));
}

function unknown(message: string): RefusedError {
  return new RefusedError("TRACE_KEY_UNKNOWN", `trace_keys: ${message}`, {
    hint: 'Give columns by table: "trace_keys": {"emission_factors": ["ef_id"]}',
  });
}
