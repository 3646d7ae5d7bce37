import { describe, expect, test } from "@jest/globals";
import { namedPaths } from "../../../src/operations/inputs/named-paths.js";
import {
  type ProvenanceFlags,
  requestProvenance,
} from "../../../src/operations/inputs/request-provenance.js";

const none: ProvenanceFlags = { syntheticSeed: undefined, data: [], dataHash: [], dataSums: [] };
const typed = (flags: string) => `colophon run ${flags} -- python train.py data/train.csv`;
const digest = "ab".repeat(32);

function request(
  flags: Partial<ProvenanceFlags>,
  config?: Parameters<typeof requestProvenance>[1],
  named: string[] = [],
) {
  return requestProvenance({ ...none, ...flags }, config, () => ({ paths: named, ofProject: false }), typed);
}

describe("requestProvenance", () => {
  test("takes a seed, zero and negative too (Y43)", () => {
    expect(request({ syntheticSeed: "42" })).toEqual({ kind: "synthetic", seed: 42 });
    expect(request({ syntheticSeed: "-7" })).toEqual({ kind: "synthetic", seed: -7 });
    expect(Object.is((request({ syntheticSeed: "-0" }) as { seed: number }).seed, 0)).toBe(true);
  });

  test.each(["", "1.5", "abc", "1e3", "9007199254740993", "true"])(
    "refuses the seed %j with BAD_SEED",
    (syntheticSeed) => {
      expect(() => request({ syntheticSeed })).toThrow(expect.objectContaining({ code: "BAD_SEED" }));
    },
  );

  test("takes paths, digests and sums together", () => {
    expect(
      request({
        data: ["train=a.csv", "test=b=c.csv"],
        dataHash: [`far=sha256:${digest}`],
        dataSums: ["SUMS"],
      }),
    ).toEqual({
      kind: "external",
      ofProject: new Set(),
      paths: new Map([
        ["train", "a.csv"],
        ["test", "b=c.csv"],
      ]),
      declared: new Map([["far", digest]]),
      sums: ["SUMS"],
    });
  });

  test.each([
    [{ data: ["a.csv"] }, "BAD_FLAG_VALUE"],
    [{ data: ["=a.csv"] }, "BAD_FLAG_VALUE"],
    [{ data: ["a="] }, "BAD_FLAG_VALUE"],
    [{ data: ["__proto__=a"] }, "BAD_FLAG_VALUE"],
    [{ data: ["a=x", "a=y"] }, "INPUT_TWICE"],
    [{ data: ["a=x"], dataHash: [`a=${digest}`] }, "INPUT_TWICE"],
    [{ dataHash: ["a=abc"] }, "BAD_DIGEST"],
    [{ dataHash: [`a=${digest.toUpperCase()}`] }, "BAD_DIGEST"],
    [{ syntheticSeed: "1", data: ["a=x"] }, "TWO_PROVENANCES"],
    [{ data: ["auto"] }, "NO_DATA_NAMED"],
  ])("refuses %j with %s", (flags, code) => {
    expect(() => request(flags)).toThrow(expect.objectContaining({ code }));
  });

  test("takes colophon.json where no flag speaks, and lets flags overrule it", () => {
    expect(request({}, { syntheticSeed: 3 })).toEqual({ kind: "synthetic", seed: 3 });
    expect(request({}, { files: { train: "a.csv" }, hashes: { far: digest } })).toMatchObject({
      kind: "external",
      declared: new Map([["far", digest]]),
      ofProject: new Set(["train"]),
    });
    expect(request({ syntheticSeed: "4" }, { files: { train: "a.csv" } })).toEqual({
      kind: "synthetic",
      seed: 4,
    });
    expect(() => request({}, { syntheticSeed: 3, auto: true })).toThrow(
      expect.objectContaining({ code: "TWO_PROVENANCES" }),
    );
  });

  test("refuses a run without provenance, with the line to type made from what was found", () => {
    const refusal = expect.objectContaining({
      code: "NO_PROVENANCE",
      message: expect.stringContaining("A training seed is not a data seed"),
      hint: "Type: colophon run --data train=data/train.csv -- python train.py data/train.csv",
    });
    expect(() => request({}, undefined, ["data/train.csv"])).toThrow(refusal);
    expect(() => request({})).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("--synthetic-seed 42 -- python") }),
    );
  });
});

describe("namedPaths", () => {
  const there = new Set([
    "train.py",
    "data/train.csv",
    "data",
    "conf.yaml",
    "run.sh",
    "-odd",
    "model.bin",
    "python",
    "sim",
  ]);
  const named = (...argv: string[]) => namedPaths(argv, ["own.yaml"], (path) => there.has(path));

  test.each([
    [["python", "train.py", "data/train.csv"], ["data/train.csv"]],
    [["python3.11", "-u", "train.py", "--data=data/train.csv", "--out", "none"], ["data/train.csv"]],
    [["python", "-m", "pkg.train", "data"], ["data"]],
    [["python", "-c", "print(1)", "data"], ["data"]],
    [["python", "train.py", "--config", "conf.yaml", "data"], ["data"]],
    [["python", "train.py", "--config=conf.yaml"], []],
    [["uv", "run", "python", "train.py", "data"], ["data"]],
    [["env", "A=1", "python", "train.py", "data"], ["data"]],
    [["torchrun", "--nproc=2", "train.py", "data"], ["data"]],
    [["./sim", "data/train.csv", "data/train.csv"], ["data/train.csv"]],
    [["sim"], []],
    [["bash", "run.sh", "data"], ["data"]],
    [["python", "train.py", "nothing.csv", "3"], []],
  ])("in %j finds %j", (argv, found) => {
    expect(named(...argv)).toEqual(found);
  });
});
