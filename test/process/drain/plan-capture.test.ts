import { describe, expect, test } from "@jest/globals";
import { planCapture, type StandardStreams } from "../../../src/process/drain/plan-capture.js";

type Terminals = StandardStreams["terminals"];
const [T, F] = [true, false];

function plan(
  capture: "auto" | "pipe" | "pty" | "none",
  terminals: Terminals,
  oneFile = F,
  fault: string | null = null,
) {
  const { through, streams, merged } = planCapture(capture, { terminals, oneFile }, () => fault);
  return [through, streams.join(), merged];
}

describe("planCapture", () => {
  test("keeps all of a terminal through a pseudo-terminal, if there is one", () => {
    for (const capture of ["auto", "pty"] as const) {
      expect(plan(capture, [T, T, T], T)).toEqual(["pty", "stdout", true]);
      expect(plan(capture, [T, T, T], T, "there is none")).toEqual(["nothing", "", false]);
    }
  });

  test.each([
    [[T, F, F], F, ["pipes", "stdout,stderr", false]],
    [[F, F, F], F, ["pipes", "stdout,stderr", false]],
    [[F, F, F], T, ["pipes", "stdout", true]],
    [[T, T, F], F, ["pipes", "stderr", false]],
    [[F, F, T], F, ["pipes", "stdout", false]],
    [[F, T, T], T, ["nothing", "", false]],
  ] as const)(
    "leaves every stream that is a terminal one: %j, one file: %j",
    (terminals, oneFile, expected) => {
      expect(plan("auto", terminals, oneFile)).toEqual(expected);
    },
  );

  test("takes terminals away only when asked for pipes", () => {
    expect(plan("pipe", [T, T, T], T)).toEqual(["pipes", "stdout", true]);
  });

  test("says of every stream that is not kept why", () => {
    const reasons = (capture: "auto" | "none", terminals: Terminals) =>
      planCapture(capture, { terminals, oneFile: F }, () => "there is none").reasons;
    expect(reasons("none", [F, F, F])).toEqual({ stdout: "--capture=none", stderr: "--capture=none" });
    expect(reasons("auto", [T, T, T]).stdout).toBe("it is a terminal, and there is none");
    expect(reasons("auto", [F, F, T])).toEqual({
      stdout: null,
      stderr: "it is a terminal, and not all three streams are",
    });
  });
});
