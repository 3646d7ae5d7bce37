import { describe, expect, test } from "@jest/globals";
import { parseRunRef, runRef } from "../../../src/manifest/refs.js";
import { faultOfRecordPath } from "../../../src/operations/share/record-paths.js";

describe("faultOfRecordPath", () => {
  test.each([
    "manifest.json",
    "run_manifest.json",
    "SHA256SUMS",
    "reconciled.jsonl",
    "metrics.jsonl",
    "metrics-1.jsonl",
    "samples.jsonl",
    "samples/a.png",
    "logs/stdout.log",
    "00_run_metadata/command.json",
    "20_model_fit/model.bin",
    "artifacts/-o",
    "artifacts/model/.gitattributes",
    "artifacts/na\u00efve\n\\.bin",
  ])("lets %j pass", (path) => {
    expect(faultOfRecordPath(path)).toBeUndefined();
  });

  test.each([
    "",
    "/etc/passwd",
    "../x",
    "artifacts/../../x",
    "artifacts//x",
    "artifacts/./x",
    "artifacts/x\0y",
    "artifacts",
    "artifacts/.git/config",
    "artifacts/.GIT/config",
    "artifacts/.git. /config",
    "artifacts/git~1/config",
    "artifacts/.git::$INDEX_ALLOCATION/config",
    "logs/../x",
    "logs\\x",
    "C:x",
    ".gitattributes",
    ".gitignore",
    "00_run_metadata/.gitattributes",
    "logs/.hidden",
    "src/train.py",
    "notes.txt",
    "metrics.jsonl/x",
    "Manifest.json",
    "logs/-x",
  ])("refuses %j", (path) => {
    expect(faultOfRecordPath(path)).toEqual(expect.any(String));
  });
});

describe("parseRunRef", () => {
  test("knows the refs of runs, and no other", () => {
    const id = "20261120T104207Z_3f9c2e1_k3f9q2";
    for (const kind of ["snapshot", "records"] as const)
      expect(parseRunRef(runRef(kind, id))).toEqual({ kind, id });
    for (const ref of [
      "refs/heads/main",
      `refs/heads/refs/colophon/snapshots/${id}`,
      `refs/colophon/snapshots/${id}/x`,
    ])
      expect(parseRunRef(ref)).toBeUndefined();
    expect(parseRunRef(`refs/colophon/snapshots/${id} x`)).toBeUndefined();
  });
});
