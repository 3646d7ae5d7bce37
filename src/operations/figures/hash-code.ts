/** `code_hash` and `schema_hash`: digests that stay the same where only white space changed. */
import { FileError } from "../../errors.js";
import { digestOfBytes, digestOfValue } from "../../manifest/digest.js";
import type { FigureReading } from "./ports.js";

export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
}

/** By path, whatever the order in which they were named. */
export function hashFiles(
  paths: readonly string[],
  { findBytes }: Pick<FigureReading, "findBytes">,
): HashedFile[] {
  return [...new Set(paths)].sort().map((path) => {
    const bytes = findBytes(path);
    if (bytes === undefined)
      throw new FileError("DATA_NOT_FOUND", `${path} does not exist`, {
        hint: "Check the path; it is relative to the project.",
      });
    return { path, sha256: hashCode(bytes) };
  });
}

/** Of a text with LF line ends, without white space at the ends of lines and without empty lines at its end. */
export function hashCode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, "\n");
  return digestOfBytes(new TextEncoder().encode(`${text.replaceAll(/[ \t\f\v]+$/gm, "").trimEnd()}\n`));
}

export function codeHash(files: readonly HashedFile[]): string {
  return digestOfValue(files);
}

export interface SchemaFacts {
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly validators: readonly HashedFile[];
}

export function schemaHash({ tables, enums, validators }: SchemaFacts): string {
  const headers = tables.map(({ name, columns }) => [name, columns]);
  return digestOfValue({ headers, enums, validators });
}
