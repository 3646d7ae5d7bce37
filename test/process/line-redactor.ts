/** Holds an unfinished line back, and removes the word `hunter2`: what the drain expects of a redactor, small enough to see through. */
import type { StreamRedactor } from "../../src/secrets/stream.js";

export function createLineRedactor(): StreamRedactor {
  let held: Buffer = Buffer.alloc(0);
  let removed = 0;
  const clean = (bytes: Buffer): Buffer => {
    const text = bytes.toString("latin1");
    if (!text.includes("hunter2")) return bytes;
    removed += text.split("hunter2").length - 1;
    return Buffer.from(text.replaceAll("hunter2", "*"), "latin1");
  };
  return {
    push: (chunk) => {
      const bytes = Buffer.concat([held, chunk]);
      const end = bytes.length > 65536 ? bytes.length : bytes.lastIndexOf("\n") + 1;
      held = bytes.subarray(end);
      return clean(bytes.subarray(0, end));
    },
    get held() {
      return held;
    },
    end: () => {
      const rest = clean(held);
      held = Buffer.alloc(0);
      return rest;
    },
    get redactions() {
      return removed === 0 ? {} : { word: removed };
    },
  };
}
