/** Names as Git prints them are bytes. JSON holds text, so a name that is not UTF-8 keeps its bytes beside the text. */

export interface NamedPath {
  /** With U+FFFD for what is not UTF-8. */
  readonly path: string;
  readonly path_base64?: string;
}

export function namePath(bytes: Buffer): NamedPath {
  const path = bytes.toString();
  const exact = !path.includes("\uFFFD") || Buffer.from(path).equals(bytes);
  return exact ? { path } : { path, path_base64: bytes.toString("base64") };
}

const beyondAscii = /[^\x00-\x7f]/;

/** The same for bytes as a string of one character each (`latin1`), which is cut into thousands of names far sooner than a Buffer. */
export function nameText(bytes: string): NamedPath {
  return beyondAscii.test(bytes) ? namePath(Buffer.from(bytes, "latin1")) : { path: bytes };
}

/** What the functions of `node:fs` take. */
export function locatePath(root: string, { path, path_base64 }: NamedPath): string | Buffer {
  if (path_base64 === undefined) return `${root}/${path}`;
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path_base64, "base64")]);
}

/** The pieces between NUL bytes; Git ends every piece with one. */
export function* splitAtNul(output: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < output.length) {
    const end = output.indexOf(0, from);
    const to = end < 0 ? output.length : end;
    yield output.subarray(from, to);
    from = to + 1;
  }
}
