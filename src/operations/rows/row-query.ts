/** Which rows of which table somebody asks for. */
import { RefusedError } from "../../errors.js";
import type { TraceRows } from "../../generated/types.js";
import { trace_rows } from "../../generated/validators.js";
import { schemaFindings } from "../../manifest/schema.js";

export type KeyValue = string | number | boolean | null;

/** Values by column, or in the order of the columns that `fields` names. */
export type AskedKey = Readonly<Record<string, KeyValue>> | readonly KeyValue[];

export interface RowQuery {
  /** As trace keys name it. */
  readonly table: string;
  /** Whose table; `undefined`: of whichever figures have it. */
  readonly figureId: string | undefined;
  /** Columns; `undefined`: those that the figure recorded. */
  readonly fields: readonly string[] | undefined;
  /** `undefined`: the rows that drawn values name. */
  readonly keys: readonly AskedKey[] | undefined;
}

/** A request of `spec/trace-rows.schema.json`. @throws RefusedError `BAD_ROW_REQUEST`, `BAD_ROW_KEY` */
export function readRowQuery(request: unknown): RowQuery {
  const findings = schemaFindings(trace_rows, request);
  if (findings.length > 0)
    throw new RefusedError("BAD_ROW_REQUEST", findings.map(({ message }) => message).join("; "), { hint });
  const { table, figure_id, key_fields, keys } = request as TraceRows;
  if (isKey(key_fields) && keys !== undefined)
    throw badKey("values stand under key_fields and under keys; one of them is enough");
  const asked = isKey(key_fields) ? key_fields : keys;
  return {
    table,
    figureId: figure_id,
    fields: Array.isArray(key_fields) ? key_fields : undefined,
    keys:
      asked === undefined ? undefined : Array.isArray(asked) ? (asked as AskedKey[]) : [asked as AskedKey],
  };
}

const hint = 'Ask for a table and keys: {"table": "emission_factors", "keys": {"ef_id": "EF.1"}}';

function isKey(value: unknown): value is Readonly<Record<string, KeyValue>> {
  return typeof value === "object" && !Array.isArray(value);
}

/** `message` names nothing but what a manifest names, and never a value that was asked for. */
export function badKey(message: string): RefusedError {
  return new RefusedError("BAD_ROW_KEY", message, { hint });
}
