/** What a scan of JSON text finds, and the words it is told in. */

export const maximumDepth = 64;

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly pointer: string;
  /** Index into the text. */
  readonly offset: number;
}

/** Where a value stands, and the key before it; in UTF-16 code units from the start of the text. */
export interface Standing {
  readonly key: number | null;
  readonly value: number;
}

export interface Scan {
  /** In the order of the text; a fault of grammar or depth is the last, since nothing after it can be trusted. */
  readonly faults: readonly Fault[];
  /** Only of the pointers that were asked for. */
  readonly standings: ReadonlyMap<string, Standing>;
}

export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function hex(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
