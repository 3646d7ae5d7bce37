import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { captureAt, env, failureOf, makeFolder, makeScratch, scratchAt } from "./scratch.js";

describe("captureSource on HEAD and history", () => {
  test("git-25: a branch without a commit is an error with the line to type", async () => {
    const { capture, write } = makeScratch({ unborn: true });
    write("train.py", "");
    const failure = await failureOf(capture());
    expect(failure).toMatchObject({
      name: "GitError",
      code: "GIT_UNBORN",
      message: expect.stringContaining("main"),
    });
    expect(failure.hint).toContain("git commit");
  });

  test("git-26: an orphan branch is unborn too, however many commits others have", async () => {
    const { capture, git } = makeScratch();
    git("switch", "--quiet", "--orphan", "fresh");
    const failure = await failureOf(capture());
    expect(failure).toMatchObject({ code: "GIT_UNBORN", message: expect.stringContaining("fresh") });
  });

  test('git-27: a detached HEAD is "HEAD" in the manifest and typed in the source', async () => {
    const { capture, git } = makeScratch();
    git("switch", "--quiet", "--detach");
    const captured = await capture();
    expect(captured.git.branch).toBe("HEAD");
    expect(captured.source.head).toMatchObject({ branch: null, detached: true });
  });

  test("git-28, git-29: a branch keeps its slashes, also beside a tag of the same name", async () => {
    const { capture, git } = makeScratch();
    git("switch", "--quiet", "-c", "feature/x/y");
    git("tag", "feature/x/y");
    const captured = await capture();
    expect(captured.git.branch).toBe("feature/x/y");
    expect(captured.source.head).toEqual({
      sha: git("rev-parse", "HEAD"),
      tree: git("rev-parse", "HEAD^{tree}"),
      branch: "feature/x/y",
      detached: false,
    });
  });

  test("git-30: files named like revisions change nothing", async () => {
    const { capture, commit, git, write } = makeScratch();
    for (const name of ["HEAD", "main", "HEAD^{tree}"]) write(name, "");
    commit("Names");
    const captured = await capture();
    expect(captured.git).toEqual({ sha: git("rev-parse", "--verify", "HEAD"), branch: "main", dirty: false });
  });

  test("git-31: at an annotated tag the commit is recorded, not the tag", async () => {
    const { capture, git } = makeScratch();
    git("tag", "--annotate", "--message=v1", "v1");
    git("switch", "--quiet", "--detach", "v1");
    expect((await capture()).git.sha).toBe(git("rev-parse", "v1^{commit}"));
  });

  test("git-32: a shallow clone is read and marked", async () => {
    const origin = makeScratch();
    origin.git("commit", "--quiet", "--allow-empty", "--message=Second");
    const clone = join(makeFolder(), "clone");
    origin.git("clone", "--quiet", "--depth=1", `file://${origin.root}`, clone);
    const { git, source } = await captureAt(clone);
    expect(git.sha).toBe(origin.git("rev-parse", "HEAD"));
    expect(source.shallow).toBe(true);
    expect((await origin.capture()).source.shallow).toBe(false);
  });

  test("git-33: a partial clone whose remote is gone is read without fetching", async () => {
    const origin = makeScratch();
    const lines = Array.from({ length: 50 }, (_, line) => `line ${line}`);
    origin.write("long.txt", lines.join("\n"));
    origin.commit("Long");
    origin.git("config", "uploadpack.allowFilter", "true");
    const clone = scratchAt(join(makeFolder(), "clone"));
    origin.git(
      "clone",
      "--quiet",
      "--no-checkout",
      "--filter=blob:none",
      `file://${origin.root}`,
      clone.root,
    );
    clone.git("read-tree", "HEAD");
    clone.git("update-index", "--force-remove", "long.txt");
    clone.write("longer.txt", [...lines, "one more"].join("\n"));
    clone.git("update-index", "--add", "longer.txt");
    // Comparing the two would need a blob that is not there.
    const { git, source } = await clone.capture();
    expect(git.dirty).toBe(true);
    expect(source.counts).toMatchObject({ renamed: 0, staged: 2 });
    const missing = clone.gitWith(
      { GIT_NO_LAZY_FETCH: "1" },
      "rev-list",
      "--objects",
      "--missing=print",
      "HEAD",
    );
    expect(missing.split("\n").filter((line) => line.startsWith("?"))).toHaveLength(3);
  });

  test("git-34, git-35: GitHub's checkout of a pull request names branch and head beside the merge", async () => {
    const scratch = makeScratch();
    const sha = scratch.git("rev-parse", "HEAD");
    scratch.git("switch", "--quiet", "--detach");
    const head = "1".repeat(40);
    const event = join(makeFolder(), "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { head: { sha: head } } }));
    const github = {
      ...env,
      GITHUB_ACTIONS: "true",
      GITHUB_REF: "refs/pull/7/merge",
      GITHUB_HEAD_REF: "feature/x",
      GITHUB_REF_NAME: "7/merge",
      GITHUB_SHA: sha,
      GITHUB_EVENT_PATH: event,
    };
    const captured = await scratch.capture(".", { env: github });
    expect(captured.git).toMatchObject({ sha, branch: "HEAD" });
    expect(captured.source.ci).toEqual({
      provider: "github-actions",
      branch: "feature/x",
      sha,
      pull_request: "7",
      pr_head_sha: head,
    });
    for (const broken of ["{", "{}", '{"pull_request":{"head":{"sha":"x; rm"}}}']) {
      writeFileSync(event, broken);
      expect((await scratch.capture(".", { env: github })).source.ci?.pr_head_sha).toBeNull();
    }
    const push = { ...env, GITHUB_ACTIONS: "true", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    expect((await scratch.capture(".", { env: push })).source.ci).toMatchObject({
      branch: "main",
      pull_request: null,
    });
  });

  test("git-35: GitLab's checkout names branch and merge request", async () => {
    const scratch = makeScratch();
    const sha = "2".repeat(40);
    const gitlab = { ...env, GITLAB_CI: "true", CI_COMMIT_BRANCH: "main", CI_COMMIT_SHA: sha };
    expect((await scratch.capture(".", { env: gitlab })).source.ci).toEqual({
      provider: "gitlab-ci",
      branch: "main",
      sha,
      pull_request: null,
      pr_head_sha: null,
    });
    const merged = { CI_MERGE_REQUEST_IID: "9", CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "topic" };
    const request = await scratch.capture(".", { env: { ...gitlab, ...merged } });
    expect(request.source.ci).toMatchObject({ branch: "topic", pull_request: "9", pr_head_sha: sha });
  });

  test("git-36: commits that were not pushed show as ahead of the upstream", async () => {
    const origin = makeScratch();
    const clone = scratchAt(join(makeFolder(), "clone"));
    origin.git("clone", "--quiet", origin.root, clone.root);
    expect((await clone.capture()).source.upstream).toEqual({ name: "origin/main", ahead: 0, behind: 0 });
    clone.git("commit", "--quiet", "--allow-empty", "--message=Mine");
    clone.git("config", "status.aheadBehind", "false");
    expect((await clone.capture()).source.upstream).toEqual({ name: "origin/main", ahead: 1, behind: 0 });
    clone.git("update-ref", "-d", "refs/remotes/origin/main");
    expect((await clone.capture()).source.upstream).toEqual({
      name: "origin/main",
      ahead: null,
      behind: null,
    });
    expect((await origin.capture()).source.upstream).toBeNull();
  });

  test("git-37, git-38: a merge in progress is named, and its unresolved paths are counted", async () => {
    const { capture, tryGit } = conflict();
    expect(tryGit("merge", "other").status).not.toBe(0);
    const { git, source } = await capture();
    expect(git.dirty).toBe(true);
    expect(source.operation).toBe("merge");
    expect(source.counts).toMatchObject({ conflicted: 1, staged: 0, unstaged: 0 });
    expect(source.changes[0]).toMatchObject({ path: "a.txt", kind: "conflicted", index: "U", worktree: "U" });
  });

  test.each([
    ["rebase", ["rebase", "other"]],
    ["rebase", ["rebase", "--apply", "other"]],
    ["cherry-pick", ["cherry-pick", "other"]],
    ["revert", ["revert", "--no-edit", "HEAD~1"]],
  ])("git-37: a %s in progress is named (%j)", async (operation, words) => {
    const { capture, git, tryGit, write } = conflict();
    write("a.txt", "again\n");
    git("commit", "--quiet", "--all", "--message=Again");
    expect(tryGit(...words).status).not.toBe(0);
    expect((await capture()).source.operation).toBe(operation);
  });

  test("git-37: an am and a bisect in progress are named, in a linked work tree too", async () => {
    const { root, capture, git, tryGit, write } = conflict();
    write("other.patch", `${git("format-patch", "--stdout", "-1", "other")}\n`);
    expect(tryGit("am", "other.patch").status).not.toBe(0);
    expect((await capture()).source.operation).toBe("am");
    git("am", "--abort");
    expect((await capture()).source.operation).toBeNull();
    const linked = scratchAt(join(makeFolder(), "linked"));
    git("worktree", "add", "--quiet", "--detach", linked.root);
    linked.git("bisect", "start");
    expect((await linked.capture()).source.operation).toBe("bisect");
    expect((await captureAt(root)).source.operation).toBeNull();
  });

  test("git-41: an amended commit keeps its tree", async () => {
    const { capture, git } = makeScratch();
    const before = await capture();
    git("commit", "--quiet", "--amend", "--message=Other words");
    const after = await capture();
    expect(after.git.sha).not.toBe(before.git.sha);
    expect(after.source.head.tree).toBe(before.source.head.tree);
  });

  test("git-117: reading needs no identity", async () => {
    const { capture, git } = makeScratch();
    git("config", "user.useConfigOnly", "true");
    const nobody = { PATH: env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
    expect((await capture(".", { env: nobody })).git.dirty).toBe(false);
  });

  test("git-42: replace refs do not change what the commit is", async () => {
    const { capture, git, write } = makeScratch();
    const [sha, tree] = [git("rev-parse", "HEAD"), git("rev-parse", "HEAD^{tree}")];
    write("a.txt", "replaced");
    git("commit", "--quiet", "--all", "--message=Second");
    git("replace", sha, "HEAD");
    git("reset", "--quiet", "--hard", sha);
    const captured = await capture();
    expect(captured.source.head).toMatchObject({ sha, tree });
  });
});

describe("captureSource in an enclosing repository", () => {
  test("a repository inside another that is no submodule of it has no superproject", async () => {
    const outer = makeScratch();
    mkdirSync(join(outer.root, "inner"));
    const inner = scratchAt(join(outer.root, "inner"));
    inner.git("init", "--quiet", "--initial-branch=main");
    inner.git("commit", "--quiet", "--allow-empty", "--message=Inner");
    const captured = await inner.capture();
    expect(captured.root).toBe(inner.root);
    expect(captured.source.superproject).toBeNull();
  });
});

/** `main` and `other` both edit `a.txt`. */
function conflict() {
  const scratch = makeScratch();
  scratch.git("switch", "--quiet", "-c", "other");
  scratch.write("a.txt", "theirs\n");
  scratch.git("commit", "--quiet", "--all", "--message=Theirs");
  scratch.git("switch", "--quiet", "main");
  scratch.write("a.txt", "ours\n");
  scratch.git("commit", "--quiet", "--all", "--message=Ours");
  return scratch;
}
