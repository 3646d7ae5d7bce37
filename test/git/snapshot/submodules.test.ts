import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { env, makeScratch, type Scratch, scratchAt } from "../scratch.js";
import { checkOut, everythingBelow, filesBelow, snap, snapOf } from "./snap.js";

/** A committed submodule `lib` with `a.txt` and `src/b.txt`. */
function withSubmodule(): { outer: Scratch; inner: Scratch } {
  const outer = makeScratch();
  outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
  outer.git("commit", "--quiet", "--message=Library");
  return { outer, inner: scratchAt(join(outer.root, "lib")) };
}

describe("takeSnapshot on submodules", () => {
  test("git-78: one at another commit is that commit in the tree, without an overlay", async () => {
    const { outer, inner } = withSubmodule();
    inner.git("commit", "--quiet", "--allow-empty", "--message=Next");
    const commit = inner.git("rev-parse", "HEAD");
    const { record } = await snap(outer);
    expect(record).toMatchObject({ state: "stored", overlay: null, proof: { held: true } });
    expect(record.submodules).toEqual([
      { path: "lib", commit, dirty: false, stored: 0, removed: [], removed_omitted: 0 },
    ]);
    expect(outer.git("ls-tree", record.tree ?? "", "lib")).toContain(commit);
  });

  test("git-79: a staged move of the pointer, another on disk, and edits on top", async () => {
    const { outer, inner } = withSubmodule();
    inner.git("commit", "--quiet", "--allow-empty", "--message=Staged");
    outer.git("add", "lib");
    inner.git("commit", "--quiet", "--allow-empty", "--message=On disk");
    inner.write("a.txt", "edited\n");
    const { record } = await snap(outer);
    expect(outer.git("ls-tree", record.tree ?? "", "lib")).toContain(inner.git("rev-parse", "HEAD"));
    expect(outer.git("show", `${record.overlay}:lib/a.txt`)).toBe("edited");
    expect(record.proof.held).toBe(true);
  });

  test("git-82: edits three levels down are laid over the place where they lie", async () => {
    const { outer: middle } = withSubmodule();
    const top = makeScratch();
    top.git("submodule", "--quiet", "add", middle.root, "middle");
    top.git("submodule", "--quiet", "update", "--init", "--recursive");
    top.git("commit", "--quiet", "--message=Nest");
    top.write("middle/lib/a.txt", "deep edit\n");
    top.write("middle/new.txt", "in the middle\n");
    rmSync(join(top.root, "middle/lib/src/b.txt"));
    const { record } = await snap(top);
    expect(record.submodules).toMatchObject([
      { path: "middle", dirty: true, stored: 1 },
      { path: "middle/lib", dirty: true, stored: 1, removed: [{ path: "middle/lib/src/b.txt" }] },
    ]);
    expect(record.proof.held).toBe(true);
    expect(filesBelow(checkOut(top, record))).toEqual(filesBelow(top.root));
  });

  test("its files are kept as bytes, whatever filters and settings there are", async () => {
    const { outer, inner } = withSubmodule();
    outer.git("config", "core.autocrlf", "true");
    inner.write("a.txt", "dos\r\n");
    inner.write(".gitattributes", "*.txt text\n");
    const { record } = await snap(outer);
    expect(outer.git("ls-tree", "--long", record.overlay ?? "", "lib/a.txt")).toMatch(/ 5\tlib\/a\.txt$/);
    expect(record.converted).toEqual([]);
  });

  test("git-57: an edit that a bit hides in a dirty submodule is stored too", async () => {
    const { outer, inner } = withSubmodule();
    inner.git("update-index", "--assume-unchanged", "src/b.txt");
    inner.write("src/b.txt", "hidden\n");
    inner.write("a.txt", "edited\n");
    const { record } = await snap(outer);
    expect(outer.git("show", `${record.overlay}:lib/src/b.txt`)).toBe("hidden");
  });

  test("nothing is written into a submodule, its Git folder included", async () => {
    const { outer, inner } = withSubmodule();
    inner.write("a.txt", "edited\n");
    inner.write("new.txt", "new\n");
    const [work, folder] = [inner.root, join(outer.root, ".git/modules/lib")];
    const before = [everythingBelow(work), everythingBelow(folder)];
    expect((await snap(outer)).record.state).toBe("stored");
    expect([everythingBelow(work), everythingBelow(folder)]).toEqual(before);
  });

  test("git-72: a repository inside a submodule is named by its whole path", async () => {
    const { outer, inner } = withSubmodule();
    inner.git("init", "--quiet", "nested");
    inner.write("a.txt", "edited\n");
    const { record } = await snap(outer);
    expect(record.nested_repositories).toEqual(["lib/nested"]);
    expect(record.proof.held).toBe(true);
  });

  test("git-80: one that was added and not committed, and one that was replaced by a file", async () => {
    const { outer, inner } = withSubmodule();
    outer.git("submodule", "--quiet", "add", inner.git("remote", "get-url", "origin"), "second");
    rmSync(inner.root, { recursive: true });
    outer.write("lib", "a file now\n");
    const { record } = await snap(outer);
    expect(record.proof.held).toBe(true);
    expect(outer.git("ls-tree", record.tree ?? "", "lib", "second")).toMatch(/^100644 .*\n160000 /);
  });

  test("git-77: one that is not checked out is what the index says, also when that was moved", async () => {
    const { outer, inner } = withSubmodule();
    const [was, is] = [inner.git("rev-parse", "HEAD"), "1".repeat(40)];
    outer.git("submodule", "--quiet", "deinit", "--force", "lib");
    outer.write("a.txt", "edited\n");
    const { record } = await snap(outer);
    expect(outer.git("ls-tree", record.tree ?? "", "lib")).toContain(was);
    outer.git("update-index", "--cacheinfo", `160000,${is},lib`);
    const moved = (await snap(outer)).record;
    expect(outer.git("ls-tree", moved.tree ?? "", "lib")).toContain(is);
    expect(moved).toMatchObject({ submodules: [], overlay: null, proof: { held: true } });
  });

  test("one whose name is not UTF-8 stays the commit that the index names, and is listed as unread", async () => {
    const outer = makeScratch();
    const odd = Buffer.concat([Buffer.from(`${outer.root}/`), Buffer.from([0x6c, 0xef])]);
    mkdirSync(odd);
    const inside = { cwd: outer.root, env };
    spawnSync(
      "sh",
      ["-c", `cd "$(printf 'l\\357')" && git init -q && git commit -q --allow-empty -m x`],
      inside,
    );
    spawnSync("sh", ["-c", `git add "$(printf 'l\\357')" && git commit -q -m odd`], inside);
    writeFileSync(Buffer.concat([odd, Buffer.from("/new.txt")]), "new");
    const { record } = await snap(outer);
    expect(record.submodules).toMatchObject([{ path_base64: "bO8=", commit: null }]);
    expect(record.tree).toBe(outer.git("rev-parse", "HEAD^{tree}"));
  });

  test("one that cannot be read is listed without a commit, and is not taken for a folder of the repository around it", async () => {
    const { outer, inner } = withSubmodule();
    outer.write("a.txt", "edited\n");
    inner.write("a.txt", "edited\n");
    const captured = await outer.capture();
    rmSync(join(inner.root, ".git"));
    mkdirSync(join(inner.root, ".git"));
    const { record } = await snapOf(captured);
    expect(record.submodules).toEqual([
      { path: "lib", commit: null, dirty: true, stored: 0, removed: [], removed_omitted: 0 },
    ]);
    expect(record.overlay).toBeNull();
    expect(outer.git("show", `${record.commit}:a.txt`)).toBe("edited");
  });
});
