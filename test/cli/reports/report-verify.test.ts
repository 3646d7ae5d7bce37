import { describe, expect, test } from "@jest/globals";
import { formatTally, formatVerified } from "../../../src/cli/reports/records/report-verify.js";
import { paintFor } from "../../../src/cli/terminal/paint.js";
import type { CheckResult, VerifiedRun } from "../../../src/operations/verify/result.js";

const paint = paintFor(false, {});
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function check(said: Partial<CheckResult>): CheckResult {
  return {
    check: "sums",
    subject: "manifest.json",
    state: "ok",
    severity: "error",
    expected: null,
    found: null,
    reason: null,
    path: null,
    finding: null,
    ...said,
  };
}

function run(verdict: VerifiedRun["verdict"], ...checks: CheckResult[]): VerifiedRun {
  return { id: "20261120T104207Z_3f9c2e1_k3f9q2", folder: "/project/records/2026-11/x", verdict, checks };
}

describe("formatVerified", () => {
  test("is one line when all is well, with what is well with a reserve", () => {
    expect(formatVerified(run("verified", check({})), paint)).toEqual(["✓ k3f9q2  verified"]);
    const away = check({ state: "not-here", check: "artifacts" });
    const pushed = check({ check: "commit", subject: "pushed", found: "not pushed", severity: "notice" });
    expect(formatVerified(run("verified", away, away, pushed), paint)).toEqual([
      "✓ k3f9q2  verified  2 not here, not pushed",
    ]);
  });

  test("says of what differs what was recorded and what is there", () => {
    const said = {
      state: "differs",
      expected: digest("a"),
      found: digest("b"),
      reason: "its digest differs",
    } as const;
    expect(
      formatVerified(run("differs", check({ check: "inputs", subject: "train", ...said })), paint),
    ).toEqual([
      "✗ k3f9q2  differs",
      "    inputs     train  differs  its digest differs  aaaa…aaaa → bbbb…bbbb",
    ]);
  });

  test("tells a file once that stands in a list and under a name", () => {
    const said = { state: "differs", expected: digest("a"), found: digest("b") } as const;
    const gone = { state: "missing", expected: digest("c") } as const;
    const lines = formatVerified(
      run(
        "differs",
        check({ subject: "artifacts/model.bin", ...said }),
        check({ check: "artifacts", subject: "model", ...said }),
        check({ check: "schema", state: "unreadable" }),
        check({ state: "unreadable", expected: digest("d") }),
        check({ subject: "a", ...gone }),
        check({ subject: "b", state: "missing", expected: digest("e") }),
      ),
      paint,
    );
    expect(lines.slice(1).map((line) => line.trim().split(/ +/)[1])).toEqual([
      "artifacts/model.bin",
      "manifest.json",
      "a",
      "b",
    ]);
  });

  test("leaves the many to programs", () => {
    const many = Array.from({ length: 1025 }, (_, number) =>
      check({ subject: `f${number}`, state: "missing" }),
    );
    const lines = formatVerified(run("differs", ...many), paint);
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("    and 1,005 more: colophon verify --json k3f9q2");
  });

  test("names the place of a finding, and obeys nothing that a record says", () => {
    const finding = {
      code: "WRONG_TYPE",
      severity: "error",
      pointer: "/git",
      message: "",
      hint: "",
      line: 3,
      column: 7,
    } as const;
    const lines = formatVerified(
      run("differs", check({ check: "schema", state: "differs", reason: "found \u001b[2J", finding })),
      paint,
    );
    expect(lines[1]).toBe("    schema     manifest.json:3:7  differs  found \\u001b[2J");
  });
});

describe("formatTally", () => {
  test.each([
    [{ runs: 1, verified: 1, differs: 0, unknown: 0 }, "✓ 1 run: 1 verified"],
    [
      { runs: 12_000, verified: 11_990, differs: 1, unknown: 9 },
      "✗ 12,000 runs: 11,990 verified, 1 differs, 9 not known",
    ],
    [{ runs: 2, verified: 0, differs: 0, unknown: 2 }, "△ 2 runs: 2 not known"],
  ])("%#", (tally, line) => {
    expect(formatTally(tally, paint)).toBe(line);
  });
});
