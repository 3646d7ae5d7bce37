/** Rendered files of a figure: what they are by their names, and what by the bytes they begin with. */

const mediaTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  svg: "image/svg+xml",
  pdf: "application/pdf",
};

/** `undefined` for what is no rendering. */
export function mediaTypeOf(path: string): string | undefined {
  return mediaTypes[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
}

/** Of a file that is another one than that type, such as an error page: what it is. `null` where nothing speaks against it. */
export function otherThan(mediaType: string, bytes: Uint8Array): string | null {
  const found = recognise(bytes);
  return found === null || found === mediaType ? null : found;
}

function recognise(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "an empty file";
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const [, known] = beginnings.find(([beginning]) => start.startsWith(beginning)) ?? [];
  if (known !== undefined) return known;
  const text = decoded(bytes.subarray(0, longestProlog));
  if (/^\s*<(?:!doctype\s+html|html)[\s>]/i.test(text)) return "text/html";
  return isSvg(text) ? "image/svg+xml" : null;
}

/** What begins later than that is not looked for. */
const longestProlog = 1024 * 1024;

const beginnings = [
  ["\x89PNG\r\n\x1A\n", "image/png"],
  ["%PDF-", "application/pdf"],
  ["\xFF\xD8\xFF", "image/jpeg"],
  ["GIF8", "image/gif"],
] as const;

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
