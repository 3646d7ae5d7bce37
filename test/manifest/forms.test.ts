import { describe, expect, test } from "@jest/globals";
import { folderOfExperiment, formatExperimentId, isExperimentId, isOwnPath } from "../../src/manifest/ids.js";
import { faultOfPath } from "../../src/manifest/paths.js";
import { appendToPointer, parentOfPointer, parsePointer, valueAt } from "../../src/manifest/pointer.js";
import { formatUtc, parseUtc } from "../../src/manifest/timestamps.js";

describe("experiment ids (Y09)", () => {
  const id = formatExperimentId("2026-11-20T10:42:07.120Z", "3f9c2e1aa".padEnd(40, "0"), "k3f9q2");

  test("name time, commit and six characters", () => {
    expect(id).toBe("20261120T104207Z_3f9c2e1_k3f9q2");
    expect(isExperimentId(id)).toBe(true);
    expect(folderOfExperiment(id)).toBe("2026-11/20261120T104207Z_3f9c2e1_k3f9q2");
  });

  test.each(["", "../..", "20261120T104207Z_3f9c2e1_K3F9Q2", `${id}/x`, "20261120T104207_3f9c2e1_k3f9q2"])(
    "%j is none",
    (text) => {
      expect(isExperimentId(text)).toBe(false);
    },
  );

  test.each([
    [`records/2026-11/${id}/manifest.json`, true],
    [`records/2026-11/${id}/logs/stdout.log`, true],
    ["records/.gitignore", true],
    [`records/2026-12/${id}/manifest.json`, false],
    ["records/notes.md", false],
    ["records/2026-11/mine.txt", false],
    [`other/2026-11/${id}/manifest.json`, false],
    [`records/2026-11/${id}`, false],
    [`recordsx/2026-11/${id}/manifest.json`, false],
  ])("%s is our own: %s", (path, own) => {
    expect(isOwnPath(path, "records")).toBe(own);
  });
});

describe("faultOfPath (rel-M9, K14)", () => {
  test.each([
    "",
    "/etc/passwd",
    "../x",
    "a/../b",
    "a//b",
    "./a",
    "C:/x",
    "a\\b",
    "a\0b",
    "a\nb",
    "-rf",
    "a/-x",
    "nul",
    "a/CON.txt",
    `${"x".repeat(256)}`,
    "é".repeat(128),
  ])("finds one in %j", (path) => {
    expect(faultOfPath(path)).toBeDefined();
  });

  test.each(["a", "00_run_metadata/config.source.yaml", "a b/ü.txt", ".hidden", "a...b", "console.log"])(
    "finds none in %j",
    (path) => {
      expect(faultOfPath(path)).toBeUndefined();
    },
  );
});

describe("JSON Pointers", () => {
  test("escape what their grammar needs", () => {
    expect(appendToPointer("/a", "x/y~z")).toBe("/a/x~1y~0z");
    expect(parsePointer("/a/x~1y~0z/~01")).toEqual(["a", "x/y~z", "~1"]);
    expect(parentOfPointer("/a/b")).toBe("/a");
    expect(parentOfPointer("/a")).toBe("");
  });

  test("find own members only", () => {
    expect(valueAt({ a: [{ b: 1 }] }, "/a/0/b")).toBe(1);
    expect(valueAt({}, "/constructor")).toBeUndefined();
  });
});

describe("UTC times (Y10, C31)", () => {
  test("are written in milliseconds with Z", () => {
    expect(formatUtc(Date.UTC(2026, 10, 20, 10, 42, 7, 120))).toBe("2026-11-20T10:42:07.120Z");
  });

  test.each([
    "2026-11-20T10:42:07Z",
    "2026-11-20T10:42:07.123456+00:00",
    "2026-11-20T10:42:07+00:00",
    "2024-02-29T00:00:00.1Z",
  ])("%s is read", (text) => {
    expect(parseUtc(text)).toBe(Date.parse(text));
  });

  test.each([
    "2026-11-20 10:42:07Z",
    "2026-11-20t10:42:07z",
    "2026-11-20T10:42:07",
    "2026-11-20T10:42:07+01:00",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T10:42:60Z",
    "2026-11-20",
    "",
  ])("%s is not", (text) => {
    expect(parseUtc(text)).toBeUndefined();
  });
});
