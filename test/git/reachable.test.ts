import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { spawnCount } from "../../src/git/run-git.js";
import { findSnapshots } from "../../src/git/status/snapshot-state.js";
import { findReachable, type Reachable } from "../../src/git/trees/reachable.js";
import { env, failureOf, makeFolder, makeScratch, realGit, type Scratch, scratchAt } from "./scratch.js";

function commitIn({ git, write }: Scratch, text: string, more: NodeJS.ProcessEnv = {}): string {
  write("code.py", text);
  git("add", "code.py");
  const words = ["commit", "--quiet", "--allow-empty", `--message=${text}`];
  spawnSync(realGit, words, { cwd: join(write("code.py", text), ".."), env: { ...env, ...more } });
  return git("rev-parse", "HEAD");
}

async function only(reachable: Promise<Reachable>, commit: string) {
  const { commits, ...rest } = await reachable;
  return { ...rest, ...commits.get(commit) };
}

const cloneOf = ({ root }: Scratch, ...words: string[]): Scratch => {
  const place = join(makeFolder(), "clone");
  const all = ["-c", "protocol.file.allow=always", "clone", "--quiet", ...words, `file://${root}`, place];
  const { status, stderr } = spawnSync(realGit, all, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return scratchAt(place);
};

describe("findReachable", () => {
  test("names the branch that has a commit, and its tree", async () => {
    const scratch = makeScratch();
    const commit = commitIn(scratch, "one");
    commitIn(scratch, "two");
    expect(await only(findReachable(scratch.root, [commit], env), commit)).toEqual({
      there: true,
      tree: scratch.git("rev-parse", `${commit}^{tree}`),
      keptBy: "branch",
      ref: scratch.git("branch", "--show-current"),
      pushed: false,
      remote: null,
      cut: null,
      hasRemotes: false,
    });
  });

  test("tells another branch, a tag, a stash, a detached HEAD and nothing at all apart", async () => {
    const scratch = makeScratch();
    const { git, root } = scratch;
    git("checkout", "--quiet", "-b", "side");
    const side = commitIn(scratch, "side");
    git("checkout", "--quiet", "--detach");
    const tagged = commitIn(scratch, "tagged");
    git("tag", "v1");
    git("checkout", "--quiet", "--detach", "side");
    const lost = commitIn(scratch, "lost");
    git("checkout", "--quiet", "--detach", "side");
    const detached = commitIn(scratch, "detached");
    const { commits } = await findReachable(root, [side, tagged, lost, detached], env);
    expect([...commits.values()].map(({ keptBy, ref }) => [keptBy, ref])).toEqual([
      ["branch", "side"],
      ["branch", "v1"],
      ["nothing", null],
      ["other-ref", null],
    ]);
  });

  test("tells what was pushed from what was not", async () => {
    const origin = makeScratch();
    const first = commitIn(origin, "first");
    const clone = cloneOf(origin);
    const second = commitIn(clone, "second");
    const { commits, hasRemotes } = await findReachable(clone.root, [first, second], env);
    const branch = origin.git("branch", "--show-current");
    expect(hasRemotes).toBe(true);
    expect(commits.get(first)).toMatchObject({ pushed: true, remote: `origin/${branch}` });
    expect(commits.get(second)).toMatchObject({ pushed: false, remote: null, keptBy: "branch", ref: branch });
    clone.git("reset", "--quiet", "--hard", "HEAD~1");
    clone.git("branch", "--quiet", "--move", branch, "other");
    const { commits: after } = await findReachable(clone.root, [first], env);
    expect(after.get(first)).toMatchObject({ keptBy: "branch", ref: "other", pushed: true });
  });

  test("a commit that only a remote-tracking branch has is kept by it", async () => {
    const origin = makeScratch();
    origin.git("checkout", "--quiet", "-b", "far");
    const far = commitIn(origin, "far");
    origin.git("checkout", "--quiet", "-");
    const clone = cloneOf(origin);
    const { commits } = await findReachable(clone.root, [far], env);
    expect(commits.get(far)).toMatchObject({ keptBy: "remote", ref: null, remote: "origin/far" });
  });

  test("what is gone is gone, and what is no id never reaches Git", async () => {
    const scratch = makeScratch();
    const blob = scratch.git("rev-parse", "HEAD:a.txt");
    const asked = ["f".repeat(40), blob, "--output=/tmp/x", "HEAD", "main..side", ""];
    const { commits, cut } = await findReachable(scratch.root, asked, env);
    expect([...commits].map(([id, { there }]) => [id, there])).toEqual([
      ["f".repeat(40), false],
      [blob, false],
    ]);
    expect(cut).toBeNull();
  });

  test("a collected commit is not there (git-43)", async () => {
    const scratch = makeScratch();
    const { git, root } = scratch;
    const commit = commitIn(scratch, "to be collected");
    git("reset", "--quiet", "--hard", "HEAD~1");
    git("reflog", "expire", "--expire=now", "--all");
    git("gc", "--quiet", "--prune=now");
    expect(await only(findReachable(root, [commit], env), commit)).toMatchObject({
      there: false,
      keptBy: "nothing",
      tree: null,
      cut: null,
    });
  });

  test("a shallow clone says that its history is cut off", async () => {
    const origin = makeScratch();
    const first = commitIn(origin, "first");
    const second = commitIn(origin, "second");
    const clone = cloneOf(origin, "--depth=1");
    const { commits, cut } = await findReachable(clone.root, [first, second], env);
    expect(cut).toBe("shallow");
    expect(commits.get(first)).toMatchObject({ there: false });
    expect(commits.get(second)).toMatchObject({ there: true, keptBy: "branch", pushed: true });
  });

  test("a damaged commit spoils no other", async () => {
    const scratch = makeScratch();
    const { git, root } = scratch;
    const first = commitIn(scratch, "first");
    git("branch", "kept");
    const second = commitIn(scratch, "second");
    const file = join(root, ".git/objects", second.slice(0, 2), second.slice(2));
    rmSync(file);
    writeFileSync(file, "no object");
    const { commits } = await findReachable(root, [first, second], env);
    expect(commits.get(first)).toMatchObject({
      there: true,
      tree: expect.stringMatching(/^[0-9a-f]{40}$/),
      keptBy: "branch",
      ref: "kept",
    });
    expect(commits.get(second)).toMatchObject({ there: false, keptBy: "unknown" });
  });

  test("dates that run backwards hide no commit from its branch", async () => {
    const scratch = makeScratch();
    const dated = (day: string) => ({
      GIT_COMMITTER_DATE: `${day}T00:00:00Z`,
      GIT_AUTHOR_DATE: `${day}T00:00:00Z`,
    });
    const commits = [];
    for (let number = 0; number < 12; number += 1)
      commits.push(
        commitIn(scratch, `n${number}`, dated(number === 3 ? "2035-01-01" : `20${30 - number}-01-01`)),
      );
    scratch.git("checkout", "--quiet", "-b", "side");
    const found = await findReachable(scratch.root, commits, env);
    expect([...found.commits.values()].map(({ keptBy }) => keptBy)).toEqual(commits.map(() => "branch"));
  });

  test("a few processes answer for many commits", async () => {
    const scratch = makeScratch();
    const commits = Array.from({ length: 40 }, (_, number) => commitIn(scratch, `n${number}`));
    const before = spawnCount();
    const found = await findReachable(scratch.root, commits, env);
    expect(found.commits.size).toBe(40);
    expect(spawnCount() - before).toBeLessThanOrEqual(5);
  });

  test("works with ids of SHA-256", async () => {
    const root = makeFolder();
    const scratch = scratchAt(root);
    scratch.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main");
    const commit = commitIn(scratch, "one");
    expect(commit).toHaveLength(64);
    expect(await only(findReachable(root, [commit], env), commit)).toMatchObject({
      there: true,
      ref: "main",
    });
  });

  test("a folder in no repository is an error with a way out", async () => {
    const failure = await failureOf(findReachable(makeFolder(), ["f".repeat(40)], env));
    expect(failure.code).toBe("NOT_A_REPOSITORY");
  });
});

describe("findSnapshots", () => {
  function snapshotIn(scratch: Scratch): { commit: string; tree: string; ref: string } {
    const { git, write } = scratch;
    write("kept.py", "edits");
    git("add", "kept.py");
    const tree = git("write-tree");
    git("rm", "--quiet", "-f", "kept.py");
    const commit = git("commit-tree", tree, "-p", "HEAD", "-m", "snapshot");
    const ref = "refs/colophon/snapshots/20261120T104207Z_3f9c2e1_k3f9q2";
    git("update-ref", ref, commit);
    return { commit, tree, ref };
  }

  test("gives ref, tree, and that nothing is missing", async () => {
    const scratch = makeScratch();
    const { commit, tree, ref } = snapshotIn(scratch);
    const found = await findSnapshots(scratch.root, [{ commit, ref }], env);
    expect(found.get(commit)).toEqual({ refCommit: commit, there: true, tree, missing: [] });
  });

  test("names the objects that are missing, of the snapshot that lacks them", async () => {
    const scratch = makeScratch();
    const { commit, ref } = snapshotIn(scratch);
    const whole = commitIn(scratch, "whole");
    const blob = scratch.git("rev-parse", `${commit}:kept.py`);
    rmSync(join(scratch.root, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    const found = await findSnapshots(
      scratch.root,
      [
        { commit, ref },
        { commit: whole, ref: null },
      ],
      env,
    );
    expect(found.get(commit)?.missing).toEqual([blob]);
    expect(found.get(whole)).toMatchObject({ refCommit: null, missing: [] });
  });

  test("a ref that is gone, or points elsewhere, is told", async () => {
    const scratch = makeScratch();
    const { commit, ref } = snapshotIn(scratch);
    const other = scratch.git("rev-parse", "HEAD");
    scratch.git("update-ref", ref, other);
    expect((await findSnapshots(scratch.root, [{ commit, ref }], env)).get(commit)).toMatchObject({
      refCommit: other,
      there: true,
    });
    scratch.git("update-ref", "-d", ref);
    scratch.git("gc", "--quiet", "--prune=now");
    expect((await findSnapshots(scratch.root, [{ commit, ref }], env)).get(commit)).toEqual({
      refCommit: null,
      there: false,
      tree: null,
      missing: null,
    });
  });

  test("is asked nothing about what is no id", async () => {
    const before = spawnCount();
    expect(await findSnapshots(makeFolder(), [{ commit: "--all", ref: null }], env)).toEqual(new Map());
    expect(spawnCount()).toBe(before);
  });
});
