import { createHash, randomBytes } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { formatStamp, stampOf } from "../../src/files/data-file.js";
import { digestFolder } from "../../src/files/digest-folder.js";
import { digestInput, type InputProgress } from "../../src/files/digest-inputs.js";
import { openStatCache } from "../../src/files/stat-cache.js";
import { tableReader } from "../../src/tables/table-reader.js";
import { codeOf, scratchFolder } from "./scratch.js";

const root = scratchFolder();
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const planted = "f".repeat(64);

interface Place {
  readonly folder: string;
  readonly cacheFolder: string;
}

function newPlace(files: Readonly<Record<string, string | Buffer>>): Place {
  const place = mkdtempSync(join(root, "case-"));
  const folder = join(place, "data");
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { folder, cacheFolder: join(place, "digests") };
}

/** A cache for which what was written just now is long ago. */
const later = ({ cacheFolder }: Place) => openStatCache(cacheFolder, () => Date.now() + 60_000);

/** Makes the cache answer wrongly, which shows whether it was asked. */
function plant(place: Place, section: string, key: string, path: string): void {
  const cache = later(place).section(section);
  cache.store(key, formatStamp(stampOf(statSync(path, { bigint: true }))), { sha256: planted });
  cache.save();
}

describe("digestInput", () => {
  test("digests a file and counts its rows in one pass", async () => {
    const { folder } = newPlace({ "train.csv": "x,y\n1,2\n3,4\n" });
    symlinkSync("data", join(folder, "..", "link"));
    const path = join(folder, "..", "link", "train.csv");
    expect(await digestInput(path, { tables: tableReader })).toEqual({
      form: "file",
      resolvedPath: join(realpathSync(folder), "train.csv"),
      sha256: sha256("x,y\n1,2\n3,4\n"),
      size_bytes: 12,
      file_count: 1,
      mtime_utc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      table: { row_count: 2, column_count: 2, ordered_columns: ["x", "y"] },
      tableReason: null,
    });
  });

  test("gives the reason why a file is no table, and none when nobody asked", async () => {
    const { folder } = newPlace({ "ragged.csv": "x,y\n1\n", "model.bin": "\0" });
    const ragged = await digestInput(join(folder, "ragged.csv"), { tables: tableReader });
    expect(ragged).toMatchObject({ table: null, tableReason: "row 1 has 1 fields, the header 2" });
    const model = await digestInput(join(folder, "model.bin"), { tables: tableReader });
    expect(model).toMatchObject({ table: null, tableReason: expect.stringContaining("none of .csv") });
    expect(await digestInput(join(folder, "ragged.csv"))).toMatchObject({ table: null, tableReason: null });
  });

  test("digests a folder", async () => {
    const { folder } = newPlace({ a: "A", "b.csv": "x\n1\n" });
    const { sha256: digest } = await digestFolder(folder);
    expect(await digestInput(folder, { tables: tableReader })).toMatchObject({
      form: "folder",
      sha256: digest,
      file_count: 2,
      size_bytes: 5,
      table: null,
      tableReason: null,
    });
  });

  test("does not read a file again that has not changed, and remembers its shape", async () => {
    const place = newPlace({ "train.csv": "x,y\n1,2\n" });
    const path = join(place.folder, "train.csv");
    const first = await digestInput(path, { cache: later(place), tables: tableReader });
    let reads = 0;
    const onProgress = () => reads++;
    expect(await digestInput(path, { cache: later(place), tables: tableReader, onProgress })).toEqual(first);
    expect(reads).toBe(0);
    expect(first.table?.row_count).toBe(1);
  });

  test("reads a file again to count it, if that was not asked before", async () => {
    const place = newPlace({ "train.csv": "x,y\n1,2\n" });
    const path = join(place.folder, "train.csv");
    await digestInput(path, { cache: later(place) });
    expect((await digestInput(path, { cache: later(place), tables: tableReader })).table?.row_count).toBe(1);
  });

  test("reads a file again that has other content of the same size, even with its old time", async () => {
    const place = newPlace({ file: "old content" });
    const path = join(place.folder, "file");
    utimesSync(path, 1e9, 1e9);
    await digestInput(path, { cache: later(place) });
    plant(place, realpathSync(path), "", path);
    expect((await digestInput(path, { cache: later(place) })).sha256).toBe(planted);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(path, "new content");
    utimesSync(path, 1e9, 1e9);
    expect((await digestInput(path, { cache: later(place) })).sha256).toBe(sha256("new content"));
  });

  test("does not remember a file that was written a moment ago", async () => {
    const place = newPlace({ file: "x" });
    await digestInput(join(place.folder, "file"), { cache: openStatCache(place.cacheFolder) });
    await digestInput(place.folder, { cache: openStatCache(place.cacheFolder) });
    expect(readdirSync(join(place.folder, ".."))).toEqual(["data"]);
  });

  test("reads of a folder only the files that have changed", async () => {
    const place = newPlace({ a: "A", b: "B", c: "C" });
    const first = await digestInput(place.folder, { cache: later(place) });
    expect(await digestInput(place.folder, { cache: later(place) })).toEqual(first);
    plant(place, `${realpathSync(place.folder)}/`, "a", join(place.folder, "a"));
    writeFileSync(join(place.folder, "b"), "changed");
    const lines = `${planted}  ./a\n${sha256("changed")}  ./b\n${sha256("C")}  ./c\n`;
    expect((await digestInput(place.folder, { cache: later(place) })).sha256).toBe(sha256(lines));
  });

  test("sees a file that was added, renamed or removed, and content that was swapped", async () => {
    const place = newPlace({ a: "A", b: "B" });
    const digests = new Set<string>();
    const digest = async () => digests.add((await digestInput(place.folder, { cache: later(place) })).sha256);
    await digest();
    writeFileSync(join(place.folder, "c"), "C");
    await digest();
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(place.folder, "a"), "B");
    writeFileSync(join(place.folder, "b"), "A");
    await digest();
    expect(digests.size).toBe(3);
    expect([...digests].at(-1)).toBe((await digestFolder(place.folder)).sha256);
  });

  test("keeps what it has learned when it is broken off, and nothing of a whole that it has not seen", async () => {
    const place = newPlace({ a: "A", b: randomBytes(1_000_000), c: "C" });
    const onProgress = ({ doneBytes }: InputProgress) => {
      if (doneBytes > 100) writeFileSync(join(place.folder, "c"), "longer");
    };
    expect(await codeOf(() => digestInput(place.folder, { cache: later(place), onProgress }))).toBe(
      "DATA_CHANGED",
    );
    expect(readdirSync(place.cacheFolder)).toHaveLength(1);
    const { sha256: digest } = await digestInput(place.folder, { cache: later(place) });
    expect(digest).toBe((await digestFolder(place.folder)).sha256);
  });

  test("tells how far it is", async () => {
    const { folder } = newPlace({ big: randomBytes(1_500_000) });
    const path = join(folder, "big");
    const seen: InputProgress[] = [];
    await digestInput(path, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual({
      path,
      doneBytes: 1_500_000,
      totalBytes: 1_500_000,
      doneFiles: 1,
      totalFiles: 1,
    });
  });

  test("passes on what is wrong with the data, and the signal's reason", async () => {
    const { folder } = newPlace({});
    expect(await codeOf(() => digestInput(folder))).toBe("EMPTY_FOLDER");
    expect(await codeOf(() => digestInput(join(folder, "none")))).toBe("DATA_NOT_FOUND");
    expect(await codeOf(() => digestInput("/dev/null"))).toBe("NOT_A_FILE");
    await expect(digestInput(folder, { signal: AbortSignal.abort("stopped") })).rejects.toBe("stopped");
  });
});
