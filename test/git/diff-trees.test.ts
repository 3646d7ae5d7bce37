import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type DiffOptions, diffTrees, type TreeFile } from "../../src/git/trees/diff-trees.js";
import { mirrorHunk, parsePatches } from "../../src/git/trees/hunks.js";
import { env, failureOf, makeFolder, makeScratch, type Scratch, scratchAt } from "./scratch.js";

const everything: DiffOptions = { env, isLeftOut: () => false, mostLines: Number.POSITIVE_INFINITY };

function commit({ git }: Scratch, ...words: string[]): string {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message=Go on", ...words);
  return git("rev-parse", "HEAD");
}

async function filesBetween(
  { root }: Scratch,
  a: string,
  b: string,
  options: Partial<DiffOptions> = {},
): Promise<readonly TreeFile[]> {
  const diff = await diffTrees(root, a, b, { ...everything, ...options });
  if (diff.state !== "compared") throw new Error(`missing: ${diff.commits.join(" ")}`);
  const back = await diffTrees(root, b, a, { ...everything, ...options });
  expect(back).toEqual({ state: "compared", files: diff.files.map(mirrored) });
  return diff.files;
}

function mirrored(file: TreeFile): TreeFile {
  const { a, b, added, removed, hunks } = file;
  return { ...file, a: b, b: a, added: removed, removed: added, hunks: hunks?.map(mirrorHunk) ?? null };
}

describe("diffTrees", () => {
  test("gives the files that differ, with counts and hunks, in the order of their names", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("a.txt", "one\n2\nthree\nfour\n");
    scratch.write("new.txt", "new\n");
    scratch.remove("src/b.txt");
    const after = commit(scratch);
    const files = await filesBetween(scratch, before, after);
    expect(files.map(({ path, added, removed }) => [path, added, removed])).toEqual([
      ["a.txt", 2, 1],
      ["new.txt", 1, 0],
      ["src/b.txt", 0, 1],
    ]);
    expect(files[0]).toMatchObject({
      a: { mode: "100644", oid: scratch.git("rev-parse", `${before}:a.txt`) },
      hunks: [
        { a_start: 1, a_lines: 3, b_start: 1, b_lines: 4, lines: [" one", "-two", "+2", " three", "+four"] },
      ],
    });
    expect(files[1]).toMatchObject({ a: null, hunks: [{ lines: ["+new"] }] });
    expect(files[2]).toMatchObject({ b: null, hunks: [{ lines: ["-bee"] }] });
  });

  test("looks neither at the work tree nor at the index, and changes nothing", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    const after = commit(scratch);
    scratch.write("a.txt", "edited\n");
    scratch.write("src/b.txt", "staged\n");
    scratch.git("add", "src/b.txt");
    const status = scratch.git("status", "--porcelain");
    expect(await filesBetween(scratch, before, after)).toEqual([]);
    expect(scratch.git("status", "--porcelain")).toBe(status);
  });

  test("leaves out what is no code", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("records/run/manifest.json", "{}");
    scratch.write("a.txt", "1\n");
    const after = commit(scratch);
    const isLeftOut = (path: string) => path.startsWith("records/");
    const files = await filesBetween(scratch, before, after, { isLeftOut });
    expect(files.map(({ path }) => path)).toEqual(["a.txt"]);
  });

  test("tells modes, links, links in place of files, bytes that are no text, and submodules", async () => {
    const scratch = makeScratch();
    scratch.write("tool.sh", "#!/bin/sh\n");
    scratch.write("turns", "text\n");
    scratch.write("image.bin", Buffer.from([0, 1, 2]));
    const before = commit(scratch);
    scratch.git("update-index", "--chmod=+x", "tool.sh");
    scratch.git("config", "core.fileMode", "false");
    scratch.remove("turns");
    scratch.link("a.txt", "turns");
    scratch.write("image.bin", Buffer.from([0, 1, 3]));
    scratch.write("z.txt", "last\n");
    scratch.git("update-index", "--add", "--cacheinfo", `160000,${before},vendor`);
    scratch.git("add", "image.bin", "turns", "z.txt");
    scratch.git("commit", "--quiet", "--message=Go on");
    const files = await filesBetween(scratch, before, scratch.git("rev-parse", "HEAD"));
    expect(
      files.map(({ path, a, b, added, hunks }) => [path, a?.mode, b?.mode, added, hunks?.length]),
    ).toEqual([
      ["image.bin", "100644", "100644", null, undefined],
      ["tool.sh", "100644", "100755", 0, 0],
      ["turns", "100644", "120000", 1, 2],
      ["vendor", undefined, "160000", 1, 1],
      ["z.txt", undefined, "100644", 1, 1],
    ]);
    expect(files[0]?.isText).toBe(false);
    expect(files.at(-1)?.hunks?.[0]?.lines).toEqual(["+last"]);
  });

  test("takes names literally, whatever they are made of", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    const names = ["*.txt", ":(exclude)a", "-x", "nëw\tname", 'q"uote', "two\ndiff --git a/x b/x"];
    for (const name of names) scratch.write(name, `${name.length}\n`);
    const after = commit(scratch);
    const files = await filesBetween(scratch, before, after);
    expect(files.map(({ path }) => path)).toEqual(names.toSorted());
    expect(files.map(({ added, hunks }) => [added, hunks?.length])).toEqual(names.map(() => [1, 1]));
  });

  test("no setting or attribute of the repository changes the answer or starts a program", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("a.txt", "one\n\nthree\n\nfour\n");
    const after = commit(scratch);
    const plain = await filesBetween(scratch, before, after);
    const ran = `${makeFolder()}/ran`;
    const settings = {
      "diff.external": `touch ${ran}`,
      "diff.noprefix": "true",
      "diff.suppressBlankEmpty": "true",
      "diff.context": "0",
      "diff.algorithm": "patience",
      "diff.renames": "copies",
      "diff.relative": "true",
      "color.diff": "always",
      "diff.evil.textconv": `touch ${ran};cat`,
      "diff.evil.command": `touch ${ran}`,
    };
    for (const [name, value] of Object.entries(settings)) scratch.git("config", name, value);
    scratch.write(".git/info/attributes", "*.txt diff=evil\n");
    expect(await filesBetween(scratch, before, after)).toEqual(plain);
    expect(existsSync(ran)).toBe(false);
  });

  test("reads hunks until there are enough lines, and none of a file with thousands", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("a.txt", "1\n2\n3\n");
    scratch.write("b.csv", "row\n".repeat(6000));
    scratch.write("c.txt", "c\n");
    scratch.write("d.txt", "d\n");
    const after = commit(scratch);
    const read = async (mostLines: number) =>
      (await filesBetween(scratch, before, after, { mostLines })).map(({ hunks }) => hunks !== null);
    expect(await read(7)).toEqual([true, false, true, false]);
    expect(await read(0)).toEqual([false, false, false, false]);
    expect(await read(Number.POSITIVE_INFINITY)).toEqual([true, true, true, true]);
  });

  test("a thousand files take several calls and are all there", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    for (let index = 0; index < 1100; index += 1) scratch.write(`many/${index}.txt`, `${index}\n`);
    const after = commit(scratch);
    const files = await filesBetween(scratch, before, after);
    expect(files).toHaveLength(1100);
    expect(files.every(({ path, hunks }) => hunks?.[0]?.lines[0] === `+${/\d+/.exec(path)?.[0]}`)).toBe(true);
  });

  test("counts mirror each other where a diff of either direction alone might not", async () => {
    const scratch = makeScratch();
    const shuffled = (seed: number) =>
      Array.from({ length: 400 }, (_, index) => `${(index * seed) % 7}\n`).join("");
    for (const seed of [1, 2, 3, 5]) {
      scratch.write("a.txt", shuffled(seed));
      const before = commit(scratch);
      scratch.write("a.txt", shuffled(seed + 3));
      await filesBetween(scratch, before, commit(scratch));
    }
  });

  test("says which commit is not there, as in a shallow clone", async () => {
    const scratch = makeScratch();
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("a.txt", "1\n");
    const after = commit(scratch);
    const clone = scratchAt(`${makeFolder()}/clone`);
    scratch.git("clone", "--quiet", "--depth=1", `file://${scratch.root}`, clone.root);
    expect(await diffTrees(clone.root, before, after, everything)).toEqual({
      state: "missing",
      commits: [before],
    });
    const absent = "0123456789012345678901234567890123456789";
    expect(await diffTrees(clone.root, absent, before, everything)).toEqual({
      state: "missing",
      commits: [absent, before].sort(),
    });
  });

  test("an object that is no commit is no commit, and what is no id is refused", async () => {
    const scratch = makeScratch();
    const head = scratch.git("rev-parse", "HEAD");
    const blob = scratch.git("rev-parse", "HEAD:a.txt");
    expect(await diffTrees(scratch.root, head, blob, everything)).toEqual({
      state: "missing",
      commits: [blob],
    });
    expect(await failureOf(diffTrees(scratch.root, head, "--output=x", everything))).toMatchObject({
      code: "GIT_UNREADABLE",
    });
  });

  test("in a clone without file contents the files are named and not counted, and nothing is fetched", async () => {
    const scratch = makeScratch();
    scratch.git("config", "uploadpack.allowFilter", "true");
    const before = scratch.git("rev-parse", "HEAD");
    scratch.write("a.txt", "1\n");
    const after = commit(scratch);
    const clone = scratchAt(`${makeFolder()}/clone`);
    scratch.git(
      "clone",
      "--quiet",
      "--no-checkout",
      "--filter=blob:none",
      `file://${scratch.root}`,
      clone.root,
    );
    const files = await filesBetween(clone, before, after);
    expect(files).toMatchObject([{ path: "a.txt", isText: null, added: null, removed: null, hunks: null }]);
  });

  test("outside a repository Git's own error is ours", async () => {
    const folder = makeFolder();
    const id = "0123456789012345678901234567890123456789";
    expect(await failureOf(diffTrees(folder, id, id, everything))).toMatchObject({
      code: "NOT_A_REPOSITORY",
    });
  });
});

describe("hunks", () => {
  const text = [
    "diff --git a/x b/x",
    "--- a/x",
    "+++ b/x",
    "@@ -1,3 +1,2 @@ def f():",
    " one",
    "--- two",
    "-three",
    "\\ No newline at end of file",
    "+++ 2",
    "\\ No newline at end of file",
    "@@ -9 +8,0 @@",
    "-diff --git a/y b/y",
    "diff --git a/mode b/mode",
    "old mode 100644",
    "new mode 100755",
    "",
  ].join("\n");

  test("lines that look like headers are content", () => {
    const [first, second, ...more] = parsePatches(text);
    expect(more).toEqual([]);
    expect(second).toEqual([]);
    expect(first).toEqual([
      {
        a_start: 1,
        a_lines: 3,
        b_start: 1,
        b_lines: 2,
        heading: "def f():",
        lines: [
          " one",
          "--- two",
          "-three",
          "\\ No newline at end of file",
          "+++ 2",
          "\\ No newline at end of file",
        ],
      },
      { a_start: 9, a_lines: 1, b_start: 8, b_lines: 0, heading: "", lines: ["-diff --git a/y b/y"] },
    ]);
  });

  test("from the other side what was removed is added, and each line keeps its missing newline", () => {
    const [[hunk]] = parsePatches(text) as [[Parameters<typeof mirrorHunk>[0]]];
    expect(mirrorHunk(hunk).lines).toEqual([
      " one",
      "-++ 2",
      "\\ No newline at end of file",
      "+-- two",
      "+three",
      "\\ No newline at end of file",
    ]);
    expect(mirrorHunk(mirrorHunk(hunk))).toEqual(hunk);
  });
});
