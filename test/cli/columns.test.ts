import { describe, expect, test } from "@jest/globals";
import { type Column, cutInMiddle, formatColumns } from "../../src/cli/terminal/columns.js";
import { textWidth } from "../../src/cli/terminal/text-width.js";

const columns: Column[] = [
  { header: "run", leaves: 0, longest: 9 },
  { header: "code", leaves: 2 },
  { header: "age", leaves: 1, alignRight: true },
];
const rows = [
  [{ text: "k3f9q2" }, { text: "3f9c2e1" }, { text: "1 h" }],
  [{ text: "a-very-long-name", paint: (text: string) => `<${text}>` }, { text: "" }, { text: "12 d" }],
];

describe("formatColumns", () => {
  test("aligns cells under their headers, painted or not, and cuts nothing in a pipe", () => {
    expect(formatColumns(columns, rows, null, "…")).toEqual([
      "run               code      age",
      "k3f9q2            3f9c2e1   1 h",
      "<a-very-long-name>           12 d",
    ]);
  });

  test("cuts names in the middle on a terminal, and lets columns leave by priority, so that no row wraps", () => {
    expect(formatColumns(columns, rows, 80, "…")[2]).toBe("<a-ve…name>           12 d");
    expect(formatColumns(columns, rows, 20, "…")).toEqual([
      "run         age",
      "k3f9q2      1 h",
      "<a-ve…name>  12 d",
    ]);
    expect(formatColumns(columns, rows, 10, "…")).toEqual(["run", "k3f9q2", "<a-ve…name>"]);
  });

  test("leaves out a column in which nothing stands", () => {
    const empty = rows.map((row) => row.map((cell, index) => (index === 1 ? { text: "" } : cell)));
    expect(formatColumns(columns, empty, null, "…")[0]).toBe("run                age");
  });
});

describe("cutInMiddle", () => {
  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdefg", 6, "abc…fg"],
    ["😀😀😀😀", 5, "😀…😀"],
    ["abcdef", 1, "…"],
  ])("makes of %s, at most %d wide, %s", (text, longest, cut) => {
    expect(cutInMiddle(text, longest, "…")).toBe(cut);
  });
});

describe("texts that are wider than they are long", () => {
  const rows = [
    [{ text: "学習済みモデル" }, { text: "1" }],
    [{ text: "e\u0301te\u0301" }, { text: "22" }],
    [{ text: "run 🚀" }, { text: "3" }],
  ];
  const columns = [
    { header: "name", leaves: 0, longest: 9 },
    { header: "n", leaves: 1, alignRight: true as const },
  ];

  test("stand in columns all the same", () => {
    expect(formatColumns(columns, rows, null, "…")).toEqual([
      "name             n",
      "学習済みモデル   1",
      "e\u0301te\u0301             22",
      "run 🚀           3",
    ]);
  });

  test("are cut to the columns that there are", () => {
    expect(formatColumns(columns, rows, 80, "…")[1]).toBe("学習…デル   1");
    expect(formatColumns(columns, rows, 13, "…").map(textWidth)).toEqual([13, 13, 13, 13]);
  });
});
