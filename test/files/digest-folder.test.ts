import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestFolder } from "../../src/files/digest-folder.js";
import { codeOf, faultOf, hasProgram, isLinux, makePipe, scratchFolder, testIf } from "./scratch.js";

const root = scratchFolder();
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

function makeTree(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(root, "tree-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function shellDigest(folder: string): string {
  const line = "find -L . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum";
  return execFileSync("sh", ["-c", line], { cwd: folder }).toString().slice(0, 64);
}

const shellTools = ["find", "sort", "xargs", "sha256sum"].every(hasProgram) && isLinux;

describe("digestFolder", () => {
  test("is the digest of the sorted sha256sum lines", async () => {
    const folder = makeTree({
      "b.txt": "B",
      "a/z": "Z",
      "a-b": "dash sorts before the slash",
      "a/inner/y": "Y",
      ".hidden": "",
    });
    const lines = [
      `${sha256("")}  ./.hidden\n`,
      `${sha256("dash sorts before the slash")}  ./a-b\n`,
      `${sha256("Y")}  ./a/inner/y\n`,
      `${sha256("Z")}  ./a/z\n`,
      `${sha256("B")}  ./b.txt\n`,
    ];
    utimesSync(join(folder, "a/z"), 2e9, 2e9);
    expect(await digestFolder(folder)).toEqual({
      sha256: sha256(lines.join("")),
      size_bytes: 30,
      file_count: 5,
      mtime_utc: "2033-05-18T03:33:20.000Z",
    });
  });

  testIf(shellTools, "needs find, sort, xargs and sha256sum")(
    "is what the shell line prints, whatever the names",
    async () => {
      const names = [
        "plain",
        "with blank",
        "-dash",
        "back\\slash",
        "new\nline",
        "ümlaut/ß",
        "ü",
        "\u{1f600}",
        "\uffee",
        "a.b",
        "a/b",
        "a b",
        "'quote\"",
        "x".repeat(200),
      ];
      const folder = makeTree(Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
      symlinkSync("../plain", join(folder, "a/link"));
      mkdirSync(join(folder, "empty"));
      expect((await digestFolder(folder)).sha256).toBe(shellDigest(folder));
    },
  );

  testIf(shellTools, "needs find, sort, xargs and sha256sum")(
    "takes names that are not UTF-8 as they are",
    async () => {
      const folder = makeTree({ plain: "x" });
      const raw = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xe9, 0x2e])]);
      mkdirSync(raw);
      writeFileSync(Buffer.concat([raw, Buffer.from("/inner")]), "y");
      writeFileSync(Buffer.concat([raw, Buffer.from([0xfe])]), "z");
      expect(await digestFolder(folder)).toMatchObject({ sha256: shellDigest(folder), file_count: 3 });
    },
  );

  testIf(shellTools, "needs find, sort, xargs and sha256sum")(
    "agrees with the shell line on trees of any shape",
    async () => {
      const trees = process.env.COLOPHON_TEST_LONG ? 500 : 20;
      const name = fc.string({
        unit: fc.constantFrom("a", "b", "-", " ", ".", "\\", "\n", "ü", "*"),
        minLength: 1,
        maxLength: 4,
      });
      const path = fc.array(
        name.map((text) => `f${text}`),
        { minLength: 1, maxLength: 3 },
      );
      const shape = fc.array(path, { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(shape, async (paths) => {
          const files = paths.map((segments) =>
            [...segments.slice(0, -1).map((part) => `${part}.d`), segments.at(-1)].join("/"),
          );
          const folder = makeTree(Object.fromEntries(files.map((file) => [file, file])));
          expect((await digestFolder(folder)).sha256).toBe(shellDigest(folder));
        }),
        { numRuns: trees },
      );
      console.log(`${trees} trees`);
    },
  );

  test("refuses a folder without files", async () => {
    const folder = makeTree({});
    mkdirSync(join(folder, "inner"));
    expect(await codeOf(() => digestFolder(folder))).toBe("EMPTY_FOLDER");
    expect(await codeOf(() => digestFolder(join(folder, "none")))).toBe("DATA_NOT_FOUND");
  });

  test("digests a link to a file of the folder as that file, under its own name", async () => {
    const folder = makeTree({ first: "1", second: "2" });
    symlinkSync("first", join(folder, "link"));
    const before = await digestFolder(folder);
    expect(before.file_count).toBe(3);
    rmSync(join(folder, "link"));
    symlinkSync("second", join(folder, "link"));
    expect((await digestFolder(folder)).sha256).not.toBe(before.sha256);
  });

  test("refuses a link that leaves the folder, leads to a folder or to nothing, and names it", async () => {
    const outside = makeTree({ file: "x" });
    for (const target of [
      join(outside, "file"),
      outside,
      "inner",
      "nothing",
      "loop",
      "../../../../../../../../etc/hosts",
    ]) {
      const folder = makeTree({ "inner/file": "x" });
      symlinkSync(target, join(folder, "loop"));
      const fault = await faultOf(() => digestFolder(folder));
      expect(fault.code).toBe("LINK_IN_FOLDER");
      expect(fault.message).toContain(join(folder, "loop"));
    }
  });

  test("is not misled by a neighbour whose name begins like the folder's", async () => {
    const folder = makeTree({ file: "x" });
    mkdirSync(`${folder}-more`);
    writeFileSync(`${folder}-more/file`, "y");
    symlinkSync(`${folder}-more/file`, join(folder, "link"));
    expect(await codeOf(() => digestFolder(folder))).toBe("LINK_IN_FOLDER");
  });

  test("refuses a pipe in the folder without waiting for a writer", async () => {
    const folder = makeTree({ file: "x" });
    makePipe(join(folder, "pipe"));
    expect(await codeOf(() => digestFolder(folder))).toBe("NOT_A_FILE");
  });

  test("refuses a folder that changes while it is read", async () => {
    const changes: ((folder: string) => void)[] = [
      (folder) => writeFileSync(join(folder, "new"), ""),
      (folder) => writeFileSync(join(folder, "b"), "longer than before"),
      (folder) => renameSync(join(folder, "b"), join(folder, "a/b")),
      (folder) => {
        writeFileSync(join(folder, "b2"), "B");
        renameSync(join(folder, "b2"), join(folder, "b"));
      },
    ];
    const codes: string[] = [];
    for (const change of changes) {
      const folder = makeTree({ "a/first": "1", b: "B" });
      for (const path of ["", "a", "b"]) utimesSync(join(folder, path), 1e9, 1e9);
      let changed = false;
      const onProgress = () => {
        if (!changed) change(folder);
        changed = true;
      };
      codes.push(await codeOf(() => digestFolder(folder, { onProgress })));
    }
    expect(codes).toEqual(["DATA_CHANGED", "DATA_CHANGED", "DATA_CHANGED", "DATA_CHANGED"]);
  });

  test("tells how far it is, up to the whole", async () => {
    const folder = makeTree({ a: "12", b: randomBytes(1_200_000), c: "" });
    const seen: { doneBytes: number; totalBytes: number; doneFiles: number; totalFiles: number }[] = [];
    await digestFolder(folder, { onProgress: (progress) => seen.push(progress) });
    expect(seen.every((progress) => progress.totalBytes === 1_200_002 && progress.totalFiles === 3)).toBe(
      true,
    );
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual(
      seen.map(({ doneBytes }) => doneBytes).sort((a, b) => a - b),
    );
    expect(seen.at(-1)).toEqual({ doneBytes: 1_200_002, totalBytes: 1_200_002, doneFiles: 3, totalFiles: 3 });
  });
});
