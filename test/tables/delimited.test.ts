import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDelimitedCounter } from "../../src/tables/delimited.js";
import type { TableDescription } from "../../src/tables/table-shape.js";
import { count, shape } from "./scratch.js";

const csv = (content: string | Uint8Array, size?: number) =>
  count(createDelimitedCounter(","), content, size);
const tsv = (content: string) => count(createDelimitedCounter("\t"), content);
const reason = (description: TableDescription) => description.reason;

/** RFC 4180, character by character, on the whole text; `undefined` for what is not well formed. */
function referenceRecords(text: string): string[][] | undefined {
  const records: string[][] = [];
  let rest = text.replace(/^\uFEFF/, "");
  while (rest !== "") {
    const emptyLine = /^\r?\n/.exec(rest);
    if (emptyLine) {
      rest = rest.slice(emptyLine[0].length);
      continue;
    }
    const record: string[] = [];
    for (;;) {
      const field = /^(?:"((?:[^"]|"")*)"|([^,\r\n"][^,\r\n]*|))(,|\r?\n|$)/.exec(rest);
      if (field === null) return undefined;
      rest = rest.slice(field[0].length);
      record.push(field[1] === undefined ? field[2]! : field[1].replaceAll('""', '"'));
      if (field[3] !== ",") break;
    }
    records.push(record);
  }
  return records;
}

function referenceShape(text: string): TableDescription["shape"] {
  const records = referenceRecords(text);
  const [header, ...rows] = records ?? [];
  if (header === undefined || rows.some((row) => row.length !== header.length)) return null;
  return shape(header, rows.length).shape;
}

describe("createDelimitedCounter", () => {
  test("counts the rows below the header", () => {
    expect(csv("x,y\n1,2\n3,4\n")).toEqual(shape(["x", "y"], 2));
    expect(csv("x,y\n1,2\n3,4")).toEqual(shape(["x", "y"], 2));
    expect(csv("x,y")).toEqual(shape(["x", "y"], 0));
    expect(tsv("x\ty,z\n1\t2\n")).toEqual(shape(["x", "y,z"], 1));
  });

  test("takes one column for a table, and keeps names that are empty or stand twice", () => {
    expect(csv("x\n1\n2\n")).toEqual(shape(["x"], 2));
    expect(csv(",x,x\n0,1,2\n")).toEqual(shape(["", "x", "x"], 1));
    expect(csv('""\n1\n')).toEqual(shape([""], 1));
  });

  test("reads quotes, with separators, quotes and line ends in them", () => {
    expect(csv('"a,b","say ""hi""","two\r\nlines"\n"1\n\n","",","\n')).toEqual(
      shape(["a,b", 'say "hi"', "two\r\nlines"], 1),
    );
    expect(tsv('"a\tb"\tc\n""""\t\n')).toEqual(shape(["a\tb", "c"], 1));
  });

  test("takes a quote within a field as it stands", () => {
    expect(csv('height 5"10,y\na"b"c,2\n')).toEqual(shape(['height 5"10', "y"], 1));
  });

  test("reads CRLF, passes over empty lines and drops the mark of byte order, also before a quote", () => {
    expect(csv("x,y\r\n1,2\r\n\r\n3,4\r\n\r\n")).toEqual(shape(["x", "y"], 2));
    expect(csv("\n\r\nx\n\n1\n")).toEqual(shape(["x"], 1));
    for (const size of [1, 2, 3, 100])
      expect(csv('\uFEFF"x,1",y\n1,2\n', size)).toEqual(shape(["x,1", "y"], 1));
  });

  test("reads names that are not ASCII", () => {
    for (const size of [1, 2, 3, 4, 5])
      expect(csv("größe,\u{1f600}\nä,é\n", size)).toEqual(shape(["größe", "\u{1f600}"], 1));
  });

  test("says why a file is no table", () => {
    expect(reason(csv(""))).toBe("it is empty");
    expect(reason(csv("\uFEFF"))).toBe("it is empty");
    expect(reason(csv("\n\r\n"))).toBe("it is empty");
    expect(reason(csv("x,y\n1,2\n3\n"))).toBe("row 2 has 1 fields, the header 2");
    expect(reason(csv("x,y\n1,2,3"))).toBe("row 1 has 3 fields, the header 2");
    expect(reason(csv('x\n"open\n'))).toBe("row 1 has a quote that is never closed");
    expect(reason(csv('x\n"a"b\n'))).toBe("row 1 has text after a closing quote");
    expect(reason(csv('"a"-,b\n'))).toBe("the header has text after a closing quote");
    expect(reason(csv('"a" ,b\n'))).toBe("the header has text after a closing quote");
    expect(reason(csv("x\r1\r2\r"))).toBe("the header has a carriage return without a line feed");
    expect(reason(csv("x\n1\r,\n"))).toBe("row 1 has a carriage return without a line feed");
    expect(reason(csv("x\n1\r"))).toBe("row 1 has a carriage return without a line feed");
    expect(reason(csv(Buffer.from([0x78, 0x0a, 0xff, 0x0a])))).toBe("it is not UTF-8");
    expect(reason(csv(Buffer.from([0x78, 0x0a, 0xc3])))).toBe("it is not UTF-8");
    expect(reason(csv(Buffer.from("x,y\n1,2\n", "utf16le")))).not.toBeNull();
    expect(reason(csv("x".repeat(1_100_000), 65_536))).toBe("its header is longer than 1048576 bytes");
  });

  test("agrees with a reference parser on any text, in pieces of any length", () => {
    const runs = process.env.COLOPHON_TEST_LONG ? 200_000 : 5000;
    const character = fc.constantFrom(
      "a",
      "b",
      ",",
      ",",
      "\n",
      "\n",
      '"',
      '"',
      "\r\n",
      "ü",
      " ",
      "\uFEFF",
      "-",
      "|",
    );
    const text = fc.string({ unit: character, maxLength: 24 });
    let tables = 0;
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (content, size) => {
        const { shape: found } = csv(content, size);
        if (found !== null) tables++;
        expect(found).toEqual(referenceShape(content));
      }),
      { numRuns: runs },
    );
    console.log(`${runs} texts, ${tables} of them tables`);
    expect(tables).toBeGreaterThan(runs / 20);
  });

  test("reads back any table that is written with quotes", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é", "\t"), maxLength: 5 });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        table,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 9 }),
        (records, end, size) => {
          const text = records.map((record) => record.map(quoted).join(",") + end).join("");
          expect(csv(text, size)).toEqual(shape(records[0]!, records.length - 1));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
