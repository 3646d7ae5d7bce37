import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { digestFolder } from "../../src/files/digest-folder.js";
import { openStatCache } from "../../src/files/stat-cache.js";
import { formatSums } from "../../src/files/sums.js";
import { sha256 } from "../../src/manifest/digest.js";
import {
  digestRecorded,
  type FileMemory,
  listTracked,
  openTree,
} from "../../src/store/runs/recorded-files.js";
import { makePipe } from "../files/scratch.js";

let place: string;
let root: string;

beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-recorded-")));
  root = join(place, "artifacts");
  mkdirSync(join(root, "model/parts"), { recursive: true });
  for (const name of ["model/parts/b", "model/a", "model-2", "z"]) writeFileSync(join(root, name), name);
  writeFileSync(join(root, "SHA256SUMS"), "the list");
  writeFileSync(join(root, ".gitignore"), "*\n");
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

/** A clock far ahead, so that what was written just now counts as settled. */
function memory(): FileMemory & { readonly learnt: string[] } {
  const cache = openStatCache(join(place, "cache"), () => Date.now() + 60_000);
  const section = cache.section("runs");
  const learnt: string[] = [];
  const store: FileMemory["section"]["store"] = (key, stamp, remembered) => {
    learnt.push(key);
    section.store(key, stamp, remembered);
  };
  return { now: cache.now, section: { ...section, store }, learnt };
}

const sums = (...names: string[]) =>
  formatSums(names.map((path) => ({ path, sha256: sha256(readFileSync(join(root, path))) })));

describe("openTree", () => {
  test("digests the list that sha256sum would write, without the list itself", async () => {
    const tree = openTree(root, null);
    expect(tree).toMatchObject({ count: 4, hasLinks: false });
    expect(await tree.listDigest()).toBe(sha256(sums("model-2", "model/a", "model/parts/b", "z")));
    expect([...(await tree.digests())].map(([path]) => path)).toEqual([
      "model-2",
      "model/a",
      "model/parts/b",
      "z",
    ]);
  });

  test("digests a folder as it is digested where it came from", async () => {
    const tree = openTree(root, null);
    const { sha256 } = await digestFolder(join(root, "model"));
    expect(await tree.folderDigest("model", tree.digests)).toBe(sha256);
    expect(await tree.folderDigest("nothing", tree.digests)).toBeNull();
  });

  test("remembers many files as a whole, and forgets when one of them changes", async () => {
    for (let number = 0; number < 20; number += 1) writeFileSync(join(root, `f${number}`), "f");
    const known = memory();
    const digest = await openTree(root, known).listDigest();
    expect(known.learnt).toEqual([`${root}/`]);
    known.section.save({ keepRest: true });
    const later = memory();
    expect(await openTree(root, later).listDigest()).toBe(digest);
    expect(later.learnt).toEqual([]);
    writeFileSync(join(root, "f7"), "g");
    expect(await openTree(root, later).listDigest()).not.toBe(digest);
    expect(later.learnt).toHaveLength(1);
  });

  test("links and pipes are told, and not followed or opened", async () => {
    symlinkSync("/etc/passwd", join(root, "link"));
    makePipe(join(root, "pipe"));
    const tree = openTree(root, null);
    const digests = await tree.digests();
    expect(tree).toMatchObject({ count: 4, hasLinks: true });
    expect([digests.get("link"), digests.get("pipe")]).toEqual([
      { state: "other", what: "a link" },
      { state: "other", what: "no regular file" },
    ]);
  });

  test("a file that is gone before it is read is unreadable, and spoils the list", async () => {
    const tree = openTree(root, null);
    rmSync(join(root, "z"));
    expect(await tree.listDigest()).toBeNull();
    expect((await tree.digests()).get("z")).toMatchObject({ state: "unreadable" });
    expect((await tree.digests()).get("model/a")).toMatchObject({ state: "read", bytes: 7 });
  });
});

describe("digestRecorded", () => {
  test("reads small files each time, and remembers large ones", async () => {
    const known = memory();
    expect(await digestRecorded(place, "artifacts/z", known)).toEqual({
      state: "read",
      sha256: sha256("z"),
      bytes: 1,
    });
    const large = Buffer.alloc(2 * 1024 * 1024, 1);
    writeFileSync(join(root, "large"), large);
    const read = { state: "read", sha256: sha256(large), bytes: large.length };
    expect(await digestRecorded(place, "artifacts/large", known)).toEqual(read);
    expect(known.learnt).toEqual([join(root, "large")]);
    known.section.save({ keepRest: true });
    const later = memory();
    expect(await digestRecorded(place, "artifacts/large", later)).toEqual(read);
    expect(later.learnt).toEqual([]);
    large[0] = 2;
    writeFileSync(join(root, "large"), large);
    utimesSync(join(root, "large"), 1_700_000_000, 1_700_000_000);
    expect(await digestRecorded(place, "artifacts/large", later)).toMatchObject({ sha256: sha256(large) });
  });

  test.each([
    ["absent", "artifacts/none"],
    ["absent", "none/none"],
    ["other", "../outside"],
    ["other", "out"],
    ["unreadable", "artifacts"],
    ["unreadable", "loop"],
  ])("is %s for %s", async (state, path) => {
    symlinkSync("/etc/passwd", join(place, "out"));
    symlinkSync("loop", join(place, "loop"));
    expect(await digestRecorded(place, path, null)).toMatchObject({ state });
  });
});

describe("listTracked", () => {
  test("lists what Git has of a run folder, by kind", () => {
    mkdirSync(join(place, "00_run_metadata"));
    mkdirSync(join(place, "logs"));
    for (const name of ["00_run_metadata/notes.jsonl", "manifest.json", "metrics.jsonl", "logs/stdout.log"])
      writeFileSync(join(place, name), "");
    symlinkSync("manifest.json", join(place, "copy.json"));
    expect(listTracked(place)).toEqual({
      kinds: new Map([
        ["00_run_metadata/notes.jsonl", "file"],
        ["copy.json", "link"],
        ["manifest.json", "file"],
      ]),
      fault: null,
    });
    expect(listTracked(join(place, "none"))).toMatchObject({ fault: expect.stringContaining("ENOENT") });
  });
});
