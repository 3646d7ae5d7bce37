import { describe, expect, test } from "@jest/globals";
import { parseParameter, resolveParameters } from "../../../src/operations/run/resolve-parameters.js";

describe("parseParameter", () => {
  test.each([
    ["lr=3e-4", "lr", 0.0003],
    ["n=-7", "n", -7],
    ["x=0.5", "x", 0.5],
    ["on=true", "on", true],
    ["off=false", "off", false],
    ["nothing=null", "nothing", null],
    ["name=adam", "name", "adam"],
    ["empty=", "empty", ""],
    ["a=b=c", "a", "b=c"],
    ["id=007", "id", "007"],
    ["big=9007199254740993", "big", "9007199254740993"],
    ["huge=1e999", "huge", "1e999"],
    ["nan=NaN", "nan", "NaN"],
    ["list=[1,2]", "list", "[1,2]"],
    ["list:=[1,2]", "list", [1, 2]],
    ['text:="3"', "text", "3"],
    ['deep:={"a":{"b":1}}', "deep", { a: { b: 1 } }],
    ["url=http://x/?a=b", "url", "http://x/?a=b"],
  ])("%s", (text, name, value) => {
    expect(parseParameter(text)).toEqual([name, value]);
  });

  test.each(["lr", "=1", ":=1", "list:=[1,", "x:=", 'dup:={"a":1,"a":2}', "argv=1", "__proto__=1"])(
    "refuses %s with BAD_PARAMETER",
    (text) => {
      expect(() => parseParameter(text)).toThrow(expect.objectContaining({ code: "BAD_PARAMETER" }));
    },
  );
});

describe("resolveParameters", () => {
  test("lets --param win over --config, keeps the words as they are, and reports every clash", () => {
    const { params, clashes } = resolveParameters({
      flags: ["lr=0.1", "seed=3"],
      config: { lr: 0.2, epochs: 5, batch_size: 32 },
      argv: ["python", "train.py", "--lr", "0.3", "--epochs=9", "--batch-size", "32", "--seed", "3"],
    });
    expect(params).toEqual({
      lr: 0.1,
      epochs: 5,
      batch_size: 32,
      seed: 3,
      argv: ["python", "train.py", "--lr", "0.3", "--epochs=9", "--batch-size", "32", "--seed", "3"],
    });
    expect(clashes).toEqual([
      { name: "epochs", used: "config", ignored: "argv" },
      { name: "lr", used: "param", ignored: "config" },
      { name: "lr", used: "param", ignored: "argv" },
    ]);
  });

  test("finds no clash where values agree however they are spelled", () => {
    expect(resolveParameters({ flags: ["lr=3e-4"], config: {}, argv: ["x", "--lr=0.0003"] }).clashes).toEqual(
      [],
    );
  });
});
