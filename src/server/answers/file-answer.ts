/** Files of the project, which may hold anything: nothing of them is executed, and only pictures and plain text are shown. */
import { isUtf8 } from "node:buffer";
import type { Answer } from "../route.js";

/** A document of its own, without scripts, frames or origin. */
const nothingRuns = "sandbox; default-src 'none'";

/** `name` is what a browser may call it: the last segment of its path in the manifest. */
export function fileAnswer(bytes: Uint8Array, name: string): Answer {
  const type = shownTypeOf(bytes, name);
  const disposition = `${type === undefined ? "attachment" : "inline"}; ${fileNameParameter(name)}`;
  return {
    status: 200,
    type: type ?? "application/octet-stream",
    body: bytes,
    headers: { "Content-Disposition": disposition, "Content-Security-Policy": nothingRuns },
  };
}

const pictures: readonly (readonly [string, (start: string) => boolean])[] = [
  ["image/png", (start) => start.startsWith("\x89PNG\r\n\x1A\n")],
  ["image/jpeg", (start) => start.startsWith("\xFF\xD8\xFF")],
  ["image/gif", (start) => /^GIF8[79]a/.test(start)],
  ["image/webp", (start) => /^RIFF[\s\S]{4}WEBP/.test(start)],
];

/** By the bytes, whatever the name says; only plain text is known by its name, since everything is plain text. */
function shownTypeOf(bytes: Uint8Array, name: string): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(16, bytes.length)).toString("latin1");
  const picture = pictures.find(([, begins]) => begins(start));
  if (picture !== undefined) return picture[0];
  return name.endsWith(".txt") && isUtf8(bytes) && !bytes.includes(0)
    ? "text/plain; charset=utf-8"
    : undefined;
}

/** RFC 6266 and 5987: plain for old clients, and with every character as it is. */
export function fileNameParameter(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, "_");
  const full = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${full}`;
}
