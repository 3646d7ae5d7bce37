import { describe, expect, test } from "@jest/globals";
import { gatherHistories } from "../../../../src/operations/run/observed/histories.js";
import type { ObservedEvent } from "../../../../src/process/observe/observed-event.js";

const there = { there: true, isRegular: true, size: 1, mtimeNs: 1n } as const;
const absent = { there: false } as const;
const file = (
  opened: "reading" | "writing" | "both" | "deleting",
  path: string,
  before: typeof there | typeof absent = there,
) => ({ kind: "file", process: "1", opened, path, before, time: null }) satisfies ObservedEvent;
const rename = (from: string, to: string): ObservedEvent => ({ kind: "rename", process: "1", from, to });

async function gather(...events: ObservedEvent[]) {
  async function* told() {
    yield { kind: "process", process: "1", by: "python", version: "3.11.7", programs: ["python"] } as const;
    yield* events;
  }
  return gatherHistories(told());
}

async function historyOf(path: string, ...events: ObservedEvent[]) {
  const { first, read, written, deleted, renamedTo } = (await gather(...events)).histories.get(path) ?? {};
  return { first, read, written, deleted, renamedTo };
}

describe("gatherHistories", () => {
  test("remembers what came first", async () => {
    expect(await historyOf("/a", file("reading", "/a"), file("writing", "/a"))).toMatchObject({
      first: "read",
      written: true,
    });
    expect(await historyOf("/a", file("writing", "/a"), file("reading", "/a"))).toMatchObject({
      first: "write",
      read: true,
    });
    expect(await historyOf("/a", file("both", "/a", absent))).toMatchObject({
      first: "write",
      read: true,
      written: true,
    });
    expect(await historyOf("/a", file("both", "/a"))).toMatchObject({
      first: "read",
      read: true,
      written: true,
    });
  });

  test("takes a file written beside and renamed over another for one that was written", async () => {
    const events = [file("reading", "/a"), file("writing", "/a.tmp", absent), rename("/a.tmp", "/a")];
    expect(await historyOf("/a", ...events)).toEqual({
      first: "read",
      read: true,
      written: true,
      deleted: false,
      renamedTo: null,
    });
    expect(await historyOf("/a.tmp", ...events)).toMatchObject({
      first: "write",
      deleted: true,
      renamedTo: "/a",
    });
  });

  test("has a file back that was removed and made again", async () => {
    const events = [file("reading", "/a"), file("deleting", "/a"), file("writing", "/a", absent)];
    expect(await historyOf("/a", ...events)).toMatchObject({ first: "read", deleted: false, written: true });
  });

  test("knows one file by several spellings, and who told of it", async () => {
    const { histories } = await gather(file("reading", "/w/./a"), file("writing", "/w//a"));
    expect([...histories.keys()]).toEqual(["/w/a"]);
    expect([...(histories.get("/w/a")?.by ?? [])]).toEqual(["python"]);
  });

  test("counts what is lost and capped", async () => {
    const { lost, capped } = await gather(
      { kind: "lost", lines: 2 },
      { kind: "capped" },
      { kind: "lost", lines: 1 },
    );
    expect([lost, capped]).toEqual([3, 1]);
  });
});
