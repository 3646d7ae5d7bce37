/** Names as bytes: what Git takes back and what the system opens, whether they are UTF-8 or not. */
import { type NamedPath, namePath } from "../byte-path.js";

export function bytesOf({ path, path_base64 }: NamedPath): Buffer {
  return path_base64 === undefined ? Buffer.from(path) : Buffer.from(path_base64, "base64");
}

/** The same for the same bytes, and for no others: no name holds NUL. */
export function keyOf({ path, path_base64 }: NamedPath): string {
  return path_base64 === undefined ? path : `\0${path_base64}`;
}

/** Of anything that is named, only the name. */
export function nameOf({ path, path_base64 }: NamedPath): NamedPath {
  return path_base64 === undefined ? { path } : { path, path_base64 };
}

export function nameBelow(folder: NamedPath, name: NamedPath): NamedPath {
  return namePath(Buffer.concat([bytesOf(folder), Buffer.from("/"), bytesOf(name)]));
}

/** For the standard input of a Git that was told `-z`. */
export function endedByNul(lines: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), nul]));
}

const nul = Buffer.from([0]);
