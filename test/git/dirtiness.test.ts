import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { captureAt, env, failureOf, isRoot, makeScratch, type Scratch } from "./scratch.js";

const clean = {
  staged: 0,
  unstaged: 0,
  untracked: 0,
  conflicted: 0,
  mode_only: 0,
  submodules: 0,
  renamed: 0,
  nested_repositories: 0,
  hidden: 0,
};

/** `dirty`, the counts that are not 0, and each change as `path index worktree`. */
async function statusOf({ capture }: Scratch) {
  const { git, source } = await capture();
  const counts = Object.fromEntries(Object.entries(source.counts).filter(([, count]) => count > 0));
  const changes = source.changes.map(({ path, index, worktree }) => `${path} ${index}${worktree}`);
  return { dirty: git.dirty, counts, changes };
}

const nothing = { dirty: false, counts: {}, changes: [] };

describe("captureSource on edits", () => {
  test("git-44: a clean tree has every count at 0", async () => {
    const { git, source } = await makeScratch().capture();
    expect(git.dirty).toBe(false);
    expect(source).toMatchObject({
      counts: clean,
      changes: [],
      changes_omitted: 0,
      own_records: 0,
      operation: null,
    });
  });

  test.each<[string, (scratch: Scratch) => void, object]>([
    [
      "git-45: an unstaged edit",
      ({ write }) => write("a.txt", "edit"),
      { dirty: true, counts: { unstaged: 1 }, changes: ["a.txt .M"] },
    ],
    [
      "git-46: a staged edit",
      ({ write, git }) => [write("a.txt", "edit"), git("add", ".")],
      { dirty: true, counts: { staged: 1 }, changes: ["a.txt M."] },
    ],
    [
      "git-48: a staged deletion",
      ({ git }) => git("rm", "--quiet", "a.txt"),
      { dirty: true, counts: { staged: 1 }, changes: ["a.txt D."] },
    ],
    [
      "git-48: an unstaged deletion",
      ({ remove }) => remove("a.txt"),
      { dirty: true, counts: { unstaged: 1 }, changes: ["a.txt .D"] },
    ],
    [
      "git-49: the same content written again, with another time",
      ({ root, write }) => [write("a.txt", "one\ntwo\nthree\n"), utimesSync(join(root, "a.txt"), 1, 1)],
      nothing,
    ],
    [
      "git-51: an untracked file",
      ({ write }) => write("new.py", ""),
      { dirty: true, counts: { untracked: 1 }, changes: ["new.py ??"] },
    ],
    [
      "git-53: an untracked file under status.showUntrackedFiles=no",
      ({ write, git }) => [write("new.py", ""), git("config", "status.showUntrackedFiles", "no")],
      { dirty: true, counts: { untracked: 1 }, changes: ["new.py ??"] },
    ],
    [
      "git-55: a file that .git/info/exclude hides",
      ({ write }) => [write("new.py", ""), write(".git/info/exclude", "*.py\n")],
      nothing,
    ],
    [
      "git-55: a file that core.excludesFile hides",
      ({ write, git }) => [
        write("new.py", ""),
        git("config", "core.excludesFile", write(".git/mine", "*.py\n")),
      ],
      nothing,
    ],
    [
      "git-60: an intent to add",
      ({ write, git }) => [write("new.py", "x"), git("add", "--intent-to-add", "new.py")],
      { dirty: true, counts: { unstaged: 1 }, changes: ["new.py .A"] },
    ],
    ["git-61: empty folders", ({ root }) => mkdirSync(join(root, "out/plots"), { recursive: true }), nothing],
    [
      "git-62: an executable bit",
      ({ root }) => chmodSync(join(root, "a.txt"), 0o755),
      { dirty: true, counts: { unstaged: 1, mode_only: 1 }, changes: ["a.txt .M"] },
    ],
    [
      "git-62: a staged executable bit",
      ({ git }) => git("update-index", "--chmod=+x", "src/b.txt"),
      { dirty: true, counts: { staged: 1, unstaged: 1, mode_only: 1 }, changes: ["src/b.txt MM"] },
    ],
    [
      "git-62: an executable bit and an edit",
      ({ write }) => write("a.txt", "edit", 0o755),
      { dirty: true, counts: { unstaged: 1 }, changes: ["a.txt .M"] },
    ],
    [
      "git-62: an executable bit under core.fileMode=false",
      ({ root, git }) => [chmodSync(join(root, "a.txt"), 0o755), git("config", "core.fileMode", "false")],
      nothing,
    ],
    [
      "git-66: a file replaced by a symbolic link",
      ({ remove, link }) => [remove("a.txt"), link("src/b.txt", "a.txt")],
      { dirty: true, counts: { unstaged: 1 }, changes: ["a.txt .T"] },
    ],
    [
      "git-67: a rename",
      ({ git }) => git("mv", "a.txt", "z.txt"),
      { dirty: true, counts: { staged: 1, renamed: 1 }, changes: ["z.txt R."] },
    ],
    [
      "git-67: a rename under status.renames=false",
      ({ git }) => [git("mv", "a.txt", "z.txt"), git("config", "status.renames", "false")],
      { dirty: true, counts: { staged: 1, renamed: 1 }, changes: ["z.txt R."] },
    ],
  ])("%s", async (_, edit, expected) => {
    const scratch = makeScratch();
    edit(scratch);
    expect(await statusOf(scratch)).toEqual(expected);
  });

  test("git-47: staged and taken back in the work tree, the code that runs is the commit's", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "staged");
    scratch.write("added.txt", "staged");
    scratch.write("src/b.txt", "staged");
    scratch.git("add", ".");
    scratch.write("a.txt", "one\ntwo\nthree\n");
    scratch.remove("added.txt");
    scratch.write("src/b.txt", "something else");
    const { git, source } = await scratch.capture();
    expect(git.dirty).toBe(true);
    expect(source.changes).toMatchObject([
      { path: "a.txt", index: "M", worktree: "M", worktree_equals_head: true },
      { path: "added.txt", index: "A", worktree: "D", worktree_equals_head: true },
      { path: "src/b.txt", index: "M", worktree: "M", worktree_equals_head: false },
    ]);
  });

  test("git-50: an edit of the same size with its time set back is seen", async () => {
    const scratch = makeScratch();
    const { atime, mtime } = statSync(join(scratch.root, "a.txt"));
    const file = scratch.write("a.txt", "one\ntwo\nthrEE\n");
    utimesSync(file, atime, mtime);
    expect((await statusOf(scratch)).changes).toEqual(["a.txt .M"]);
  });

  test("git-52, git-107: untracked files are all counted, and all listed up to 10,000", async () => {
    const scratch = makeScratch();
    mkdirSync(join(scratch.root, "out"));
    for (let count = 0; count < 10_002; count += 1)
      writeFileSync(join(scratch.root, "out", String(count)), "");
    const { source } = await scratch.capture();
    expect(source.counts.untracked).toBe(10_002);
    expect(source.changes).toHaveLength(10_000);
    expect(source.changes_omitted).toBe(2);
  });

  test("git-57: an edit hidden by assume-unchanged is listed with its digest, as Git stays silent", async () => {
    const { capture, git, write, remove } = makeScratch();
    git("update-index", "--assume-unchanged", "a.txt", "src/b.txt");
    write("a.txt", "hidden edit");
    remove("src/b.txt");
    const captured = await capture();
    expect(captured.git.dirty).toBe(false);
    expect(captured.source.counts.hidden).toBe(2);
    expect(captured.source.hidden_bits.assume_unchanged).toEqual({
      count: 2,
      files: [
        { path: "a.txt", sha256: createHash("sha256").update("hidden edit").digest("hex") },
        { path: "src/b.txt", sha256: null },
      ],
      omitted: 0,
    });
  });

  test("git-58: an edit hidden by skip-worktree is listed the same way", async () => {
    const { capture, git, write } = makeScratch();
    git("update-index", "--skip-worktree", "a.txt");
    write("a.txt", "hidden edit");
    const { skip_worktree } = (await capture()).source.hidden_bits;
    const sha256 = createHash("sha256").update("hidden edit").digest("hex");
    expect(skip_worktree).toEqual({ count: 1, files: [{ path: "a.txt", sha256 }], omitted: 0 });
  });

  test("git-59: what a sparse checkout leaves out is no deletion", async () => {
    const { capture, git } = makeScratch();
    git("sparse-checkout", "set", "--no-cone", "a.txt");
    const captured = await capture();
    expect(captured.git.dirty).toBe(false);
    expect(captured.source).toMatchObject({ sparse: true, counts: { unstaged: 0, hidden: 1 } });
    expect(captured.source.hidden_bits.skip_worktree).toEqual({ count: 1, files: [], omitted: 0 });
  });

  test("more hidden files than are looked at are counted", async () => {
    const { root, capture, commit, gitWith, write } = makeScratch();
    for (let count = 0; count < 1001; count += 1) write(`many/${count}`, "");
    commit("Many");
    execFileSync("sh", ["-c", "git ls-files -z many | git update-index -z --assume-unchanged --stdin"], {
      cwd: root,
      env,
    });
    expect(gitWith({}, "ls-files", "-v", "a.txt")).toBe("H a.txt");
    const { assume_unchanged } = (await capture()).source.hidden_bits;
    expect(assume_unchanged).toMatchObject({ count: 1001, omitted: 1 });
    expect(assume_unchanged.files).toHaveLength(1000);
  });

  test("git-63: line endings count as Git counts them", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.autocrlf", "true");
    scratch.write("a.txt", "one\r\ntwo\r\nthree\r\n");
    expect((await statusOf(scratch)).dirty).toBe(scratch.git("status", "--porcelain") !== "");
  });

  test("git-64: a filter that the repository names is listed, with whether this machine has it", async () => {
    const { capture, git, write } = makeScratch();
    write(
      ".gitattributes",
      "# *.txt filter=comment\n*.bin filter=lfs diff=lfs -text\n*.nb  text filter=strip\n",
    );
    write(".git/info/attributes", "*.c filter=indent\n");
    write("model.bin", "content without a pointer");
    git("config", "filter.indent.clean", "cat");
    git("add", "--force", ".");
    const { filters } = (await capture()).source;
    expect(filters).toEqual([
      { name: "indent", configured: true },
      { name: "lfs", configured: false },
      { name: "strip", configured: false },
    ]);
  });

  test("git-65: a required filter whose program is missing is an error that names it", async () => {
    const { capture, git, write } = makeScratch();
    write(".gitattributes", "*.txt filter=crypt\n");
    git("config", "filter.crypt.clean", "/nowhere/crypt");
    git("config", "filter.crypt.required", "true");
    write("a.txt", "one\ntwo\nthrEE\n");
    const failure = await failureOf(capture());
    expect(failure).toMatchObject({ name: "GitError", code: "GIT_FILTER_FAILED" });
    expect(failure.hint).toContain("filter\\.crypt");
  });

  test("git-68: pipes, sockets and dangling links are never opened", async () => {
    const scratch = makeScratch();
    scratch.git("update-index", "--assume-unchanged", "a.txt");
    scratch.remove("a.txt");
    execFileSync("mkfifo", [join(scratch.root, "pipe"), join(scratch.root, "a.txt")]);
    scratch.link("nowhere", "dangling");
    const server = createServer().listen(join(scratch.root, "socket"));
    const { source } = await scratch.capture();
    server.close();
    expect(source.changes.map(({ path }) => path)).toEqual(["dangling"]);
    expect(source.hidden_bits.assume_unchanged.files).toEqual([{ path: "a.txt", sha256: null }]);
  });

  (isRoot ? test.skip : test)(
    "git-69: an unreadable file is a change, not a failure (root reads all)",
    async () => {
      const scratch = makeScratch();
      scratch.write("a.txt", "edited beyond reading");
      chmodSync(join(scratch.root, "a.txt"), 0o000);
      expect((await statusOf(scratch)).changes).toEqual(["a.txt .M"]);
    },
  );

  test("git-70: a hidden file that vanishes has no digest", async () => {
    const { root, capture, git } = makeScratch();
    git("update-index", "--assume-unchanged", "src/b.txt");
    rmSync(join(root, "src"), { recursive: true });
    const { files } = (await capture()).source.hidden_bits.assume_unchanged;
    expect(files).toEqual([{ path: "src/b.txt", sha256: null }]);
  });

  test("git-72, git-73: nested repositories are listed, with or without a commit", async () => {
    const { capture, git, root } = makeScratch();
    for (const name of ["empty", "full"]) git("init", "--quiet", name);
    const identity = { ...env, GIT_DIR: join(root, "full/.git") };
    execFileSync("git", ["commit", "--quiet", "--allow-empty", "--message=Inner"], {
      cwd: root,
      env: identity,
    });
    const captured = await capture();
    expect(captured.git.dirty).toBe(true);
    expect(captured.source.nested_repositories).toEqual(["empty", "full"]);
    expect(captured.source.counts).toMatchObject({ nested_repositories: 2, untracked: 2 });
    expect(captured.source.changes.map(({ kind }) => kind)).toEqual([
      "nested_repository",
      "nested_repository",
    ]);
  });
});

describe("captureSource on Colophon's own files", () => {
  const recordsIn = () => "records";
  const manifest = "records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/manifest.json";

  test("git-74: our records never make the tree dirty, a second time neither; the user's beside them do", async () => {
    const scratch = makeScratch();
    scratch.write("records/.gitignore", "*.log\n");
    scratch.write(manifest, "{}");
    for (const _ of [1, 2]) {
      const { git, source } = await scratch.capture(".", { recordsIn });
      expect(git.dirty).toBe(false);
      expect(source).toMatchObject({ counts: clean, changes: [], own_records: 2 });
      scratch.write(".colophon/.gitignore", "*\n");
    }
    scratch.write("records/notes.md", "mine");
    const { git, source } = await scratch.capture(".", { recordsIn });
    expect(git.dirty).toBe(true);
    expect(source.changes.map(({ path }) => path)).toEqual(["records/notes.md"]);
  });

  test("git-75: an edited record is ours, a file renamed out of our records is the user's", async () => {
    const scratch = makeScratch();
    scratch.write(manifest, '{"long enough": "to be recognised"}');
    scratch.commit("Record");
    scratch.write(manifest, "{}");
    expect((await scratch.capture(".", { recordsIn })).git.dirty).toBe(false);
    scratch.git("reset", "--quiet", "--hard");
    scratch.git("mv", manifest, "mine.json");
    const { git, source } = await scratch.capture(".", { recordsIn });
    expect(git.dirty).toBe(true);
    expect(source.changes[0]).toMatchObject({
      path: "mine.json",
      renamed_from: manifest,
    });
  });

  test("git-76: a project that ignores our folder has nothing of ours in its status", async () => {
    const scratch = makeScratch();
    scratch.write(".git/info/exclude", "records/\n");
    scratch.write(manifest, "{}");
    const { git, source } = await captureAt(scratch.root, { recordsIn });
    expect(git.dirty).toBe(false);
    expect(source.own_records).toBe(0);
  });

  test("where the records lie is asked once, of the root that Git names", async () => {
    const scratch = makeScratch();
    const asked: string[] = [];
    const captured = await scratch.capture("src", {
      recordsIn: (root) => {
        asked.push(root);
        return "work/records";
      },
    });
    expect(asked).toEqual([scratch.root]);
    expect(captured.records).toBe("work/records");
    expect((await scratch.capture("src")).records).toBeUndefined();
  });

  test("a capture writes nothing where no folder for its memory exists", async () => {
    const scratch = makeScratch();
    await scratch.capture(".", { cache: (root) => join(root, ".colophon") });
    expect(() => readFileSync(join(scratch.root, ".colophon/git.json"))).toThrow("ENOENT");
  });
});
