import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createNeedleSearch } from "../../src/secrets/needles.js";

const needles = [
  { text: "key", anyCase: true, unless: ["board"] },
  { text: "sk-" },
  { text: "token", anyCase: true },
  { text: "://" },
];
const search = createNeedleSearch(needles);

/** The same, without haste. */
function findSlowly(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const rest = text.slice(at);
    const found = needles.some(({ text: needle, anyCase, unless = [] }) => {
      const begin = rest.slice(0, needle.length);
      const follows = rest.slice(needle.length).toLowerCase();
      return (
        (anyCase ? begin.toLowerCase() : begin) === needle && !unless.some((next) => follows.startsWith(next))
      );
    });
    if (found) return at;
  }
  return -1;
}

describe("createNeedleSearch", () => {
  test("finds the first needle, wherever it and the bytes stand in memory", () => {
    const piece = fc.constantFrom(
      "key",
      "KEYBOARD",
      "Keyboard",
      "sk-",
      "SK-",
      "ToKeN",
      "://",
      ":/",
      "ke",
      "é",
      "x",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(5), fc.nat(8), (pieces, shift, from) => {
        const text = pieces.join("");
        const room = Buffer.alloc(shift + text.length + 3, "key");
        const bytes = room.subarray(shift, shift + text.length);
        bytes.write(text, "latin1");
        const start = Math.min(from, text.length);
        expect(search(bytes, start)).toBe(findSlowly(text, start));
      }),
      { numRuns: 3000 },
    );
  });
});
