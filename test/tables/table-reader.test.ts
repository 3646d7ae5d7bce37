import { describe, expect, test } from "@jest/globals";
import { counterFor, createTableCounter, describeTable } from "../../src/tables/table-reader.js";
import { count, makeFile, shape } from "./scratch.js";

/** Written by pyarrow: three rows of id, label, point (a struct) and tags (a list). */
const parquet = Buffer.from(
  [
    "UEFSMRUAFTwVPCwVBhUAFQYVBhwAAAACAAAABgEBAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAVABUgFSAsFQYVABUGFQYcAAAA",
    "AgAAAAMDAQAAAGEBAAAAYhUAFTwVPCwVBhUAFQYVBhwAAAACAAAABgIAAAAAAADwPwAAAAAAAPA/AAAAAAAA8D8VABU8FTws",
    "FQYVABUGFQYcAAAAAgAAAAYCAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAFQAVOBU4LBUIFQAVBhUGHAAAAAIAAAADCAMAAAAD",
    "9wABAAAAcAEAAABxAQAAAHIVBBmcNQAYBnNjaGVtYRUIABUEJQIYAmlkABUMJQIYBWxhYmVsJQBMHAAAADUCGAVwb2ludBUE",
    "ABUKJQIYAXgAFQolAhgBeQA1AhgEdGFncxUCFQZMPAAAADUEGARsaXN0FQIAFQwlAhgHZWxlbWVudCUATBwAAAAWBhkcGVwm",
    "ABwVBBklBgAZGAJpZBUAFgYWYhZiJghJHBUAFQAVAgA8KQYZJgAGAAAAJgAcFQwZJQYAGRgFbGFiZWwVABYGFkYWRiZqSRwV",
    "ABUAFQIAPBYEGQYZJgIEAAAAJgAcFQoZJQYAGSgFcG9pbnQBeBUAFgYWYhZiJrABSRwVABUAFQIAPCkGGTYAAAYAAAAmABwV",
    "ChklBgAZKAVwb2ludAF5FQAWBhZiFmImkgJJHBUAFQAVAgA8KQYZNgAABgAAACYAHBUMGSUGABk4BHRhZ3MEbGlzdAdlbGVt",
    "ZW50FQAWCBZeFl4m9AJJHBUAFQAVAgA8FgYZJgYCGUYAAgAGAAAAFsoDFgYmCBbKAwAoIHBhcnF1ZXQtY3BwLWFycm93IHZl",
    "cnNpb24gMjYuMC4xGVwcAAAcAAAcAAAcAAAcAAAAvQEAAFBBUjE=",
  ].join(""),
  "base64",
);

describe("describeTable", () => {
  test("goes by the ending of the name, in any case", async () => {
    expect(await describeTable(makeFile("a.csv", "x,y\n1,2\n"))).toEqual(shape(["x", "y"], 1));
    expect(await describeTable(makeFile("a.TSV", "x\ty\n1\t2\n"))).toEqual(shape(["x", "y"], 1));
    expect(await describeTable(makeFile("a.jsonl", '{"x":1}\n'))).toEqual(shape(["x"], 1));
    expect(await describeTable(makeFile("a.v2.ndjson", '{"x":1}\n'))).toEqual(shape(["x"], 1));
  });

  test("gives no shape to anything else", async () => {
    for (const name of ["a.csv.gz", "a.json", "csv", "a.xlsx", "a."]) {
      const { shape: found, reason } = await describeTable(makeFile(name, "x,y\n1,2\n"));
      expect(found).toBeNull();
      expect(reason).toContain("none of .csv, .tsv, .jsonl, .ndjson, .parquet");
    }
  });

  test("reads a table that is larger than one piece", async () => {
    const rows = 60_000;
    const line = `"${"long, text ".repeat(3)}",2\n`;
    expect(await describeTable(makeFile("large.csv", `x,y\n${line.repeat(rows)}`))).toEqual(
      shape(["x", "y"], rows),
    );
  });

  test("reads the columns of the top level and the rows of Parquet", async () => {
    expect(await describeTable(makeFile("a.parquet", parquet))).toEqual(
      shape(["id", "label", "point", "tags"], 3),
    );
  });

  test("finds the metadata of Parquet behind any amount of data", async () => {
    const far = Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(2_000_000), parquet]);
    expect(await describeTable(makeFile("far.parquet", far))).toEqual(
      shape(["id", "label", "point", "tags"], 3),
    );
  });

  test("says why a file is not Parquet", async () => {
    const claimed = Buffer.from(parquet);
    claimed.writeUInt32LE(0xffffffff, claimed.length - 8);
    const broken = Buffer.from(parquet);
    broken.fill(0xff, broken.length - 400, broken.length - 8);
    for (const content of ["", "PAR1", "x,y\n1,2\n", parquet.subarray(0, 300), claimed, broken]) {
      const { shape: found, reason } = await describeTable(makeFile("bad.parquet", content));
      expect(found).toBeNull();
      expect(reason).toMatch(/^it is not Parquet: |^it claims /);
    }
  });

  test("survives any damage to the metadata of Parquet", async () => {
    const damages = process.env.COLOPHON_TEST_LONG ? 3000 : 300;
    let refused = 0;
    for (let damage = 0; damage < damages; damage++) {
      const content = Buffer.from(parquet);
      content[content.length - 1 - ((damage * 7) % 460)]! ^= 1 << (damage % 8);
      if ((await describeTable(makeFile("damaged.parquet", content))).shape === null) refused++;
    }
    console.log(`${damages} damaged files, ${refused} refused`);
    expect(refused).toBeGreaterThan(0);
  });

  test("passes on that there is no such file", async () => {
    for (const name of ["none.csv", "none.parquet"]) {
      await expect(describeTable(`/nowhere/${name}`)).rejects.toMatchObject({ code: "ENOENT" });
    }
  });
});

describe("counterFor", () => {
  test("counts what is read from front to back, and nothing else", () => {
    expect(count(counterFor("data/train.csv")!, "x\n1\n")).toEqual(shape(["x"], 1));
    expect(counterFor("data/train.parquet")).toBeUndefined();
    expect(counterFor("data.csv/train")).toBeUndefined();
    expect(count(createTableCounter("tsv"), "x\ty\n")).toEqual(shape(["x", "y"], 0));
  });
});
