import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { readRows } from "../../src/tables/read-rows.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rows(name: string, text: string, columns: readonly string[]): Promise<unknown[][]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const found: unknown[][] = [];
  await readRows(path, columns, (values) => found.push([...values]));
  return found;
}

describe("readRows", () => {
  test("gives the asked columns of CSV in their order, whatever stands in quotes", async () => {
    const text = '\uFEFFa,b,c\r\n1,"x, ""y""\nz",3\r\n\r\n4,,6';
    expect(await rows("a.csv", text, ["c", "b"])).toEqual([
      ["3", 'x, "y"\nz'],
      ["6", ""],
    ]);
  });

  test("gives values of JSON Lines as they are, and nothing for a key that is not there", async () => {
    expect(await rows("a.jsonl", '{"a":1,"b":null}\n\n{"a":"2"}\n', ["a", "b"])).toEqual([
      [1, null],
      ["2", undefined],
    ]);
  });

  test("reads records that lie across pieces of the file", async () => {
    const many = Array.from({ length: 60_000 }, (_, n) => `${n}\t"${"ü".repeat(n % 20)}\n"`);
    const found = await rows("a.tsv", `n\ttext\n${many.join("\n")}\n`, ["n", "text"]);
    expect(found).toHaveLength(60_000);
    expect(found[59_999]).toEqual(["59999", `${"ü".repeat(19)}\n`]);
  });
});
