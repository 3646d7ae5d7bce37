import { describe, expect, test } from "@jest/globals";
import type { ObservedFiles } from "../../../../src/generated/types.js";
import { wroteIn } from "../../../../src/operations/run/observed/evidence.js";

const seen = {
  files: [
    { path: "written.txt", written: true, deleted: false },
    { path: "removed.txt", written: false, deleted: true },
    { path: "read.txt", written: false, deleted: false },
  ],
  files_omitted: 0,
  groups: [{ name: "python", read: 3, written: 0 }],
  complete: true,
} as unknown as ObservedFiles;

describe("wroteIn", () => {
  const asked = ["written.txt", "removed.txt", "read.txt", "other.txt"];

  test("says who wrote what was seen, and of the rest only when nothing was missed", () => {
    expect(asked.map(wroteIn(seen))).toEqual([true, true, false, false]);
    expect(asked.map(wroteIn({ ...seen, complete: false }))).toEqual([true, true, undefined, undefined]);
    expect(asked.map(wroteIn({ ...seen, files_omitted: 1 }))).toEqual([true, true, undefined, undefined]);
    expect(asked.map(wroteIn({ ...seen, groups: [{ name: "git", read: 0, written: 1 }] }))).toEqual([
      true,
      true,
      undefined,
      undefined,
    ]);
  });

  test("says nothing of a run that was not observed", () => {
    expect(wroteIn(null)("written.txt")).toBeUndefined();
  });
});
