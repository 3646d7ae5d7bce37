import { describe, expect, test } from "@jest/globals";
import {
  findAbsolute,
  findRedacted,
  giveArguments,
  parseArguments,
} from "../../../src/operations/reproduce/arguments.js";

const command = [
  {
    stage: null,
    argv: ["python", "train.py", "--token=«redacted:github»", "--out", "/home/ann/study/out/m.bin"],
  },
];
const pipeline = [
  { stage: "10_get", argv: ["get", "«redacted:key»"] },
  { stage: "20_fit", argv: ["fit"] },
];

const below = (path: string) => /^\/home\/ann\/study(?:\/|$)(.*)/.exec(path)?.[1];

describe("words that have to be given again", () => {
  test("redacted ones are counted as a shell counts them, and keep what is left of them", () => {
    expect(findRedacted(command)).toEqual([
      {
        what: "argument",
        subject: "2",
        reason: "was redacted",
        hint: "Give it again: --argument 2=--token=VALUE",
      },
    ]);
    expect(findRedacted(pipeline)[0]?.subject).toBe("10_get:1");
  });

  test("given ones stand in their places, whatever stands in them", () => {
    expect(giveArguments(command, parseArguments(["2=--token=a=b"]))[0]?.argv[2]).toBe("--token=a=b");
    expect(findRedacted(giveArguments(pipeline, parseArguments(["10_get:1=k\ney"])))).toEqual([]);
  });

  test("a number that there is not, or not once, is refused", () => {
    const refusal = expect.objectContaining({ code: "BAD_FLAG_VALUE" });
    for (const texts of [["x=1"], ["=1"], ["2"], ["2=a", "2=b"]])
      expect(() => parseArguments(texts)).toThrow(refusal);
    expect(() => giveArguments(command, parseArguments(["5=x"]))).toThrow(refusal);
    expect(() => giveArguments(pipeline, parseArguments(["1=x"]))).toThrow(refusal);
  });

  test("places in the user's own tree are found inside of words, inputs and neighbours are not", () => {
    expect(findAbsolute(command, below, new Set())).toMatchObject([
      { subject: "4", hint: "Give it relative to where it ran: --argument 4=out/m.bin" },
    ]);
    const words = (word: string) =>
      findAbsolute([{ stage: null, argv: [word] }], below, new Set(["/home/ann/study/data.csv"]));
    expect(words("--data=/home/ann/study/data.csv")).toEqual([]);
    expect(words("/home/ann/study2/x")).toEqual([]);
    expect(words("cd /home/ann/study && make")).toHaveLength(1);
  });
});
