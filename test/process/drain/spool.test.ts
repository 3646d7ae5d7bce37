import { closeSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createSpool, readSpool, type Spool, type SpoolReader } from "../../../src/process/drain/spool.js";

let folder: string;
let spool: Spool;
let reader: SpoolReader;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "colophon-spool-"));
  spool = createSpool(folder);
  reader = readSpool(spool);
});

afterEach(() => {
  for (const end of [spool.copy, spool.tail]) closeSync(end);
  reader.close();
  rmSync(folder, { recursive: true });
});

/** What the keeper would find: notes as numbers, then all bytes behind them. */
function find(): [string[], string] {
  const [before = "", after = "", short = "", rest = ""] = readFileSync(
    `/proc/self/fd/${spool.copy}`,
    "latin1",
  ).split(/(?<=\n)/);
  return [[before, after, short].map((line) => line.trim()), rest];
}

const hasProc = readdirSync("/").includes("proc");
const onProc = hasProc ? test : test.skip;

describe("a spool", () => {
  test("has no name", () => {
    expect(readdirSync(folder)).toEqual([]);
  });

  test("gives what is appended, once", () => {
    writeSync(spool.tail, "one");
    expect(Buffer.from(reader.read()).toString()).toBe("one");
    expect(reader.read()).toHaveLength(0);
    writeSync(spool.tail, "two");
    expect(Buffer.from(reader.read()).toString()).toBe("two");
  });

  onProc("says which size of the log goes with which place, before and after", () => {
    writeSync(spool.tail, "ab\ncd\ne");
    reader.read();
    reader.mark(0, 6, 1);
    expect(find()[0]).toEqual(["0 96", "6 102", "0"]);
    writeSync(spool.tail, "f\n");
    reader.read();
    reader.mark(6, 9, 0);
    expect(find()[0]).toEqual(["6 102", "9 105", "0"]);
  });

  onProc("keeps only what the log lacks when it is made short, and goes on from there", () => {
    writeSync(spool.tail, "ab\ncd\ne");
    reader.read();
    reader.mark(0, 6, 1);
    reader.shorten(6, Buffer.from("e"));
    expect(find()).toEqual([["6 96", "6 96", "0"], "e"]);
    writeSync(spool.tail, "f\n");
    expect(Buffer.from(reader.read()).toString()).toBe("f\n");
  });

  onProc("stays as it is where what the log lacks would be overwritten", () => {
    writeSync(spool.tail, "a line that has not ended");
    reader.read();
    reader.shorten(0, Buffer.from("a line that has not ended"));
    expect(find()[1]).toBe("a line that has not ended");
  });
});
