import { describe, expect, test } from "@jest/globals";
import { formatDiff } from "../../../src/cli/reports/diff/report-diff.js";
import type { DiffView } from "../../../src/cli/reports/diff/report-diff-lines.js";
import { paintFor } from "../../../src/cli/terminal/paint.js";
import type { TreeFile } from "../../../src/git/trees/diff-trees.js";
import { diffRuns } from "../../../src/operations/diff/diff-runs.js";
import { gathered, madeRun, portsOver, shaB, treeFile } from "../../operations/diff/compared-run.js";

const paint = paintFor(false, { LANG: "C.UTF-8" });
const screen: DiffView = { all: false, patch: false, utc: true, width: 80 };

type Made = Parameters<typeof madeRun>[0];

async function printed(
  a: Made,
  b: Made,
  view: Partial<DiffView> = {},
  files: readonly TreeFile[] = [],
): Promise<string[]> {
  const git = { sha: shaB, branch: "main", dirty: false };
  const other = madeRun({
    suffix: "x81m0d",
    ...b,
    manifest: { ...b?.manifest, ...(files.length > 0 && { git }) },
  });
  const diff = await diffRuns(madeRun(a), other, portsOver(files));
  return formatDiff(diff, { ...screen, ...view }, paint);
}

const manyParams = (factor: number) =>
  Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index + 10}`, (index + 1) * factor]));

describe("formatDiff", () => {
  test("has a line for each part that is equal", async () => {
    expect(await printed({}, {})).toEqual([
      "Nothing differs. Code, data, environment, 1 param, stages and result are equal.",
      "",
      "A          k3f9q2  train.py  ✓ completed  2026-11-20 10:42Z",
      "B          x81m0d  train.py  ✓ completed  2026-11-20 10:42Z",
      "code       = 3f9c2e1",
      "params     = 1 param",
      "data       = synthetic seed 42",
      "env        = 4 facts",
      expect.stringMatching(/^stages {5}= run_metadata .*, execute .*, collect/),
      "artifacts  = none",
      expect.stringMatching(/^result {5}= completed {2}/),
    ]);
  });

  test("counts long lists, and --all shows them", async () => {
    const packages = (version: string) => ({
      python: { list: Array.from({ length: 40 }, (_, index) => ({ name: `pkg${index}`, version })) },
      node: null,
    });
    const a = { manifest: { params: manyParams(2) }, environment: gathered({ packages: packages("1") }) };
    const b = { manifest: { params: manyParams(3) }, environment: gathered({ packages: packages("2") }) };
    const lines = await printed(a, b);
    expect(lines[0]).toBe("Two things differ: 30 params, and 40 Python packages. Code and data are equal.");
    expect(lines).toContain("           and 18 more params: --all shows them");
    expect(lines).toContain("           and 28 more Python packages: --all shows them");
    const all = await printed(a, b, { all: true });
    expect(all.filter((line) => /p\d\d .*→/.test(line))).toHaveLength(30);
    expect(all.filter((line) => /pkg\d+ .*→/.test(line))).toHaveLength(40);
  });

  test("rows do not wrap on a terminal, and are whole in a pipe", async () => {
    const long = (letter: string) => ({
      manifest: { params: { text: letter.repeat(300), ["n".repeat(90)]: letter } },
    });
    const lines = (await printed(long("a"), long("b"))).slice(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.find((line) => line.includes("text"))).toMatch(/a…a.*→ b+…b+$/);
    const piped = await printed(long("a"), long("b"), { width: null, all: true });
    expect(piped.join("\n")).toContain(`${"a".repeat(300)} → ${"b".repeat(300)}`);
  });

  test("prints a metric that only one of the runs has", async () => {
    const point = { value: 0.25, step: 9 };
    const withMetric = (name: string) => ({
      metrics: {
        metrics_summary_version: 1 as const,
        metrics: { [name]: { count: 10, nan: 0, last: point, min: point, max: point } },
        left_out: { secret: 0, beyond_the_first_names: 0 },
        unread: [],
      },
    });
    const lines = await printed(withMetric("old"), withMetric("new"));
    expect(lines).toContain("metrics    new  only in B  last 0.25, 10 points");
    expect(lines).toContain("           old  only in A  last 0.25, 10 points");
  });

  test("what would be read as something else is quoted", async () => {
    const lines = await printed(
      { manifest: { params: { a: "1", b: "two words", c: "word", d: null } } },
      { manifest: { params: { a: 1, b: "x", c: "other", d: "null" } } },
    );
    expect(lines.slice(5, 9).map((line) => line.trim())).toEqual([
      'params     a  "1" → 1',
      'b  "two words" → x',
      "c  word → other",
      'd  null → "null"',
    ]);
  });

  test("shows the beginning of what changed in the code, and how much more there is", async () => {
    const hunk = (start: number, count: number) => ({
      a_start: start,
      a_lines: 1,
      b_start: start,
      b_lines: count + 1,
      heading: "def f():",
      lines: [" same", ...Array.from({ length: count }, (_, index) => `+line ${index}`)],
    });
    const files = [
      treeFile("a.py", "a1", "b1", { added: 30, removed: 0, hunks: [hunk(7, 30)] }),
      treeFile("b.bin", "a1", "b1", { isText: false, added: null, removed: null }),
      treeFile("c.py", "a1", "b1", { added: 900, removed: 1 }),
      treeFile("d.py", "a1", "b1", { isText: null, added: null, removed: null }),
    ];
    const lines = await printed({}, {}, {}, files);
    const from = lines.indexOf("code       3f9c2e1 → 4a0d3f2  4 files  +930 -1");
    expect(lines.slice(from + 1, from + 9)).toEqual([
      "           a.py   +30 -0",
      "           b.bin  not text",
      "           c.py   +900 -1",
      "           d.py   content not here",
      "",
      "           a.py",
      "               8  +  line 0",
      "               9  +  line 1",
    ]);
    expect(lines).toContain("           915 more changed lines in 2 files: --patch shows all");
    const patch = await printed({}, {}, { patch: true }, files);
    expect(patch).toContain("           @@ -7,1 +7,31 @@ def f():");
    expect(patch.filter((line) => line.includes("+line "))).toHaveLength(30);
    expect(patch.join("\n")).not.toContain("more changed");
  });

  test("colour only repeats what is said, and plain glyphs say the same", async () => {
    const plain = paintFor(false, { COLOPHON_ASCII: "1" });
    const coloured = paintFor(true, { LANG: "C.UTF-8", FORCE_COLOR: "1" });
    const diff = await diffRuns(
      madeRun({ state: "failed" }),
      madeRun({ suffix: "x81m0d", artifacts: [{ sha256: null }] }),
      portsOver([]),
    );
    const words = formatDiff(diff, screen, paint);
    expect(formatDiff(diff, screen, coloured).map((line) => line.replaceAll(/\u001b\[\d+m/g, ""))).toEqual(
      words,
    );
    expect(formatDiff(diff, screen, plain).join("")).toMatch(/^[\u0020-\u007e]+$/);
  });
});
