import {
  chownSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { findRepositoryHint } from "../../src/git/repository/find-repository.js";
import { captureAt, env, failureOf, isRoot, makeFolder, makeScratch, scratchAt, wrapGit } from "./scratch.js";

describe("captureSource where there is no repository to read", () => {
  test("git-1: a folder without a repository is an error with the lines that make one", async () => {
    const failure = await failureOf(captureAt(makeFolder()));
    expect(failure).toMatchObject({ name: "GitError", code: "NOT_A_REPOSITORY" });
    expect(failure.hint).toContain("git init && git add . && git commit");
    expect(String(failure.cause)).toContain("fatal: not a git repository");
  });

  test("git-2: a missing Git is told apart from a missing repository", async () => {
    const { root } = makeScratch();
    for (const PATH of ["/nowhere", "", undefined]) {
      const failure = await failureOf(captureAt(root, { env: { ...env, PATH } }));
      expect(failure).toMatchObject({ name: "GitError", code: "GIT_NOT_FOUND" });
    }
  });

  test("git-3: a Git older than 2.34 is refused by its version, whatever else it says", async () => {
    const { root } = makeScratch();
    const old = wrapGit(`case "$*" in *--version*) echo "git version 2.30.2";; *) exec "$REAL" "$@";; esac`);
    const failure = await failureOf(captureAt(root, { env: old }));
    expect(failure).toMatchObject({ code: "GIT_TOO_OLD", message: expect.stringContaining("2.30.2") });
    const older = wrapGit(
      `case "$*" in *--version*) echo "git version 1.8.3";; *) echo usage >&2; exit 129;; esac`,
    );
    expect((await failureOf(captureAt(root, { env: older }))).code).toBe("GIT_TOO_OLD");
    const apple = wrapGit(
      `case "$*" in *--version*) echo "git version 2.39.3 (Apple Git-145)";; *) exec "$REAL" "$@";; esac`,
    );
    expect((await captureAt(root, { env: apple })).source.git_version).toBe("2.39.3");
  });

  test("a program called git that is none is not started in vain", async () => {
    const { root } = makeScratch();
    const silent = wrapGit(`exit 0`);
    expect((await failureOf(captureAt(root, { env: silent }))).code).toBe("GIT_NOT_STARTED");
    const broken = wrapGit("");
    writeFileSync(join(broken.PATH!.split(":")[0]!, "git"), "#!/nowhere/interpreter\n");
    expect((await failureOf(captureAt(root, { env: broken }))).code).toBe("GIT_NOT_STARTED");
  });

  test("the current folder never decides which git is run", async () => {
    const { root, write } = makeScratch();
    write("git", "#!/bin/sh\ntouch canary\n", 0o755);
    const PATH = `.::${root.replace(/^\//, "")}:${env.PATH}`;
    const { source } = await captureAt(root, { env: { ...env, PATH } });
    expect(source.changes.map(({ path }) => path)).toEqual(["git"]);
  });

  test("git-4: an empty .git is no repository, and the message names it", async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, ".git"));
    const failure = await failureOf(captureAt(folder));
    expect(failure.code).toBe("GIT_UNREADABLE");
    expect(failure.message).toContain(`${folder} has a .git`);
  });

  test("git-5: a damaged HEAD is unreadable, with Git's own words kept", async () => {
    const { root, write } = makeScratch();
    write(".git/HEAD", "garbage\n");
    const failure = await failureOf(captureAt(root));
    expect(failure.code).toBe("GIT_UNREADABLE");
    expect(String(failure.cause)).toContain("not a git repository");
  });

  test("git-6: an empty or cut-off index is an error, never a clean tree", async () => {
    for (const length of [0, 10]) {
      const { root } = makeScratch();
      truncateSync(join(root, ".git/index"), length);
      const failure = await failureOf(captureAt(root));
      expect(failure.code).toBe("GIT_UNREADABLE");
      expect(failure.message).toContain("index file smaller than expected");
    }
  });

  test("git-7: missing objects are an error, never a clean tree", async () => {
    const { root, git } = makeScratch();
    const tree = git("rev-parse", "HEAD^{tree}");
    rmSync(join(root, ".git/objects", tree.slice(0, 2), tree.slice(2)));
    expect((await failureOf(captureAt(root))).code).toBe("GIT_UNREADABLE");
    const commit = git("rev-parse", "HEAD");
    rmSync(join(root, ".git/objects", commit.slice(0, 2), commit.slice(2)));
    const failure = await failureOf(captureAt(root));
    expect(failure).toMatchObject({ code: "GIT_UNREADABLE", hint: expect.stringContaining("git fsck") });
    expect(failure.message).toContain("bad object HEAD");
  });

  test("a configuration that Git cannot parse is an error that names the line", async () => {
    const { root, write } = makeScratch();
    write(".git/config", "[core\n");
    expect((await failureOf(captureAt(root))).message).toContain("bad config line 1");
  });

  test("git-10: a current folder that was deleted is an error of its own", async () => {
    const { root } = makeScratch();
    const failure = await failureOf(captureAt(join(root, "gone")));
    expect(failure).toMatchObject({ name: "GitError", code: "NO_SUCH_DIRECTORY" });
  });

  test("git-12: GIT_CEILING_DIRECTORIES ends the search, and is not mistaken for damage", async () => {
    const { root } = makeScratch();
    const ceiling = { ...env, GIT_CEILING_DIRECTORIES: root };
    expect((await failureOf(captureAt(join(root, "src"), { env: ceiling }))).code).toBe("NOT_A_REPOSITORY");
    expect((await captureAt(root, { env: ceiling })).root).toBe(root);
  });

  test("git-13: a repository of another user's is an error with the very line to type", async () => {
    const { root } = makeScratch();
    // Git's own switch for its tests, since only root can give a folder away.
    const wrapped = wrapGit(`GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "$REAL" "$@"`);
    const failure = await failureOf(captureAt(root, { env: wrapped }));
    expect(failure.code).toBe("GIT_DUBIOUS_OWNERSHIP");
    expect(failure.hint).toContain(`git config --global --add safe.directory ${root}`);
  });

  (isRoot ? test : test.skip)(
    "git-13: the same with a folder that is really another's (needs root)",
    async () => {
      const { root } = makeScratch();
      for (const path of [root, join(root, ".git")]) chownSync(path, 12345, 12345);
      const failure = await failureOf(captureAt(root));
      expect(failure.code).toBe("GIT_DUBIOUS_OWNERSHIP");
      expect(failure.hint).toContain(`safe.directory ${root}`);
    },
  );

  test("git-14: a bare repository has no files to run", async () => {
    const scratch = scratchAt(makeFolder());
    scratch.git("init", "--quiet", "--bare");
    expect((await failureOf(scratch.capture())).code).toBe("GIT_BARE");
  });

  test("git-15: inside .git there is no work tree, and the hint leads out", async () => {
    const { root, capture } = makeScratch();
    for (const inside of [".git", ".git/refs"]) {
      const failure = await failureOf(capture(inside));
      expect(failure.code).toBe("GIT_NO_WORK_TREE");
      expect(failure.hint).toContain(`cd ${root}`);
    }
  });

  test("git-18: a linked work tree whose repository moved is unreadable, not absent", async () => {
    const main = makeScratch();
    const linked = join(makeFolder(), "linked");
    main.git("worktree", "add", "--quiet", linked);
    renameSync(main.root, `${main.root}-moved`);
    const failure = await failureOf(captureAt(linked));
    expect(failure.code).toBe("GIT_UNREADABLE");
    expect(failure.message).toContain(main.root);
  });

  test("git-22: a repository format that this Git does not know asks for a newer one", async () => {
    const { root, git } = makeScratch();
    git("config", "core.repositoryFormatVersion", "1");
    git("config", "extensions.tomorrow", "true");
    const failure = await failureOf(captureAt(root));
    expect(failure).toMatchObject({ code: "GIT_TOO_OLD", hint: expect.stringContaining("newer Git") });
  });

  test("a repository whose path contains a line break is refused in words", async () => {
    const root = join(makeFolder(), "a\nb");
    mkdirSync(root);
    const scratch = scratchAt(root);
    scratch.git("init", "--quiet", "--initial-branch=main");
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Begin");
    expect((await failureOf(captureAt(root))).message).toContain("line break");
  });
});

describe("captureSource where the repository is found", () => {
  test("git-8: from a folder below, with the current folder relative to the root", async () => {
    const { root, capture, write } = makeScratch();
    write("top.txt", "new");
    const captured = await capture("src");
    expect(captured.root).toBe(root);
    expect(captured.source).toMatchObject({ cwd: "src", cwd_ignored: false });
    expect(captured.source.changes.map(({ path }) => path)).toEqual(["top.txt"]);
    expect((await capture()).source.cwd).toBe(".");
  });

  test("git-9: through a symbolic link, with real paths", async () => {
    const { root } = makeScratch();
    const link = join(makeFolder(), "link");
    symlinkSync(join(root, "src"), link);
    const captured = await captureAt(link);
    expect(captured.root).toBe(realpathSync(root));
    expect(captured.source.cwd).toBe("src");
    expect(JSON.stringify(captured.source)).not.toContain(root);
  });

  test("git-11: a project inside a folder that the enclosing repository ignores is marked", async () => {
    const home = makeScratch();
    home.write(".gitignore", "projects/\n");
    home.write("projects/study/train.py", "");
    expect((await home.capture("projects/study")).source.cwd_ignored).toBe(true);
    expect((await home.capture("src")).source.cwd_ignored).toBe(false);
  });

  test("git-16: a linked work tree has its own root, branch and index", async () => {
    const main = makeScratch();
    const linked = join(makeFolder(), "linked");
    main.git("worktree", "add", "--quiet", "-b", "trial", linked);
    main.write("a.txt", "edited in main");
    const { root, git, source } = await captureAt(linked);
    expect(root).toBe(linked);
    expect(git).toMatchObject({ branch: "trial", dirty: false });
    expect(source.worktree).toEqual({ linked: true });
    expect((await main.capture()).source.worktree).toEqual({ linked: false });
  });

  test("git-17: a linked work tree of a bare repository works", async () => {
    const main = makeScratch();
    const place = makeFolder();
    main.git("clone", "--quiet", "--bare", ".", join(place, "bare"));
    scratchAt(join(place, "bare")).git("worktree", "add", "--quiet", join(place, "work"), "main");
    const { git, source } = await captureAt(join(place, "work"));
    expect(git).toEqual({ sha: main.git("rev-parse", "HEAD"), branch: "main", dirty: false });
    expect(source.worktree.linked).toBe(true);
  });

  test("git-20, git-21: GIT_DIR and its kind, absolute or relative, show no other repository", async () => {
    const here = makeScratch();
    const other = makeScratch();
    other.git("commit", "--quiet", "--allow-empty", "--message=Other");
    for (const GIT_DIR of [join(other.root, ".git"), "../../other/.git"]) {
      const misled = {
        ...env,
        GIT_DIR,
        GIT_WORK_TREE: other.root,
        GIT_INDEX_FILE: join(other.root, ".git/index"),
        GIT_PREFIX: "src/",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "core.bare",
        GIT_CONFIG_VALUE_0: "true",
      };
      const captured = await here.capture(".", { env: misled });
      expect(captured.root).toBe(here.root);
      expect(captured.git).toEqual({ sha: here.git("rev-parse", "HEAD"), branch: "main", dirty: false });
    }
  });

  const reftable = scratchAt(makeFolder()).tryGit("init", "--quiet", "--ref-format=reftable").status === 0;
  (reftable ? test : test.skip)("git-22: refs in a reftable are read (needs Git 2.45)", async () => {
    const scratch = makeScratch({ words: ["--ref-format=reftable"] });
    scratch.git("switch", "--quiet", "-c", "feature/deep");
    expect((await scratch.capture()).git.branch).toBe("feature/deep");
  });

  test("git-23: a SHA-256 repository has ids of 64 digits", async () => {
    const scratch = makeScratch({ words: ["--object-format=sha256"] });
    scratch.write("a.txt", "one\ntwo\nthree\n", 0o755);
    const { git, source } = await scratch.capture();
    expect(git.sha).toMatch(/^[0-9a-f]{64}$/);
    expect(source).toMatchObject({
      object_format: "sha256",
      head: { tree: scratch.git("rev-parse", "HEAD^{tree}") },
    });
    expect(source.counts.mode_only).toBe(1);
  });

  test("git-24: a repository shared with Jujutsu is marked, and its detached HEAD is no error", async () => {
    const scratch = makeScratch();
    scratch.git("switch", "--quiet", "--detach");
    mkdirSync(join(scratch.root, ".jj"));
    writeFileSync(join(scratch.root, ".git/info/exclude"), ".jj/\n");
    const { git, source } = await scratch.capture();
    expect(git).toMatchObject({ branch: "HEAD", dirty: false });
    expect(source.jj).toBe(true);
  });

  test("core.worktree is followed", async () => {
    const { root, git, write } = makeScratch();
    const elsewhere = makeFolder();
    writeFileSync(join(elsewhere, "a.txt"), "one\ntwo\nthree\n");
    git("config", "core.worktree", elsewhere);
    write("ignored-by-git.txt", "not in the work tree");
    const captured = await captureAt(root);
    expect(captured.root).toBe(elsewhere);
    expect(captured.source.changes.map(({ path, worktree }) => [path, worktree])).toEqual([
      ["src/b.txt", "D"],
    ]);
  });
});

describe("findRepositoryHint", () => {
  test("gives the nearest folder with a .git, be it a folder or a file, or nothing", () => {
    const { root } = makeScratch();
    expect(findRepositoryHint(join(root, "src"))).toBe(root);
    const folder = makeFolder();
    expect(findRepositoryHint(folder)).toBeUndefined();
    writeFileSync(join(folder, ".git"), "gitdir: /nowhere");
    expect(findRepositoryHint(folder)).toBe(folder);
  });
});
