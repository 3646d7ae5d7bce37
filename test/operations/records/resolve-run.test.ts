import { describe, expect, test } from "@jest/globals";
import { suffixOf } from "../../../src/manifest/ids.js";
import { resolveRun } from "../../../src/operations/records/resolve-run.js";

const ids = [
  "20261119T090000Z_aaaaaaa_aaaaaa",
  "20261120T104207Z_3f9c2e1_k3f9q2",
  "20261120T104208Z_3f9c2e1_zaaaaa",
];

describe("resolveRun", () => {
  test.each([
    [ids[1], ids[1]],
    ["k3f9q2", ids[1]],
    ["q2", ids[1]],
    ["20261119", ids[0]],
    [`records/2026-11/${ids[2]}/`, ids[2]],
    ["zaaaaa", ids[2]],
  ])("takes %s for %s", (word, id) => {
    expect(resolveRun(word as string, ids)).toBe(id);
  });

  test.each([
    ["aaaaa", "AMBIGUOUS_RUN"],
    ["2026", "AMBIGUOUS_RUN"],
    ["3f9c2e1", "NO_SUCH_RUN"],
    ["", "NO_SUCH_RUN"],
    ["/", "NO_SUCH_RUN"],
  ])("refuses %j with %s", (word, code) => {
    expect(() => resolveRun(word, ids)).toThrow(expect.objectContaining({ code }));
  });

  test("shows the newest ten of many, and counts the rest", () => {
    const many = Array.from({ length: 25 }, (_, index) => `20261120T1042${10 + index}Z_3f9c2e1_aaaaaa`);
    expect(() => resolveRun("aaaaaa", many)).toThrow(/any of 25 runs:.*104225Z.*104234Z.*and 15 older ones/s);
  });
});

describe("suffixOf", () => {
  test("gives the six characters at the end", () => {
    expect(suffixOf(ids[1] as string)).toBe("k3f9q2");
  });
});
