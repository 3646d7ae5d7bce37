import { describe, expect, test } from "@jest/globals";
import { columnsOf, diffInputs, predates } from "../../../src/operations/diff/inputs.js";
import { madeRun } from "./compared-run.js";

const digest = (letter: string) => letter.repeat(64);
const input = (letter: string, more: object = {}) => ({
  provenance_version: 1,
  authored_path: "data/train.csv",
  resolved_path: "/data/train.csv",
  sha256: digest(letter),
  size_bytes: 10,
  mtime_utc: "2026-11-20T10:42:07Z",
  row_count: 2,
  column_count: 2,
  ordered_columns: ["x", "y"],
  ...more,
});
const external = (hashes: Record<string, string>) => ({
  data_provenance: { kind: "external" as const, hashes },
});
const bare = (version: number, inputs: Record<string, unknown> | null = null) =>
  madeRun({ manifest: null, version, inputs });

describe("diffInputs", () => {
  test("M30 M29 tells same, changed, added and removed by digest alone", () => {
    const a = madeRun({
      inputs: { inputs: { train: input("a"), test: input("b"), old: input("c") } },
    });
    const b = madeRun({
      inputs: {
        inputs: {
          train: input("a", { mtime_utc: "2026-12-01T00:00:00Z", resolved_path: "/elsewhere" }),
          test: input("d", { row_count: 3 }),
          new: input("c"),
        },
      },
    });
    const { outcome, inputs } = diffInputs(a, b);
    expect(outcome).toBe("changed");
    expect(inputs.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["new", "only_b"],
      ["old", "only_a"],
      ["test", "changed"],
      ["train", "same"],
    ]);
    expect(inputs[2]).toMatchObject({ a: { sha256: digest("b"), row_count: 2 }, b: { row_count: 3 } });
  });

  test("M30 a run from before provenance is unknown, never changed", () => {
    for (const version of [0, 1, 2]) {
      expect(diffInputs(bare(version), bare(3, input("a")))).toMatchObject({
        outcome: "unknown",
        reason: predates,
        inputs: [
          { name: "input", outcome: "unknown", reason: predates, a: null, b: { sha256: digest("a") } },
        ],
      });
    }
    expect(diffInputs(bare(1), bare(2))).toEqual({ outcome: "unknown", reason: predates, inputs: [] });
  });

  test("a record that is not here is unknown for another reason", () => {
    expect(diffInputs(bare(3), bare(3, input("a")))).toMatchObject({
      outcome: "unknown",
      reason: "its provenance is not here",
    });
    expect(diffInputs(bare(3), bare(2)).reason).toBe(`its provenance is not here; ${predates}`);
  });

  test("one input without a name is held against the only one of the other run", () => {
    const named = madeRun({ manifest: external({ train: digest("a") }), inputs: input("a") });
    expect(diffInputs(bare(3, input("b")), named).inputs).toMatchObject([
      { name: "train", outcome: "changed", a: { sha256: digest("b") }, b: { row_count: 2 } },
    ]);
    expect(diffInputs(bare(3, input("b")), bare(3, input("b")))).toMatchObject({ outcome: "same" });
    const two = madeRun({ inputs: { inputs: { train: input("a"), test: input("b") } } });
    expect(diffInputs(bare(3, input("b")), two).inputs.map(({ name }) => name)).toEqual([
      "input",
      "test",
      "train",
    ]);
  });

  test("seeds are compared as numbers, and with inputs not at all", () => {
    const seeded = (seed: number) => madeRun({ inputs: { provenance_version: 1, kind: "synthetic", seed } });
    expect(diffInputs(seeded(1), seeded(1)).outcome).toBe("same");
    expect(diffInputs(seeded(1), seeded(2)).inputs).toMatchObject([
      { name: "synthetic seed", outcome: "changed", a: { seed: 1 }, b: { seed: 2 } },
    ]);
    const read = madeRun({ manifest: external({ train: digest("a") }), inputs: input("a") });
    expect(diffInputs(seeded(1), read).inputs.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["synthetic seed", "only_a"],
      ["train", "only_b"],
    ]);
  });

  test("the manifest's digests serve where the record is not here or not understood", () => {
    const a = madeRun({ manifest: external({ train: digest("a") }), inputs: null });
    const b = madeRun({ manifest: external({ train: digest("a") }), inputs: { nonsense: true } });
    expect(diffInputs(a, b)).toMatchObject({
      outcome: "same",
      inputs: [{ name: "train", a: { sha256: digest("a"), row_count: null } }],
    });
  });

  test("columns are told as added, removed or moved", () => {
    const of = (ordered_columns: string[] | null) => ({
      seed: null,
      sha256: digest("a"),
      size_bytes: null,
      row_count: null,
      authored_path: null,
      ordered_columns,
    });
    expect(columnsOf(of(["a", "b", "c"]), of(["c", "a", "d"]))).toEqual({
      added: ["d"],
      removed: ["b"],
      reordered: true,
    });
    expect(columnsOf(of(null), of(["a"]))).toEqual({ added: [], removed: [], reordered: false });
  });
});
