import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { commitPaths } from "../../src/git/trees/commit.js";
import { env, failureOf, makeFolder, makeScratch, type Scratch } from "./scratch.js";

const files = ["records/run/manifest.json", "records/run/run_manifest.json"];

function withRecord(scratch = makeScratch()): Scratch {
  for (const file of files) scratch.write(file, "{}");
  return scratch;
}

describe("commitPaths", () => {
  test("commits these files and nothing else; what was staged stays staged", async () => {
    const { root, git, write } = withRecord();
    write("a.txt", "staged by the user");
    git("add", "a.txt");
    write("src/b.txt", "edited");
    const { sha } = await commitPaths(
      root,
      files,
      "Record run k3f9q2",
      ["Colophon-Run: 2026", "Metric: 1"],
      env,
    );
    expect(sha).toBe(git("rev-parse", "HEAD"));
    expect(git("show", "--name-only", "--format=%an%n%B", "HEAD").split("\n")).toEqual([
      "Ada",
      "Record run k3f9q2",
      "",
      "Colophon-Run: 2026",
      "Metric: 1",
      "",
      "",
      ...files,
    ]);
    expect(git("status", "--porcelain").split("\n")).toEqual(["M  a.txt", " M src/b.txt"]);
  });

  test("a pattern of the user's that ignores a file is no obstacle", async () => {
    const { root, git, write } = withRecord();
    write(".git/info/exclude", "records/\n");
    await commitPaths(root, files, "Record", [], env);
    expect(git("ls-files", "records").split("\n")).toEqual(files);
  });

  test("names are taken literally", async () => {
    const { root, git, write } = makeScratch();
    write("*.txt", "star");
    write("-x", "dash");
    write("other.txt", "untouched");
    await commitPaths(root, ["*.txt", "-x"], "--amend", [], env);
    expect(git("show", "--name-only", "--format=%s", "HEAD").split("\n")).toEqual([
      "--amend",
      "",
      "*.txt",
      "-x",
    ]);
  });

  test("the first commit of a repository can be this one", async () => {
    const { root, git } = withRecord(makeScratch({ unborn: true }));
    const { sha } = await commitPaths(root, files, "Record", [], env);
    expect(git("rev-list", "--all")).toBe(sha);
  });

  test("the user's hooks run, in the user's own environment", async () => {
    const { root, write } = withRecord();
    const place = makeFolder();
    write(".git/hooks/pre-commit", `#!/bin/sh\nenv > '${place}/env'\n`, 0o755);
    write(".git/hooks/commit-msg", `#!/bin/sh\ngrep -q . "$1" && touch '${place}/message'\n`, 0o755);
    await commitPaths(root, files, "Record", [], {
      ...env,
      EDITOR: "vi",
      GIT_DIR: "/nowhere",
      GIT_INDEX_FILE: "x",
    });
    expect(existsSync(join(place, "env"))).toBe(true);
    expect(existsSync(join(place, "message"))).toBe(true);
  });

  test("a hook that refuses has its words passed on, whichever stream they came from", async () => {
    const { root, git, write } = withRecord();
    const before = git("rev-parse", "HEAD");
    write(".git/hooks/pre-commit", "#!/bin/sh\necho on stdout\necho on stderr >&2\nexit 1\n", 0o755);
    const failure = await failureOf(commitPaths(root, files, "Record", [], env));
    expect(failure).toMatchObject({ name: "GitError", code: "COMMIT_REFUSED" });
    expect(failure.message).toContain("on stdout");
    expect(failure.message).toContain("on stderr");
    expect(git("rev-parse", "HEAD")).toBe(before);
  });

  test("without an identity Git's own explanation is passed on", async () => {
    const { root, git } = withRecord();
    git("config", "user.useConfigOnly", "true");
    const nobody = {
      PATH: env.PATH,
      HOME: env.HOME,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
    };
    const failure = await failureOf(commitPaths(root, files, "Record", [], nobody));
    expect(failure.code).toBe("COMMIT_REFUSED");
    expect(failure.message).toContain("user.email");
  });

  test("nothing new is an error of its own, and so are folders and files that are not there", async () => {
    const { root } = withRecord();
    await commitPaths(root, files, "Record", [], env);
    const again = await failureOf(commitPaths(root, files, "Record", [], env));
    expect(again).toMatchObject({
      code: "NOTHING_TO_COMMIT",
      message: expect.stringContaining("all 2 files"),
    });
    const one = await failureOf(commitPaths(root, files.slice(1), "Record", [], env));
    expect(one.message).toContain(`${files[1]} is in the last commit already`);
    const folder = await failureOf(commitPaths(root, ["records"], "Record", [], env));
    expect(folder).toMatchObject({ code: "NOTHING_TO_COMMIT", message: expect.stringContaining("a folder") });
    const absent = await failureOf(commitPaths(root, ["absent"], "Record", [], env));
    expect(absent).toMatchObject({
      code: "NOTHING_TO_COMMIT",
      message: expect.stringContaining("not there"),
    });
  });

  test("in the middle of a merge nothing is touched, and the message says how to go on", async () => {
    const scratch = withRecord();
    const { root, git, write } = scratch;
    git("switch", "--quiet", "-c", "other");
    git("commit", "--quiet", "--allow-empty", "--message=Theirs");
    git("switch", "--quiet", "main");
    write("a.txt", "ours");
    git("commit", "--quiet", "--message=Ours", "--", "a.txt");
    git("merge", "--quiet", "--no-commit", "other");
    const failure = await failureOf(commitPaths(root, files, "Record", [], env));
    expect(failure).toMatchObject({ name: "GitError", code: "GIT_BUSY" });
    expect(failure.hint).toContain("git merge --continue");
    expect(git("ls-files", "records")).toBe("");
  });

  test("during a bisect a commit is still possible", async () => {
    const { root, git } = withRecord();
    git("bisect", "start");
    const { sha } = await commitPaths(root, files, "Record", [], env);
    expect(git("rev-parse", "HEAD")).toBe(sha);
  });
});
