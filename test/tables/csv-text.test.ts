import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type CsvTable, formatCsvTable, parseCsvTable, spellCell } from "../../src/tables/csv-text.js";
import { createDelimitedCounter } from "../../src/tables/delimited.js";

describe("formatCsvTable and parseCsvTable", () => {
  test("tell null from an empty text, and quote what needs it", () => {
    const rows = [
      ["a,b", 'say "x"', null],
      ["", "two\nlines", true],
      [-0, 1e21, 0.1],
    ];
    const text = formatCsvTable({ columns: ["x", "y", "z"], rows }, "t");
    expect(text).toBe('x,y,z\n"a,b","say ""x""",\n"","two\nlines",true\n0,1e+21,0.1\n');
    expect(parseCsvTable(text, "t")).toEqual({
      columns: ["x", "y", "z"],
      rows: rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    });
  });

  test("give back every cell as text, and the shape that is counted for it", () => {
    const cell = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom('"', ",", "\n", "\r", "\r\n", "", '""', "\uFEFF"),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const table = fc.tuple(
      fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 4 }),
      fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(table, ([columns, cells]) => {
        const rows = cells.map((row) => row.slice(0, columns.length));
        const text = formatCsvTable({ columns, rows } as CsvTable, "t");
        expect(parseCsvTable(text, "t")).toEqual({ columns, rows: rows.map((row) => row.map(spellCell)) });
        const counter = createDelimitedCounter(",");
        counter.push(Buffer.from(text));
        expect(counter.end().shape).toEqual({
          row_count: rows.length,
          column_count: columns.length,
          ordered_columns: columns,
        });
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["no columns", { columns: [], rows: [] }],
    ["two columns of one name", { columns: ["a", "a"], rows: [] }],
    ["a short row", { columns: ["a", "b"], rows: [[1]] }],
    ["NaN", { columns: ["a"], rows: [[Number.NaN]] }],
    ["an object", { columns: ["a"], rows: [[{}]] }],
    ["half a surrogate pair", { columns: ["a"], rows: [["\ud800"]] }],
    ["a line that would be empty", { columns: ["a"], rows: [[null]] }],
  ])("refuse %s", (_name, table) => {
    expect(() => formatCsvTable(table as CsvTable, "t")).toThrow(
      expect.objectContaining({ code: "BAD_TABLE" }),
    );
  });

  test.each([['a\n"b"c\n'], ['a\nb"c\n'], ["a,b\n1\n"], ['a\n"b\n'], ["a\rb\n"]])(
    "do not read %j",
    (text) => {
      expect(() => parseCsvTable(text, "t.csv")).toThrow(expect.objectContaining({ code: "NOT_CSV" }));
    },
  );

  test("read what others write: CRLF, a byte-order mark, no last line end", () => {
    expect(parseCsvTable("\uFEFFa,b\r\n1,\r\n\r\n,2", "t")).toEqual({
      columns: ["a", "b"],
      rows: [
        ["1", null],
        [null, "2"],
      ],
    });
  });
});
