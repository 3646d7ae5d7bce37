import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readSpool } from "../../../src/process/observe/read-spool.js";
import { scratchFolder } from "../../files/scratch.js";

const folder = scratchFolder();

function read(text: string | Buffer) {
  const path = join(folder, "spool");
  writeFileSync(path, text);
  return [...readSpool(path)];
}

const begun = "\nS\t7.a\t0\tpython\t3.11.7\tpython3\ttrain.py\n";

describe("readSpool", () => {
  test("tells processes, files, renames and programs in their order", () => {
    const lines = [
      begun,
      "\nF\t7.a\t1\tr\tf\t12\t1795282478234536492\t/study/a.csv\n",
      "\nF\t7.a\t2\tw\t-\t\t\t/study/b.csv\n",
      "\nM\t7.a\t3\t/study/b.csv\t/study/c.csv\n",
      "\nX\t7.a\t4\tcleared\tgzip\n",
      "\nC\t7.a\t5\tfiles\n",
    ];
    expect(read(lines.join(""))).toEqual([
      { kind: "process", process: "7.a", by: "python", version: "3.11.7", programs: ["python3", "train.py"] },
      {
        kind: "file",
        process: "7.a",
        opened: "reading",
        path: "/study/a.csv",
        before: { there: true, isRegular: true, size: 12, mtimeNs: 1795282478234536492n },
        time: null,
      },
      {
        kind: "file",
        process: "7.a",
        opened: "writing",
        path: "/study/b.csv",
        before: { there: false },
        time: null,
      },
      { kind: "rename", process: "7.a", from: "/study/b.csv", to: "/study/c.csv" },
      { kind: "program", how: "cleared", name: "gzip" },
      { kind: "capped" },
    ]);
  });

  test("gives back tabs, line ends and bytes of names", () => {
    const path = Buffer.from("/a%09b%0Ac%25é\xff", "latin1").toString("latin1");
    const [, file] = read(Buffer.from(`${begun}\nF\t7.a\t1\tr\tf\t0\t0\t${path}\n`, "latin1"));
    expect(file).toMatchObject({ path: "/a\tb\nc%é\xff" });
  });

  test("leaves out what is torn or foreign, and counts what never came", () => {
    const torn = "\nF\t7.a\t1\tr\tf\t12";
    const told = read(
      `${begun}${torn}\nF\t7.a\t4\td\tf\t1\t1\t/b\nnoise\n\0\n\nF\tx\ty\n\nF\t7.a\t5\tr\tf\t1\t1\trelative\n`,
    );
    expect(told.map(({ kind }) => kind)).toEqual(["process", "file", "lost"]);
    expect(told.at(-1)).toEqual({ kind: "lost", lines: 3 });
  });

  test("tells nothing of a spool that is not there", () => {
    expect([...readSpool(join(folder, "missing"))]).toEqual([]);
  });

  test("reads more than it holds at once", () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, index) => `\nF\t7.a\t${index + 1}\tr\tf\t1\t1\t/data/part-${index}\n`,
    );
    const told = read(begun + lines.join(""));
    expect(told).toHaveLength(30_001);
    expect(told.at(-1)).toMatchObject({ path: "/data/part-29999" });
  });
});
