import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createJsonLinesCounter } from "../../src/tables/json-lines.js";
import { count, shape } from "./scratch.js";

const read = (content: string | Uint8Array, size?: number) => count(createJsonLinesCounter(), content, size);

describe("createJsonLinesCounter", () => {
  test("counts objects and collects their keys in the order in which they first appear", () => {
    expect(read('{"b":1,"a":2}\n{"a":1,"c":{"d":2}}\n')).toEqual(shape(["b", "a", "c"], 2));
    expect(read('{"b":1}')).toEqual(shape(["b"], 1));
    expect(read("{}\n{}\n")).toEqual(shape([], 2));
  });

  test("passes over blank lines, reads CRLF and drops the mark of byte order", () => {
    expect(read('\uFEFF{"a":1}\r\n\r\n  \n{"b":2}\r\n\n')).toEqual(shape(["a", "b"], 2));
  });

  test("takes any key for a key", () => {
    expect(read('{"__proto__":1,"größe":2,"":3,"constructor":4}\n')).toEqual(
      shape(["__proto__", "größe", "", "constructor"], 1),
    );
  });

  test("says why a file is no table", () => {
    expect(read("").reason).toBe("it is empty");
    expect(read("\n \n").reason).toBe("it is empty");
    for (const line of ["[1]", "1", '"text"', "null", "{", "{'a':1}", '{"a":NaN}', '{"a":1} {"a":2}']) {
      expect(read(`{"a":1}\n\n${line}\n{"a":1}\n`).reason).toBe("line 3 is no JSON object");
    }
    expect(read(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).reason).toBe("it is not UTF-8");
  });

  test("gives up on a line without end and on keys without number, instead of keeping them", () => {
    const counter = createJsonLinesCounter();
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    for (let part = 0; part < 70; part++) counter.push(chunk);
    expect(counter.end().reason).toBe("line 1 is longer than 67108864 bytes");
    const keys = Object.fromEntries(Array.from({ length: 100_001 }, (_, key) => [`k${key}`, 0]));
    expect(read(JSON.stringify(keys), 65_536).reason).toBe("it has more than 100000 different keys");
  });

  test("agrees with JSON.parse of each line, in pieces of any length", () => {
    const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }).map((text) => `k${text}`);
    const rows = fc.array(fc.dictionary(key, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom("\n", "\r\n", "\n\n"),
        fc.integer({ min: 1, max: 40 }),
        (objects, end, size) => {
          const text = objects.map((object) => JSON.stringify(object) + end).join("");
          const columns = [
            ...new Set(objects.flatMap((object) => Object.keys(JSON.parse(JSON.stringify(object))))),
          ];
          expect(read(text, size)).toEqual(shape(columns, objects.length));
        },
      ),
      { numRuns: 500 },
    );
  });
});
