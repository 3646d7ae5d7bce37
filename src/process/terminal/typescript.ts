/** Takes the first and last line that util-linux' `script` adds, and cannot be told to leave out, off what it writes. */
import type { StreamRedactor } from "../../secrets/stream.js";

const head = Buffer.from("Script started on ");
const tail = Buffer.from("\nScript done on ");

export function withoutTypescriptFrame(
  redactor: StreamRedactor,
): StreamRedactor & { readonly removed: number } {
  let atStart = true;
  let framed = false;
  let held: Buffer = Buffer.alloc(0);
  let removed = 0;
  return {
    push: (chunk) => {
      let bytes: Buffer = Buffer.concat([held, chunk]);
      if (atStart) {
        const length = headLength(bytes);
        if (length === undefined) {
          held = bytes;
          return new Uint8Array();
        }
        atStart = false;
        framed = length > 0;
        removed += length;
        bytes = bytes.subarray(length);
      }
      const from = framed ? tailStart(bytes) : bytes.length;
      held = bytes.subarray(from);
      return redactor.push(bytes.subarray(0, from));
    },
    get held() {
      return Buffer.concat([redactor.held, held]);
    },
    end: () => {
      const isTail = framed && held.length > tail.length && held.subarray(0, tail.length).equals(tail);
      if (isTail) removed += held.length;
      const last = isTail ? new Uint8Array() : redactor.push(held);
      held = Buffer.alloc(0);
      return Buffer.concat([last, redactor.end()]);
    },
    get redactions() {
      return redactor.redactions;
    },
    get removed() {
      return removed;
    },
  };
}

/** Length of the first line, 0 when it is none of `script`'s, `undefined` while it cannot be told. */
function headLength(bytes: Buffer): number | undefined {
  const begin = bytes.subarray(0, head.length);
  if (!begin.equals(head.subarray(0, begin.length))) return 0;
  const end = bytes.indexOf("\n");
  return end < 0 ? undefined : end + 1;
}

/**
 * Where a last line may begin that is still incomplete or the very end; the length when there is none. A line end alone is let go:
 * `script` writes its last line at once, and the command's own lines would all be late.
 */
function tailStart(bytes: Buffer): number {
  const from = bytes.lastIndexOf(tail);
  if (from >= 0) {
    const end = bytes.indexOf("\n", from + tail.length);
    if (end < 0 || end === bytes.length - 1) return from;
  }
  for (let length = Math.min(tail.length - 1, bytes.length); length > 1; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(tail.subarray(0, length))) return bytes.length - length;
  }
  return bytes.length;
}
