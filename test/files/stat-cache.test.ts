import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isSettled, openStatCache } from "../../src/files/stat-cache.js";
import { scratchFolder } from "./scratch.js";

const root = scratchFolder();
const digest = { sha256: "1".repeat(64) };
const other = { sha256: "2".repeat(64), table: { shape: null, reason: "it is empty" } as const };
const newCacheFolder = () => join(mkdtempSync(join(root, "case-")), "digests");

function store(folder: string, name: string, entries: Readonly<Record<string, typeof digest>>): void {
  const section = openStatCache(folder).section(name);
  for (const [key, remembered] of Object.entries(entries)) section.store(key, "stamp", remembered);
  section.save();
}

const onlyFile = (folder: string) => join(folder, readdirSync(folder)[0]!);

describe("openStatCache", () => {
  test("remembers over a restart, as long as the stamp is the same", () => {
    const folder = newCacheFolder();
    store(folder, "/data", { a: digest, b: other });
    const section = openStatCache(folder).section("/data");
    expect(section.find("a", "stamp")).toEqual(digest);
    expect(section.find("b", "stamp")).toEqual(other);
    expect(section.find("a", "another stamp")).toBeUndefined();
    expect(section.find("c", "stamp")).toBeUndefined();
    expect(openStatCache(folder).section("/other").find("a", "stamp")).toBeUndefined();
  });

  test("keeps what was found or stored; what nobody asked for only when the reading was broken off", () => {
    const folder = newCacheFolder();
    store(folder, "/data", { gone: digest, kept: digest });
    const brokenOff = openStatCache(folder).section("/data");
    brokenOff.find("kept", "stamp");
    brokenOff.store("new", "stamp", digest);
    brokenOff.save({ keepRest: true });
    expect(openStatCache(folder).section("/data").find("gone", "stamp")).toEqual(digest);
    const complete = openStatCache(folder).section("/data");
    complete.find("kept", "stamp");
    complete.save();
    const later = openStatCache(folder).section("/data");
    expect(later.find("kept", "stamp")).toEqual(digest);
    expect(later.find("gone", "stamp")).toBeUndefined();
    expect(later.find("new", "stamp")).toBeUndefined();
  });

  test("remembers nothing from a file that was damaged, cut short or is another's", () => {
    const damages: ((file: string) => void)[] = [
      (file) => writeFileSync(file, readFileSync(file, "utf8").replace("1111", "1121")),
      (file) => truncateSync(file, 100),
      (file) => writeFileSync(file, ""),
      (file) => writeFileSync(file, "[]"),
      (file) => {
        const folder = newCacheFolder();
        store(folder, "/elsewhere", { a: digest });
        writeFileSync(file, readFileSync(onlyFile(folder)));
      },
    ];
    for (const damage of damages) {
      const folder = newCacheFolder();
      store(folder, "/data", { a: digest });
      damage(onlyFile(folder));
      const section = openStatCache(folder).section("/data");
      expect(section.find("a", "stamp")).toBeUndefined();
      section.store("a", "stamp", digest);
      section.save();
      expect(openStatCache(folder).section("/data").find("a", "stamp")).toEqual(digest);
    }
  });

  test("is done without where it cannot be written", () => {
    const missing = join(mkdtempSync(join(root, "case-")), "none");
    store(join(missing, "digests"), "/data", { a: digest });
    expect(existsSync(missing)).toBe(false);
    const inTheWay = join(mkdtempSync(join(root, "case-")), "digests");
    writeFileSync(inTheWay, "a file");
    store(inTheWay, "/data", { a: digest });
    expect(readFileSync(inTheWay, "utf8")).toBe("a file");
  });

  test("keeps the 200 inputs that were written last, and no temporary files", () => {
    const folder = newCacheFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "left-behind.tmp"), "");
    utimesSync(join(folder, "left-behind.tmp"), 1e9, 1e9);
    for (let input = 0; input < 205; input++) store(folder, `/data/${input}`, { a: digest });
    expect(readdirSync(folder)).toHaveLength(200);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(openStatCache(folder).section("/data/204").find("a", "stamp")).toEqual(digest);
  });
});

describe("isSettled", () => {
  test("mistrusts a file that was touched less than two seconds before it was read, in either time", () => {
    const at = (mtime: number, ctime: number) => ({
      size: 1,
      ino: 1,
      dev: 1,
      mtimeNs: BigInt(mtime) * 1_000_000n,
      ctimeNs: BigInt(ctime) * 1_000_000n,
    });
    expect(isSettled(at(7_999, 8_000), 10_000)).toBe(true);
    expect(isSettled(at(8_001, 5_000), 10_000)).toBe(false);
    expect(isSettled(at(5_000, 8_001), 10_000)).toBe(false);
    expect(isSettled(at(20_000, 5_000), 10_000)).toBe(false);
  });
});
