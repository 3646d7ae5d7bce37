import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listRuns, loadRun } from "../../../src/index.js";
import { openCatalog } from "../../../src/local-ports/records/catalog.js";
import { listRunsAt } from "../../../src/local-ports/records/records.js";
import { newPlace, writeOriginRun, writeRecord } from "./records.js";

let place: string;

beforeEach(() => {
  place = newPlace();
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

const idAt = (time: string, suffix: string) => `202611${time}Z_3f9c2e1_${suffix}`;

/** A run that starts when its id says. */
function writeAt(parent: string, time: string, suffix: string) {
  const id = idAt(time, suffix);
  const [, day, hour, minute, second] = /^(..)T(..)(..)(..)$/.exec(time) as RegExpExecArray;
  const at = (seconds: string) => `2026-11-${day}T${hour}:${minute}:${seconds}Z`;
  return writeRecord(parent, {
    id,
    status: "failed",
    change: (run) => {
      run.started_at = at(second as string);
      run.finished_at = "2026-12-01T00:00:00Z";
    },
  });
}

const names = (runs: readonly { folder: string }[]) => runs.map(({ folder }) => folder.slice(-6));

describe("listRuns", () => {
  test("gives direct children, newest first, then by the folder's name (M35)", () => {
    for (const [time, suffix] of [
      ["20T100000", "bbbbbb"],
      ["21T100000", "cccccc"],
      ["20T100000", "aaaaaa"],
    ] as const)
      writeAt(place, time, suffix);
    writeAt(join(place, "2026-11"), "22T100000", "dddddd");
    mkdirSync(join(place, "notes"));
    writeFileSync(join(place, "README.md"), "");
    const runs = listRunsAt(place);
    expect(names(runs)).toEqual(["cccccc", "aaaaaa", "bbbbbb"]);
    expect(runs.every(({ run, error }) => run?.parameters !== undefined && error === null)).toBe(true);
  });

  test("compares instants, not their spelling, down to the nanosecond's beginning (C31)", () => {
    const { edit: first } = writeAt(place, "20T100000", "aaaaaa");
    first((run) => {
      run.started_at = "2026-11-20T10:00:00.5+00:00";
    });
    const { edit: second } = writeAt(place, "20T100000", "bbbbbb");
    second((run) => {
      run.started_at = "2026-11-20T10:00:00.600Z";
    });
    expect(names(listRunsAt(place))).toEqual(["bbbbbb", "aaaaaa"]);
  });

  test("goes on past a broken neighbour, and puts it where its name says (M35)", () => {
    writeAt(place, "20T100000", "aaaaaa");
    const { put } = writeAt(place, "21T100000", "broken");
    put("run_manifest.json", "{");
    writeAt(place, "22T100000", "cccccc");
    const { folder: gone } = writeAt(place, "19T100000", "branch");
    for (const path of ["run_manifest.json", "manifest.json", "00_run_metadata"])
      rmSync(join(gone, path), { recursive: true });
    const runs = listRunsAt(place);
    expect(names(runs)).toEqual(["cccccc", "broken", "aaaaaa", "branch"]);
    expect(runs.map(({ run, error }) => [run === null, error?.code])).toEqual([
      [false, undefined],
      [true, "RECORD_TRUNCATED"],
      [false, undefined],
      [true, "RUN_ON_ANOTHER_BRANCH"],
    ]);
  });

  test("lists runs of other tools by their manifest", () => {
    const folder = writeOriginRun(place);
    expect(listRunsAt(place).map((listed) => listed.folder)).toEqual([folder]);
  });

  test("lists a link to a run as one, and follows none", () => {
    const elsewhere = newPlace();
    const { folder } = writeAt(elsewhere, "20T100000", "aaaaaa");
    const named = join(place, idAt("21T100000", "bbbbbb"));
    symlinkSync(folder, join(place, "linked"));
    symlinkSync("nowhere", named);
    symlinkSync(elsewhere, join(place, "data"));
    symlinkSync("loop", join(place, "loop"));
    writeAt(place, "20T120000", "cccccc");
    const runs = listRunsAt(place);
    rmSync(elsewhere, { recursive: true });
    expect(runs.map(({ folder: at, error }) => [at.slice(-6), error?.code])).toEqual([
      ["bbbbbb", "RUN_IS_LINK"],
      ["cccccc", undefined],
      ["linked", "RUN_IS_LINK"],
    ]);
    expect(runs[2]?.error).toMatchObject({
      message: `${place}/linked is a link to ${folder}; lists follow none`,
      hint: `To load it, name it: colophon show ${place}/linked`,
    });
  });

  test("is what the API gives, by path or URL, and each run is the one that is loaded alone", () => {
    const { folder } = writeAt(place, "20T100000", "aaaaaa");
    const [listed] = listRuns(place);
    expect(listRuns(pathToFileURL(place))).toEqual([listed]);
    expect(listed).toEqual({ folder, run: loadRun(folder), error: null });
    expect(loadRun(pathToFileURL(join(folder, "run_manifest.json")), { namespace: "colophon" }).folder).toBe(
      folder,
    );
  });

  test("refuses a folder that cannot be listed", () => {
    expect(() => listRunsAt(join(place, "nothing"))).toThrow(
      expect.objectContaining({ code: "RUNS_UNREADABLE", hint: expect.stringContaining("records/") }),
    );
  });
});

describe("listNewest", () => {
  const list = (limit: number | null, tag: string | null = null) => {
    const request = { namespace: undefined, maximumBytes: undefined, isFresh: false };
    return openCatalog(place, {}, { ...request, folder: place }).catalog.listNewest({ limit, tag });
  };

  test("lists the newest, and says how many there are", async () => {
    for (const day of ["01", "02", "03", "04"]) writeAt(place, `${day}T100000`, `aaaa${day}`);
    expect(names((await list(2)).runs)).toEqual(["aaaa04", "aaaa03"]);
    expect((await list(2)).total).toBe(4);
    expect((await list(null)).runs).toHaveLength(4);
    expect((await list(9)).runs).toHaveLength(4);
  });

  test("counts links among them, where nothing but a name is asked for", async () => {
    writeAt(place, "20T100000", "aaaaaa");
    symlinkSync("nowhere", join(place, idAt("21T100000", "bbbbbb")));
    expect(names((await list(1)).runs)).toEqual(["bbbbbb"]);
    expect([(await list(1)).total, (await list(null)).runs.length, (await list(null, "base")).total]).toEqual(
      [2, 2, 0],
    );
  });

  test("judges of manifest.json what it shows; loading judges the rest", async () => {
    const { folder, put } = writeAt(place, "20T100000", "aaaaaa");
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    put("manifest.json", { ...manifest, colophon: { machine: { hostname: 7 } } });
    expect((await list(null)).runs[0]).toMatchObject({ error: null, run: { code: manifest.git } });
    expect(listRunsAt(place)[0]?.error?.code).toBe("RECORD_INVALID");
    put("manifest.json", { ...manifest, git: { ...manifest.git, sha: 7 } });
    expect((await list(null)).runs[0]?.error?.code).toBe("RECORD_INVALID");
  });

  test("orders all that began in the second at the cut before it cuts", async () => {
    for (const [suffix, fraction] of [
      ["aaaaaa", "100"],
      ["bbbbbb", "900"],
      ["cccccc", "500"],
    ] as const) {
      writeAt(place, "20T100000", suffix).edit((run) => {
        run.started_at = `2026-11-20T10:00:00.${fraction}Z`;
      });
    }
    expect(names((await list(2)).runs)).toEqual(["bbbbbb", "cccccc"]);
  });

  test("takes only runs that have a tag now", async () => {
    const line = (tags: string[], untags: string[], second: number) =>
      `${JSON.stringify({ note_version: 1, time: `2026-11-21T00:00:0${second}Z`, by: null, tags, untags, text: null })}\n`;
    writeAt(place, "20T100000", "tagged").put("00_run_metadata/notes.jsonl", line(["base"], [], 1));
    writeAt(place, "21T100000", "before").put(
      "00_run_metadata/notes.jsonl",
      line([], ["base"], 2) + line(["base"], [], 1),
    );
    writeAt(place, "22T100000", "never0");
    expect(names((await list(null, "base")).runs)).toEqual(["tagged"]);
    expect((await list(null, "base")).total).toBe(1);
  });
});
