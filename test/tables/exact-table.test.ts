import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseCsvTable } from "../../src/tables/csv-text.js";
import { createRecordCutter } from "../../src/tables/cut-records.js";
import { membersAsWritten } from "../../src/tables/exact-row.js";
import { readTable } from "../../src/tables/exact-table.js";
import { readRows } from "../../src/tables/read-rows.js";
import { describeTable } from "../../src/tables/table-reader.js";
import { makeParquet } from "./make-parquet.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-exact-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const descriptor = openSync(path, "r");
  try {
    const reading = readTable(descriptor, name);
    if (reading === undefined) throw new Error(`${name} is no table`);
    const rows = [];
    for await (const batch of reading.batches) rows.push(...batch);
    const columns = reading.columns();
    expect(reading.sha256()).toBe(createHash("sha256").update(content).digest("hex"));
    return {
      columns,
      csv: rows.map((row) => row.formatCsv(columns)),
      json: rows.map((row) => row.formatJson()),
      cells: rows.map((row) => columns.map((column) => row.cell(column))),
    };
  } finally {
    closeSync(descriptor);
  }
}

describe("readTable", () => {
  test("gives CSV as it is written, with its digest", async () => {
    const text = '\uFEFFid,"name, full",note\r\n1,"a ""b""\nc",""\r\n\r\n2,5" pipe,\r\n3,ü,"x"\r\n';
    const { columns, csv, json } = await read("a.csv", text);
    expect(columns).toEqual(["id", "name, full", "note"]);
    expect(csv).toEqual(['1,"a ""b""\nc",""', '2,5" pipe,', '3,ü,"x"']);
    expect(json.map((one) => JSON.parse(one))).toEqual([
      { id: "1", "name, full": 'a "b"\nc', note: "" },
      { id: "2", "name, full": '5" pipe', note: "" },
      { id: "3", "name, full": "ü", note: "x" },
    ]);
  });

  test("gives TSV as CSV, quoted where CSV needs it", async () => {
    expect((await read("a.tsv", "a\tb\n1,5\t2\n")).csv).toEqual(['"1,5",2']);
  });

  test("gives JSON Lines with every digit", async () => {
    const lines = [
      '{"id": 9007199254740993, "x": 1.0, "y": null}',
      '{"z": {"a": [1e400, "}"]}, "id": "q\\"\\u00fc"}',
    ];
    const { columns, csv, json } = await read("a.jsonl", `${lines.join("\n\n")}\n`);
    expect(columns).toEqual(["id", "x", "y", "z"]);
    expect(json).toEqual(lines);
    expect(csv).toEqual(["9007199254740993,1.0,,", '"q""ü",,,"{""a"": [1e400, ""}""]}"']);
  });

  test("gives Parquet with every digit, of several groups of rows", async () => {
    const columns = [
      { name: "id", type: "string" },
      { name: "n", type: "int64" },
      { name: "x", type: "double" },
      { name: "price", type: "decimal", scale: 2 },
      { name: "at", type: "timestamp" },
      { name: "raw", type: "bytes" },
    ] as const;
    const content = makeParquet(columns, [
      [
        ['a,"ü"\n', 9007199254740993n, 0.1, 150n, 1_700_000_000_123_456n, "text"],
        [null, null, null, null, null, null],
      ],
      [["c", -1n, Number.NaN, -5n, -1n, Uint8Array.of(0xff, 0)]],
    ]);
    const found = await read("a.parquet", content);
    expect(found.columns).toEqual(["id", "n", "x", "price", "at", "raw"]);
    expect(found.json).toEqual([
      '{"id":"a,\\"ü\\"\\n","n":9007199254740993,"x":0.1,"price":"1.50","at":"2023-11-14T22:13:20.123456Z","raw":"text"}',
      '{"id":null,"n":null,"x":null,"price":null,"at":null,"raw":null}',
      '{"id":"c","n":-1,"x":"NaN","price":"-0.05","at":"1969-12-31T23:59:59.999999Z","raw":"ff00"}',
    ]);
    expect(found.csv).toEqual([
      '"a,""ü""\n",9007199254740993,0.1,1.50,2023-11-14T22:13:20.123456Z,text',
      ",,,,,",
      "c,-1,NaN,-0.05,1969-12-31T23:59:59.999999Z,ff00",
    ]);
    const path = join(folder, "a.parquet");
    expect((await describeTable(path)).shape).toMatchObject({ row_count: 3, column_count: 6 });
    const rows: unknown[][] = [];
    await readRows(path, ["n", "id"], (values) => rows.push([...values]));
    expect(rows).toEqual([
      [9007199254740993n, 'a,"ü"\n'],
      [null, null],
      [-1n, "c"],
    ]);
  });

  test("gives many rows of Parquet in their order", async () => {
    const group = (from: number) =>
      Array.from({ length: 12_000 }, (_, n) => [`k${from + n}`, BigInt(from + n)] as const);
    const columns = [
      { name: "k", type: "string" },
      { name: "n", type: "int64" },
    ] as const;
    const { csv } = await read("b.parquet", makeParquet(columns, [group(0), group(12_000)]));
    expect(csv).toEqual(Array.from({ length: 24_000 }, (_, n) => `k${n},${n}`));
  });
});

describe("createRecordCutter", () => {
  test("cuts any CSV as the parser of whole texts does, wherever its pieces end", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", "ü", " "), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 5 }), (rows, size) => {
        const records = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
        const text = `${records.join("\n")}\n`;
        const cutter = createRecordCutter(",");
        const found: string[] = [];
        for (let at = 0; at < text.length; at += size) found.push(...cutter.push(text.slice(at, at + size)));
        found.push(...cutter.end());
        expect(found).toEqual(records);
        expect(parseCsvTable(text, "it").rows.length + 1).toBe(found.length);
      }),
      { numRuns: 300 },
    );
  });

  test("takes a quote inside a field for text", () => {
    const cutter = createRecordCutter(",");
    expect([...cutter.push('a,5" pipe\nb,6" '), ...cutter.push("pipe\n"), ...cutter.end()]).toEqual([
      'a,5" pipe',
      'b,6" pipe',
    ]);
  });
});

test("membersAsWritten finds what JSON.parse finds", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
        const members = [...membersAsWritten(text)].map(([name, written]) => [name, JSON.parse(written)]);
        expect(new Map(members as [string, unknown][])).toEqual(
          new Map(Object.entries(JSON.parse(text) as object)),
        );
      }
    }),
    { numRuns: 300 },
  );
});
