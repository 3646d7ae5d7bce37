import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { diffRuns, type RunDiff } from "../../../src/operations/diff/diff-runs.js";
import type { LoadedRun } from "../../../src/operations/records/load/loaded-run.js";
import { change, gathered, madeRun, mirrorDiff, portsOver, shaA, shaB, treeFile } from "./compared-run.js";

async function diffBoth(a: LoadedRun, b: LoadedRun, ports = portsOver([])): Promise<RunDiff> {
  const diff = await diffRuns(a, b, ports);
  expect(await diffRuns(b, a, ports)).toEqual(mirrorDiff(diff));
  return diff;
}

const other = { suffix: "x81m0d" };

describe("diffRuns", () => {
  test("opens with what differs and what is equal", async () => {
    const a = madeRun({ manifest: { params: { lr: 0.001, seed: 3, argv: [] } } });
    const b = madeRun({
      ...other,
      manifest: {
        params: { lr: 0.0003, seed: 3, argv: [] },
        git: { sha: shaB, branch: "main", dirty: false },
      },
    });
    const diff = await diffBoth(a, b, portsOver([treeFile("src/model.py", "a1", "b1")]));
    expect(diff.summary).toBe(
      "Two things differ: lr, and src/model.py (12 lines). Data, environment and 1 param are equal.",
    );
    expect(diff.outcome).toBe("changed");
  });

  test("two runs of the same are the same: names, ids, times and process ids do not count", async () => {
    const b = madeRun({
      ...other,
      run: { run_name: "another", started_at: "2026-11-21T00:00:00.000Z", output_dir: "/elsewhere" },
      result: { elapsed_seconds: 9999, orphans: [1] },
    });
    const diff = await diffBoth(madeRun(), b);
    expect(diff.outcome).toBe("same");
    expect(diff.summary).toBe(
      "Nothing differs. Code, data, environment, 1 param, stages and result are equal.",
    );
    expect(diff.result.elapsed_seconds).toEqual({ a: expect.any(Number), b: 9999 });
  });

  test("what is not known is neither equal nor different", async () => {
    const b = madeRun({ ...other, manifest: { git: { sha: shaB, branch: "main", dirty: false } } });
    const diff = await diffBoth(madeRun(), b, portsOver([], [shaA]));
    expect(diff.outcome).toBe("unknown");
    expect(diff.summary).toBe(
      "Nothing is known to differ. Data, environment, 1 param, stages and result are equal. " +
        "Not known: code (commit 3f9c2e1 is not in this repository).",
    );
  });

  test("a run does not differ from itself, whatever it does not say", async () => {
    const run = madeRun({
      version: 1,
      manifest: null,
      environment: null,
      state: "unknown",
      artifacts: [{ sha256: null }],
    });
    const diff = await diffBoth(run, run);
    expect(diff.outcome).toBe("same");
    expect(diff.summary).toMatch(/^Nothing differs\. /);
    expect(JSON.stringify(diff)).not.toMatch(/"outcome":"(?!same)/);
    const copy = await diffBoth(run, { ...run, folder: "/copy" });
    expect(copy.outcome).toBe("unknown");
  });

  test("what came out is told apart from what it was made from", async () => {
    const result = { exit_code: 0 };
    const a = madeRun({ artifacts: [{ name: "model" }], result });
    const b = madeRun({ ...other, artifacts: [{ name: "model", sha256: "b".repeat(64) }], result });
    expect((await diffBoth(a, b)).summary).toBe(
      "Only what came out differs: model. Code, data, environment and 1 param are equal.",
    );
    const c = madeRun({
      suffix: "c00000",
      manifest: { params: { lr: 1, argv: ["python", "train.py"] } },
      artifacts: [{ name: "model", sha256: "c".repeat(64) }],
      result: { exit_code: 1 },
      state: "failed",
    });
    expect((await diffBoth(a, c)).summary).toBe(
      "One thing differs: lr. Code, data and environment are equal. What came out differs too: model, and the exit status.",
    );
  });

  test("many things of one sort are counted as one", async () => {
    const params = (factor: number) =>
      Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, index * factor]));
    const files = Array.from({ length: 5 }, (_, index) => treeFile(`src/${index}.py`, "a", `${index}`));
    const b = madeRun({
      ...other,
      manifest: { params: { ...params(2), argv: [] }, git: { sha: shaB, branch: "main", dirty: false } },
    });
    const a = madeRun({ manifest: { params: { ...params(3), argv: [] } } });
    expect((await diffBoth(a, b, portsOver(files))).summary).toMatch(
      /^Two things differ: 8 params, and 5 files of code \(60 lines\)\./,
    );
  });

  test("runs of different pipelines are compared, and the pipelines said", async () => {
    const b = madeRun({
      ...other,
      run: { colophon: { pipeline: { name: "train", version_fields: [] } } },
    });
    const diff = await diffBoth(madeRun(), b);
    expect(diff.stages.pipeline).toMatchObject({ outcome: "changed", a: "command", b: "train" });
    expect(diff.summary).toContain("the pipeline");
  });

  test("M30 is exactly mirrored, whatever the runs hold", async () => {
    const word = fc.constantFrom("x", "y", "z w", "--lr", "3e-4", "-n", "5", "k=v");
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(1, 2, "1", null, true, "only_a"),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom("lr", "o.p", "q"), tie("value"), { maxKeys: 2 }),
      ),
    })).value;
    const digest = fc.constantFrom("a".repeat(64), "b".repeat(64));
    const path = fc.constantFrom("src/x.py", "src/y.py", "dist/artifacts/f.svg");
    const edit = fc.tuple(path, fc.constantFrom("M", "D", "?", "A"), fc.constantFrom(".", "M", "D", "?"));
    const input = fc.record({
      sha256: digest,
      row_count: fc.constantFrom(1, 2, null),
      ordered_columns: fc.constantFrom(["p"], ["p", "q"], null),
    });
    const inputs = fc.oneof(
      fc.constant(null),
      input,
      fc.record({ kind: fc.constant("synthetic"), seed: fc.constantFrom(1, 2) }),
      fc.record({ inputs: fc.dictionary(fc.constantFrom("train", "test"), input, { minKeys: 1 }) }),
    );
    const packages = fc.array(
      fc.record({ name: fc.constantFrom("numpy", "torch"), version: fc.constantFrom("1", "2", null) }),
      { maxLength: 2 },
    );
    const run = fc
      .record({
        version: fc.constantFrom(0, 2, 3),
        hasManifest: fc.boolean(),
        sha: fc.constantFrom(shaA, shaB),
        params: fc.dictionary(fc.constantFrom("lr", "seed", "deep"), value, { maxKeys: 3 }),
        argv: fc.array(word, { maxLength: 5 }),
        inputs,
        edits: fc.array(edit, { maxLength: 3 }),
        hasSource: fc.boolean(),
        omitted: fc.constantFrom(0, 0, 3),
        python: fc.option(packages),
        notGathered: fc.boolean(),
        cpu: fc.constantFrom("EPYC", "Xeon"),
        state: fc.constantFrom("completed", "failed", "unknown", "lost"),
        exit: fc.constantFrom(0, 1, null),
        artifacts: fc.uniqueArray(
          fc.record({ name: fc.constantFrom("model", "log"), sha256: fc.option(digest) }),
          { selector: ({ name }) => name },
        ),
        stages: fc.subarray(["10_a", "20_b", "30_c"]),
        status: fc.constantFrom("completed", "skipped"),
      })
      .map((drawn) =>
        madeRun({
          version: drawn.version,
          state: drawn.state as "failed",
          inputs: drawn.inputs,
          result: { exit_code: drawn.exit, signal: drawn.exit === null ? "SIGKILL" : null },
          artifacts: drawn.artifacts,
          environment: gathered({
            packages: { python: drawn.python === null ? null : { list: drawn.python }, node: null },
            not_gathered: drawn.notGathered ? [{ what: "python packages", reason: "time" }] : [],
          }),
          run: {
            stages: drawn.stages.map((name) => ({
              name,
              status: drawn.status as "completed",
              started_at: null,
              finished_at: null,
              elapsed_seconds: null,
              message: null,
              artifacts: {},
            })),
          },
          machine: { cpu: { model: drawn.cpu } },
          source: drawn.hasSource
            ? {
                changes: drawn.edits.map(([name, index, worktree]) => change(name, index, worktree)),
                changes_omitted: drawn.omitted,
              }
            : null,
          manifest: drawn.hasManifest
            ? {
                params: { ...drawn.params, argv: drawn.argv },
                git: { sha: drawn.sha, branch: "main", dirty: drawn.edits.length > 0 },
              }
            : null,
        }),
      );
    const hunks = [
      { a_start: 1, a_lines: 1, b_start: 1, b_lines: 2, heading: "", lines: ["-one", "+1", "+2"] },
    ];
    const ports = portsOver([
      treeFile("src/x.py", "a1", "b1", { hunks }),
      treeFile("src/z.py", null, "b2", { added: null, removed: null }),
    ]);
    await fc.assert(
      fc.asyncProperty(run, run, async (a, b) => {
        const elsewhere = { ...b, folder: "/elsewhere" };
        const diff = await diffBoth(a, elsewhere, ports);
        expect((await diffBoth(a, { ...a, folder: "/copy" }, ports)).outcome).not.toBe("changed");
        expect(diff.outcome === "same").toBe(/^Nothing differs\./.test(diff.summary));
        expect(diff.outcome === "unknown").toBe(/^Nothing is known to differ\./.test(diff.summary));
      }),
      { numRuns: 400 },
    );
  });
});
