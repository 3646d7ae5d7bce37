import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseJson, parseText } from "../../src/manifest/parse.js";
import { scanJson } from "../../src/manifest/scan.js";

const bytes = (text: string) => new TextEncoder().encode(text);

function first(text: string) {
  const parsed = parseText(text);
  if (parsed.ok) throw new Error(`accepted ${text}`);
  return parsed.findings[0];
}

describe("parseJson", () => {
  test.each([
    ["a duplicate key", '{"a": 1,\n "a": 2}', "DUPLICATE_KEY", "/a", 2, 2],
    [
      "a duplicate key that is spelled with an escape",
      '{"a": 1, "\\u0061": 2}',
      "DUPLICATE_KEY",
      "/a",
      1,
      10,
    ],
    ["a duplicate key deep inside", '{"x": [{"k": 1, "k": 1}]}', "DUPLICATE_KEY", "/x/0/k", 1, 17],
    ["2^53 + 1", '{"seed": 9007199254740993}', "LOSSY_INTEGER", "/seed", 1, 10],
    ["a 64-bit counter", "[18446744073709551615]", "LOSSY_INTEGER", "/0", 1, 2],
    ["a number beyond doubles", '{"x": 1e999}', "NUMBER_TOO_LARGE", "/x", 1, 7],
    ["__proto__", '{"params": {"__proto__": {"a": 1}}}', "FORBIDDEN_KEY", "/params/__proto__", 1, 13],
    ["__proto__ in an escape", '{"\\u005f_proto__": 1}', "FORBIDDEN_KEY", "/__proto__", 1, 2],
    ["NUL in a key", '{"a\\u0000b": 1}', "FORBIDDEN_KEY", "/a\0b", 1, 2],
    ["a lone surrogate", '["\\ud800"]', "LONE_SURROGATE", "/0", 1, 2],
    ["a lone surrogate in a key", '{"\\udc00": 1}', "LONE_SURROGATE", "", 1, 2],
    ["NaN", '{"loss": NaN}', "INVALID_JSON", "/loss", 1, 10],
    ["Infinity", '{"loss": -Infinity}', "INVALID_JSON", "/loss", 1, 10],
    ["a comment", '{ // no\n"a": 1}', "INVALID_JSON", "", 1, 3],
    ["a trailing comma", '{"a": 1,}', "INVALID_JSON", "", 1, 9],
    ["a second document", '{"a": 1}\n{"b": 2}', "INVALID_JSON", "", 2, 1],
    ["leading zeros", "[007]", "INVALID_JSON", "/0", 1, 2],
    ["a plus sign", "[+1]", "INVALID_JSON", "/0", 1, 2],
    ["a bare point", "[.5]", "INVALID_JSON", "/0", 1, 2],
    ["single quotes", "{'a': 1}", "INVALID_JSON", "", 1, 2],
    ["a raw line break in a string", '["a\nb"]', "INVALID_JSON", "/0", 1, 4],
    ["a bad escape", '["\\x41"]', "INVALID_JSON", "/0", 1, 3],
    ["an open string", '["abc', "INVALID_JSON", "/0", 1, 2],
    ["a cut document", '{"a": [1, 2', "INVALID_JSON", "/a", 1, 12],
    ["nothing", "", "INVALID_JSON", "", 1, 1],
    ["only white space", " \n ", "INVALID_JSON", "", 2, 2],
  ])("refuses %s, with its place", (_name, text, code, pointer, line, column) => {
    expect(first(text)).toMatchObject({ code, pointer, line, column, severity: "error" });
  });

  test("refuses nesting beyond 64 levels, however deep, without running out of stack", () => {
    for (const depth of [65, 100, 1_000_000]) {
      const findings = parseJson(bytes("[".repeat(depth) + "]".repeat(depth)));
      expect(findings).toMatchObject({ ok: false, findings: [{ code: "TOO_DEEP" }] });
    }
    expect(parseText("[".repeat(64) + "]".repeat(64)).ok).toBe(true);
    expect(parseText(`${'{"a":'.repeat(64)}1${"}".repeat(64)}`).ok).toBe(true);
  });

  test("refuses a byte order mark, UTF-16 and bytes that are no UTF-8", () => {
    expect(parseJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toMatchObject({
      findings: [{ code: "BOM", line: 1 }],
    });
    expect(parseJson(Uint8Array.of(0xff, 0xfe, 0x7b, 0))).toMatchObject({
      findings: [{ code: "INVALID_UTF8" }],
    });
    const broken = Uint8Array.of(...bytes('{\n "é": "'), 0xc3, 0x28, ...bytes('"}'));
    expect(parseJson(broken)).toMatchObject({ findings: [{ code: "INVALID_UTF8", line: 2, column: 8 }] });
    expect(parseJson(Uint8Array.of(...bytes('"'), 0xe2, 0x82))).toMatchObject({
      findings: [{ code: "INVALID_UTF8" }],
    });
  });

  test("refuses more bytes than the cap before decoding any", () => {
    expect(parseJson(new Uint8Array(11), 10)).toMatchObject({ findings: [{ code: "TOO_LARGE" }] });
  });

  test("reports every fault that can be told apart", () => {
    const parsed = parseText('{"a": 1, "a": 2, "b": 9007199254740993, "__proto__": 1}');
    expect(parsed.ok ? [] : parsed.findings.map(({ code }) => code)).toEqual([
      "DUPLICATE_KEY",
      "LOSSY_INTEGER",
      "FORBIDDEN_KEY",
    ]);
  });

  test.each([
    ["a large integer whose spelling comes back", "[100000000000000000000]"],
    ["2^53", "[9007199254740992]"],
    ["long fractions", "[0.12345678901234567890, 3.141592653589793]"],
    ["exponents", "[1e-7, 1E5, 2.5e+10]"],
    ["minus zero", "[-0, -0.0]"],
    ["own members named like methods", '{"constructor": 1, "toString": 2, "hasOwnProperty": 3}'],
    ["escapes", '{"a": "\\u00e9\\n\\"\\\\", "b\\\\": "\\\\"}'],
    ["a word with an e before digits", '[true, false, null, "e1"]'],
    ["scalars", "42"],
  ])("accepts %s", (_name, text) => {
    expect(parseText(text)).toMatchObject({ ok: true });
  });

  test("agrees with JSON.parse on whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6, noUnicodeString: false }),
        fc.constantFrom(undefined, 2, "\t"),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          fc.pre(!text.includes("__proto__") && !/\\u(d[89a-f]|0000)/i.test(text));
          fc.pre(scanJson(text).faults.every(({ code }) => code !== "LOSSY_INTEGER"));
          const parsed = parseText(text);
          expect(parsed.ok && JSON.stringify(parsed.value)).toBe(JSON.stringify(JSON.parse(text)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("never accepts what JSON.parse refuses, and never throws, on damaged documents", () => {
    const whole = JSON.stringify({
      a: [1, 2.5, { b: "x\\y", c: null }],
      d: { e: true, f: "é\u2028" },
      g: -1e-7,
    });
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.constantFrom("", '"', "{", "}", "[", "]", ",", ":", "\\", "0", "e", "-", "\n", "\0"),
        (at, put) => {
          const text = whole.slice(0, at) + put + whole.slice(at + 1);
          let accepted = true;
          try {
            JSON.parse(text);
          } catch {
            accepted = false;
          }
          const parsed = parseText(text);
          if (!accepted) expect(parsed.ok).toBe(false);
          else if (!parsed.ok)
            expect(parsed.findings.every(({ code }) => code !== "INVALID_JSON")).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("leaves the prototype of objects alone", () => {
    for (const text of [
      '{"__proto__": {"polluted": true}}',
      '{"a": {"constructor": {"prototype": {"polluted": true}}}}',
    ])
      parseText(text);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
