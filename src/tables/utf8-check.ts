/** Whether bytes that arrive in pieces are UTF-8, although a piece may end in the middle of a character. */
import { isUtf8 } from "node:buffer";

export interface Utf8Check {
  /** False once the bytes so far cannot be the beginning of UTF-8. */
  push(chunk: Uint8Array): boolean;
  /** False when the bytes end within a character. */
  end(): boolean;
}

export function createUtf8Check(): Utf8Check {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      // The beginning of a chunk completes the character that the one before it broke off.
      const seam = Math.min(chunk.length, rest.length === 0 ? 0 : missingBytes(rest));
      const bridge = Buffer.concat([rest, chunk.subarray(0, seam)]);
      const body = chunk.subarray(seam);
      if (rest.length > 0 && missingBytes(bridge) > 0) {
        rest = bridge;
        return true;
      }
      const whole = body.length - brokenTail(body);
      rest = Uint8Array.from(body.subarray(whole));
      return isUtf8(bridge) && isUtf8(body.subarray(0, whole));
    },
    end: () => rest.length === 0,
  };
}

/** How many of the last bytes begin a character without ending it. */
function brokenTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

function missingBytes(begun: Uint8Array): number {
  return Math.max(0, lengthOf(begun[0]!) - begun.length);
}

function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
