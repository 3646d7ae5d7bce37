import { describe, expect, test } from "@jest/globals";
import { indexRuns } from "../../../src/operations/trace/index-runs.js";

const digest = (letter: string) => letter.repeat(64);

/** Records as they stand, by folder and file. */
function index(records: Record<string, Record<string, unknown>>) {
  return indexRuns(Object.keys(records), {
    namespaceOf: () => "colophon",
    readFile: (folder, path) => {
      const content = records[folder]?.[path];
      return content === undefined ? null : new TextEncoder().encode(JSON.stringify(content));
    },
  });
}

const run = (started_at: string, entries: object = {}) => ({
  run_name: "run",
  started_at,
  colophon: { artifacts: { entries } },
});
const kept = (letter: string) => ({ path: "artifacts/x", sha256: digest(letter), source: null });

describe("indexRuns", () => {
  test("knows makers and readers of a content by its whole digest, newest first", () => {
    const found = index({
      "/r/older": { "run_manifest.json": run("2026-11-20T10:00:00.000Z", { x: kept("a") }) },
      "/r/newer": {
        "run_manifest.json": run("2026-11-21T10:00:00.000Z", { y: kept("a") }),
        "manifest.json": { data_provenance: { kind: "external", hashes: { train: digest("b") } } },
      },
    });
    expect(found.makersOf(digest("a")).map(({ run, name }) => [run.id, name])).toEqual([
      ["newer", "y"],
      ["older", "x"],
    ]);
    expect(found.readersOf(digest("b")).map(({ run, name }) => [run.id, name])).toEqual([["newer", "train"]]);
    expect([found.makersOf("a".repeat(63)), found.readersOf(digest("a"))]).toEqual([[], []]);
  });

  test("knows every way in which one run names another", () => {
    const found = index({
      "/r/child": {
        "manifest.json": {
          colophon: { command: { parent: "p", previous_attempt: "q", from: "r" }, reproduction: { of: "s" } },
        },
      },
    });
    const relations = ["p", "q", "r", "s"].map((id) => found.relativesOf(id).map(({ relation }) => relation));
    expect(relations).toEqual([["child-of"], ["attempt-after"], ["repeats"], ["reproduces"]]);
  });

  test("reads the provenance of a run that has no manifest of its experiment", () => {
    const found = index({
      "/r/origin": {
        "run_manifest.json": run("2026-11-20T10:00:00.000Z"),
        "00_run_metadata/input_data_provenance.json": { sha256: digest("c") },
      },
      "/r/nothing": {},
    });
    expect(found.readersOf(digest("c")).map(({ run }) => run.id)).toEqual(["origin"]);
    expect([found.runs.size, found.unreadable]).toEqual([1, 1]);
  });
});
