/** Rendered files of a figure: what they are by their names, and whether their bytes begin as such a file does. */

const mediaTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  svg: "image/svg+xml",
  pdf: "application/pdf",
};

/** `undefined` for what is no rendering. */
export function mediaTypeOf(path: string): string | undefined {
  return mediaTypes[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
}

/** Whether the bytes may be of that type: an error page, or a file that a program left empty, begins as none. */
export function beginsAs(mediaType: string, bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 1024));
  switch (mediaType) {
    case "image/png":
      return start.startsWith("\x89PNG\r\n\x1A\n");
    case "application/pdf":
      // Readers of PDF look for it in the first kilobyte.
      return start.includes("%PDF-");
    case "image/svg+xml":
      return isSvg(decoded(bytes));
    default:
      return true;
  }
}

/** As XML says it is written: UTF-16 has a byte-order mark, and all else that begins in ASCII is read alike as far as the root. */
function decoded(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe ? "utf-16be" : "utf-8";
  return new TextDecoder(mark).decode(bytes);
}

/** What may stand before the root: white space, declaration and instructions, comments, a document type. */
const before = /\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>/y;
const root = /<(?:[^\s:<>/]+:)?svg[\s/>]/y;

function isSvg(text: string): boolean {
  let at = 0;
  for (;;) {
    before.lastIndex = at;
    const found = before.exec(text);
    if (found === null) break;
    at += found[0].length;
  }
  root.lastIndex = at;
  return root.test(text);
}
