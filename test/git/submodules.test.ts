import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { makeFolder, makeScratch, type Scratch, scratchAt } from "./scratch.js";

/** A committed submodule `lib`, checked out, with a file `lib/lib.txt`. */
function withSubmodule(): { outer: Scratch; inner: Scratch; library: Scratch } {
  const library = makeScratch();
  library.write("lib.txt", "library\n");
  library.commit("Library");
  const outer = makeScratch();
  outer.git("submodule", "--quiet", "add", library.root, "lib");
  outer.git("commit", "--quiet", "--message=Use the library");
  return { outer, inner: scratchAt(join(outer.root, "lib")), library };
}

async function submoduleOf({ capture }: Scratch) {
  const { git, source } = await capture();
  return { dirty: git.dirty, count: source.counts.submodules, submodule: source.changes[0]?.submodule };
}

describe("captureSource on submodules", () => {
  test("git-77: a submodule that is not checked out is clean, and listed as such", async () => {
    const { outer, library } = withSubmodule();
    const commit = library.git("rev-parse", "HEAD");
    expect((await outer.capture()).source.submodules).toEqual([{ path: "lib", commit, initialized: true }]);
    const clone = scratchAt(join(makeFolder(), "clone"));
    outer.git("clone", "--quiet", outer.root, clone.root);
    const { git, source } = await clone.capture();
    expect(git.dirty).toBe(false);
    expect(source.submodules).toEqual([{ path: "lib", commit, initialized: false }]);
    expect((await clone.capture("src")).source.submodules).toHaveLength(1);
  });

  test("git-78: another commit, edits and untracked files are three different facts", async () => {
    const facts = { commit_changed: false, modified: false, untracked: false };
    const { outer, inner } = withSubmodule();
    expect(await submoduleOf(outer)).toEqual({ dirty: false, count: 0, submodule: undefined });
    inner.write("new.txt", "");
    expect(await submoduleOf(outer)).toEqual({
      dirty: true,
      count: 1,
      submodule: { ...facts, untracked: true },
    });
    inner.remove("new.txt");
    inner.write("lib.txt", "edited");
    expect((await submoduleOf(outer)).submodule).toEqual({ ...facts, modified: true });
    inner.git("commit", "--quiet", "--all", "--message=Edit");
    expect((await submoduleOf(outer)).submodule).toEqual({ ...facts, commit_changed: true });
  });

  test("git-79: a staged move of the pointer with edits on top is recorded in both places", async () => {
    const { outer, inner } = withSubmodule();
    inner.git("commit", "--quiet", "--allow-empty", "--message=Next");
    outer.git("add", "lib");
    inner.write("lib.txt", "edited");
    const { source } = await outer.capture();
    expect(source.changes).toMatchObject([
      { path: "lib", index: "M", worktree: "M", submodule: { modified: true } },
    ]);
    expect(source.submodules[0]?.commit).toBe(inner.git("rev-parse", "HEAD"));
  });

  test("git-80: a submodule that was added but not committed makes the tree dirty", async () => {
    const { outer, library } = withSubmodule();
    outer.git("submodule", "--quiet", "add", library.root, "second");
    const { source } = await outer.capture();
    expect(source.changes.map(({ path, index }) => [path, index])).toEqual([
      [".gitmodules", "M"],
      ["second", "A"],
    ]);
  });

  test("git-54: no setting hides a submodule's edits", async () => {
    const { outer, inner } = withSubmodule();
    inner.write("new.txt", "");
    outer.git("config", "diff.ignoreSubmodules", "all");
    outer.git("config", "submodule.lib.ignore", "all");
    outer.git("config", "--file", ".gitmodules", "submodule.lib.ignore", "all");
    inner.git("config", "status.showUntrackedFiles", "no");
    const { source } = await outer.capture();
    expect(source.changes.find(({ path }) => path === "lib")?.submodule).toMatchObject({ untracked: true });
  });

  test.each(["absolute", "relative"])("git-19, git-81: inside a submodule with an %s .git", async (form) => {
    const { outer, inner } = withSubmodule();
    const link = form === "absolute" ? join(outer.root, ".git/modules/lib") : "../.git/modules/lib";
    writeFileSync(join(inner.root, ".git"), `gitdir: ${link}\n`);
    const { root, git, source } = await inner.capture();
    expect(root).toBe(inner.root);
    expect(git).toEqual({ sha: inner.git("rev-parse", "HEAD"), branch: "main", dirty: false });
    expect(source.superproject).toEqual({ sha: outer.git("rev-parse", "HEAD"), path: "lib" });
    expect(source.worktree.linked).toBe(false);
    expect(JSON.stringify({ ...source, remotes: [] })).not.toContain(outer.root);
    expect((await outer.capture()).source.superproject).toBeNull();
  });

  test("a superproject without a commit has no sha", async () => {
    const outer = makeScratch({ unborn: true });
    const library = makeScratch();
    outer.git("submodule", "--quiet", "add", library.root, "lib");
    const { superproject } = (await scratchAt(join(outer.root, "lib")).capture()).source;
    expect(superproject).toEqual({ sha: null, path: "lib" });
  });

  test("git-82: an edit three levels down reaches the top", async () => {
    const { outer: middle } = withSubmodule();
    const top = makeScratch();
    top.git("submodule", "--quiet", "add", middle.root, "middle");
    top.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive");
    top.git("commit", "--quiet", "--message=Nest");
    expect((await top.capture()).git.dirty).toBe(false);
    const deep = scratchAt(join(top.root, "middle/lib"));
    deep.write("lib.txt", "deep edit");
    expect((await submoduleOf(top)).submodule).toMatchObject({ modified: true });
    expect((await deep.capture()).source.superproject?.path).toBe("lib");
    expect(readFileSync(join(deep.root, "lib.txt"), "utf8")).toBe("deep edit");
  });
});
