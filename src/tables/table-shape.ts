/** What the record says of an input that is a table, and what reads it. */

export interface TableShape {
  readonly row_count: number;
  readonly column_count: number;
  readonly ordered_columns: readonly string[];
}

/** A file that is no well-formed table is no error: it has no shape, for a reason that can be shown. */
export type TableDescription =
  | { readonly shape: TableShape; readonly reason: null }
  | { readonly shape: null; readonly reason: string };

/** Fed with a file's bytes in order, in pieces of any length that it must not keep. */
export interface TableCounter {
  push(chunk: Uint8Array): void;
  end(): TableDescription;
}

export interface TableReader {
  /** `undefined` when the file's name says no table, or one that is not read from front to back. */
  counterFor(path: string): TableCounter | undefined;
  describeTable(path: string): Promise<TableDescription>;
}
