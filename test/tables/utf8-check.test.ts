import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createUtf8Check } from "../../src/tables/utf8-check.js";

function check(bytes: Uint8Array, size: number): boolean {
  const utf8 = createUtf8Check();
  for (let at = 0; at < bytes.length; at += size) {
    if (!utf8.push(bytes.slice(at, at + size))) return false;
  }
  return utf8.end();
}

describe("createUtf8Check", () => {
  test("judges pieces as it would the whole", () => {
    const runs = process.env.COLOPHON_TEST_LONG ? 300_000 : 10_000;
    const text = fc.string({ unit: "binary", maxLength: 8 }).map((value) => Buffer.from(value));
    const noise = fc
      .array(
        fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0x90, 0xff),
        { maxLength: 8 },
      )
      .map((values) => Buffer.from(values));
    const bytes = fc
      .array(fc.oneof({ weight: 3, arbitrary: text }, noise), { maxLength: 4 })
      .map((parts) => Buffer.concat(parts));
    let valid = 0;
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 6 }), (content, size) => {
        if (isUtf8(content)) valid++;
        expect(check(content, size)).toBe(isUtf8(content));
      }),
      { numRuns: runs },
    );
    console.log(`${runs} byte strings, ${valid} of them UTF-8`);
    expect(valid).toBeGreaterThan(runs / 10);
    expect(valid).toBeLessThan(runs);
  });
});
