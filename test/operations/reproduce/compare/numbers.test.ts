import { describe, expect, test } from "@jest/globals";
import {
  differenceOfTexts,
  relativeDifference,
} from "../../../../src/operations/reproduce/compare/numbers.js";

describe("relativeDifference", () => {
  test("is relative to the larger number, and 0 for what is the same, NaN too", () => {
    expect(relativeDifference(1, 1.25)).toBe(0.2);
    expect(relativeDifference(-4, 4)).toBe(2);
    expect(relativeDifference(0, -0)).toBe(0);
    expect(relativeDifference(0, 1e-300)).toBe(1);
    expect(relativeDifference(Number.NaN, Number.NaN)).toBe(0);
    expect(relativeDifference(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
    for (const other of [1, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(relativeDifference(Number.POSITIVE_INFINITY, other)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("differenceOfTexts", () => {
  test("compares the numbers of texts that are the same otherwise", () => {
    expect(differenceOfTexts("loss 0.50\nacc 1", "loss 5e-1 \nacc 1.0")).toBe(0);
    expect(differenceOfTexts("a,1\nb,4\n", "a,1\nb,5\n")).toBe(0.2);
  });

  test("gives nothing where words differ, numbers are fewer, or there are none", () => {
    expect(differenceOfTexts("a 1", "b 1")).toBeNull();
    expect(differenceOfTexts("a 1", "a 1 2")).toBeNull();
    expect(differenceOfTexts("a", "a ")).toBeNull();
    // Ids that doubles cannot tell apart.
    expect(differenceOfTexts("run 12345678901234567890", "run 12345678901234567891")).toBeNull();
  });
});
