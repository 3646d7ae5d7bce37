import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatCanonical, formatDisk } from "../../src/manifest/canonical.js";
import { contentId, digestOfBytes, digestOfValue, sha256 } from "../../src/manifest/digest.js";
import { parseText } from "../../src/manifest/parse.js";

interface Vector {
  readonly name: string;
  readonly text: string;
  readonly canonical: string;
  readonly disk: string;
}
const vectors = JSON.parse(
  readFileSync(new URL("../../spec/vectors/canonical.json", import.meta.url), "utf8"),
) as Vector[];

describe("the serialiser (K01, K02, C06-C08)", () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))(
    "%s",
    (_name, { text, canonical, disk }) => {
      const value: unknown = JSON.parse(text);
      expect(formatCanonical(value)).toBe(canonical);
      expect(formatDisk(value)).toBe(disk);
    },
  );

  test("is idempotent, and what it writes parses to the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        for (const format of [formatCanonical, formatDisk]) {
          let text: string;
          try {
            text = format(value);
          } catch (error) {
            expect(error).toMatchObject({ code: "NOT_JSON" });
            return;
          }
          const parsed: unknown = JSON.parse(text);
          expect(format(parsed)).toBe(text);
          expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("writes nothing that the strict parser would refuse", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
        (value) => {
          fc.pre(!Object.hasOwn(value, "__proto__") && !Object.keys(value).some((key) => key.includes("\0")));
          expect(parseText(formatDisk(value)).ok).toBe(true);
        },
      ),
    );
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  test.each([
    ["NaN", { a: Number.NaN }, "/a"],
    ["Infinity", [Number.POSITIVE_INFINITY], "/0"],
    ["undefined", { a: undefined }, "/a"],
    ["BigInt", { a: 1n }, "/a"],
    ["a hole", new Array(1), "/0"],
    ["a Date", { at: new Date(0) }, "/at"],
    ["a Map", new Map(), "the document"],
    ["a lone surrogate", ["\ud800"], "/0"],
    ["a lone surrogate in a key", { "\udc00": 1 }, "/\udc00"],
    ["a function", { f: () => 1 }, "/f"],
    ["a cycle", cyclic, "/self/self"],
    ["an own __proto__", JSON.parse('{"__proto__": 1}'), "/__proto__"],
  ])("refuses %s with NOT_JSON and its pointer (Y41)", (_name, value, pointer) => {
    expect(() => formatDisk(value)).toThrow(
      expect.objectContaining({ code: "NOT_JSON", message: expect.stringContaining(pointer) }),
    );
  });
});

describe("the two identities (K06)", () => {
  test("the digest of bytes follows every byte, that of the value follows only the value", () => {
    const a = '{"b": 1.0, "a": [1e2]}';
    const b = '{"a":[100],"b":1}';
    expect(digestOfBytes(Buffer.from(a))).not.toBe(digestOfBytes(Buffer.from(b)));
    expect(digestOfValue(JSON.parse(a))).toBe(digestOfValue(JSON.parse(b)));
    expect(digestOfValue(JSON.parse(b))).toBe(`sha256:${sha256(b)}`);
  });

  test("the content id leaves out what is volatile, and nothing else", () => {
    const volatile = ["/time", "/stages/*/seconds", "/x/process"];
    const one = { time: 1, stages: [{ seconds: 1, name: "a" }], x: { process: 1, y: 2 } };
    const two = { time: 2, stages: [{ seconds: 9, name: "a" }], x: { process: 3, y: 2 } };
    expect(contentId(one, volatile)).toBe(contentId(two, volatile));
    expect(contentId(one, volatile)).not.toBe(contentId({ ...two, x: { process: 3, y: 4 } }, volatile));
    expect(contentId(one, [])).toBe(digestOfValue(one));
  });
});
