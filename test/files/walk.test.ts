import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { locate, textOf } from "../../src/files/byte-path.js";
import { type Entry, walkFiles } from "../../src/files/walk.js";
import { isLinux, makePipe, scratchFolder, testIf } from "./scratch.js";

const root = scratchFolder();

function makeTree(): string {
  const folder = mkdtempSync(join(root, "tree-"));
  for (const path of ["a", "a/inner", "a.d", "b"]) mkdirSync(join(folder, path));
  for (const path of ["a/z", "a/inner/y", "a-b", "a.d/x", "é", "~"]) writeFileSync(join(folder, path), "");
  symlinkSync("a", join(folder, "link"));
  makePipe(join(folder, "pipe"));
  return folder;
}

const shown = (entries: Iterable<Entry>) => [...entries].map(({ path, kind }) => `${kind} ${textOf(path)}`);

describe("walkFiles", () => {
  test("gives everything in the order of the bytes of the whole path, with its kind, and follows no link", () => {
    expect(shown(walkFiles(makeTree()))).toEqual([
      "file a-b",
      "folder a.d",
      "file a.d/x",
      "folder a",
      "folder a/inner",
      "file a/inner/y",
      "file a/z",
      "folder b",
      "link link",
      "other pipe",
      "file ~",
      "file é",
    ]);
  });

  test("passes over what it is told to skip, a folder with all that it holds", () => {
    const skip = ({ path, kind }: Entry) => path === "a" || kind !== "file" || path === "~";
    expect(shown(walkFiles(makeTree(), { skip }))).toEqual(["file a-b", "file é"]);
  });

  test("stops as soon as nobody asks for more", () => {
    for (const { path } of walkFiles(makeTree())) {
      expect(path).toBe("a-b");
      break;
    }
  });

  test("takes a folder of very many files", () => {
    const folder = mkdtempSync(join(root, "many-"));
    const count = process.env.COLOPHON_TEST_LONG ? 200_000 : 2000;
    for (let index = 0; index < count; index++) writeFileSync(join(folder, `${index}`), "");
    expect([...walkFiles(folder)]).toHaveLength(count);
  });

  testIf(isLinux, "file names are Unicode here")("leads back to a file whose name is not UTF-8", () => {
    const folder = mkdtempSync(join(root, "raw-"));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), "content");
    const [entry] = walkFiles(folder);
    expect(textOf(entry!.path)).toBe("a\uFFFD");
    expect(locate(folder, entry!.path)).toEqual(
      Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff])]),
    );
  });
});
