import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readStagedBlobs, stagedFiles } from "../../src/git/status/staged.js";
import { env, failureOf, makeFolder, makeScratch, photograph, type Scratch, scratchAt } from "./scratch.js";

async function staged(directory: string, variables: NodeJS.ProcessEnv = env) {
  const { root, entries } = await stagedFiles(directory, variables);
  const blobs = await readStagedBlobs(directory, variables, entries);
  const files = entries.map(({ path, status }) => [path, status, Buffer.from(blobs.get(path)!).toString()]);
  return { root, files };
}

/**
 * Installs a real pre-commit hook that writes down what Git told it and keeps the index it was given; gives what `stagedFiles` reads
 * with that very environment, while that very index is in place.
 */
async function seenByHook(scratch: Scratch, words: readonly string[], main = scratch) {
  const place = makeFolder();
  const hook = `#!/bin/sh
env -0 > '${place}/env'
pwd > '${place}/pwd'
index="\${GIT_INDEX_FILE:-.git/index}"
cp "$index" '${place}/index'
exit 1
`;
  main.write(".git/hooks/pre-commit", hook, 0o755);
  expect(scratch.tryGit(...words).status).not.toBe(0);
  const pairs = readFileSync(join(place, "env"), "utf8").split("\0").filter(Boolean);
  const variables = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s)));
  const directory = readFileSync(join(place, "pwd"), "utf8").trim();
  // Git has removed the index of the commit in progress by now; the copy stands in for it under the name of a file that exists.
  const given = variables.GIT_INDEX_FILE;
  return { place, directory, given, variables: { ...variables, GIT_INDEX_FILE: join(place, "index") } };
}

describe("stagedFiles", () => {
  test("lists what differs from HEAD, with the staged bytes", async () => {
    const { root, commit, git, write, remove, link } = makeScratch();
    write("gone.txt", "x");
    write("moved.txt", "moved\n");
    write("typed", "x");
    commit("More");
    write("a.txt", "staged");
    write("added file\n.json", "{}");
    git("rm", "--quiet", "gone.txt");
    git("mv", "moved.txt", "to.txt");
    remove("typed");
    link("a.txt", "typed");
    git("add", ".");
    write("a.txt", "edited after staging");
    write("intent.txt", "");
    git("add", "--intent-to-add", "intent.txt");
    expect(await staged(join(root, "src"))).toEqual({
      root,
      files: [
        ["a.txt", "M", "staged"],
        ["added file\n.json", "A", "{}"],
        ["to.txt", "A", "moved\n"],
        ["typed", "T", "a.txt"],
      ],
    });
  });

  test.each(["sha1", "sha256"])("before the first commit everything staged is added (%s)", async (format) => {
    const { root, git, write } = makeScratch({ unborn: true, words: [`--object-format=${format}`] });
    expect((await staged(root)).files).toEqual([]);
    write("first.json", "{}");
    git("add", ".");
    expect((await staged(root)).files).toEqual([["first.json", "A", "{}"]]);
  });

  test("leaves submodules out, which have no content", async () => {
    const { root, git } = makeScratch();
    git("submodule", "--quiet", "add", makeScratch().root, "lib");
    expect((await stagedFiles(root, env)).entries.map(({ path }) => path)).toEqual([".gitmodules"]);
  });

  test("a repository that cannot be read is an error", async () => {
    expect(await failureOf(stagedFiles(makeFolder(), env))).toMatchObject({ code: "NOT_A_REPOSITORY" });
    const { root } = makeScratch();
    const entry = { path: "a.json", mode: "100644", oid: "1".repeat(40), status: "A" } as const;
    const failure = await failureOf(readStagedBlobs(root, env, [entry]));
    expect(failure).toMatchObject({ code: "GIT_UNREADABLE", message: expect.stringContaining("a.json") });
  });

  test("bytes come back exactly: empty, binary, without a final newline, many", async () => {
    const { root, git, write } = makeScratch();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 256));
    write("binary", bytes);
    write("empty", "");
    for (let count = 0; count < 300; count += 1) write(`many/${count}`, `${count} blob 7\n`.repeat(count));
    git("add", ".");
    const { entries } = await stagedFiles(root, env);
    const blobs = await readStagedBlobs(root, env, entries);
    expect(Buffer.from(blobs.get("binary")!).equals(bytes)).toBe(true);
    expect(blobs.get("empty")).toHaveLength(0);
    expect(blobs.size).toBe(302);
    expect(Buffer.from(blobs.get("many/299")!).toString()).toBe("299 blob 7\n".repeat(299));
  });
});

describe("stagedFiles in a pre-commit hook", () => {
  /** `a.txt` is staged and edited again; `src/b.txt` is edited only. */
  function edited(scratch: Scratch): Scratch {
    scratch.write("a.txt", "staged");
    scratch.git("add", "a.txt");
    scratch.write("a.txt", "edited");
    scratch.write("src/b.txt", "edited");
    return scratch;
  }

  test.each<[string, readonly string[], RegExp, unknown[]]>([
    ["git-109: commit", ["commit", "-m", "x"], /^\.git\/index$/, [["a.txt", "M", "staged"]]],
    [
      "git-110: commit -a",
      ["commit", "-a", "-m", "x"],
      /index\.lock$/,
      [
        ["a.txt", "M", "edited"],
        ["src/b.txt", "M", "edited"],
      ],
    ],
    [
      "git-110: commit -- path",
      ["commit", "-m", "x", "--", "src/b.txt"],
      /next-index-\d+\.lock$/,
      [["src/b.txt", "M", "edited"]],
    ],
    [
      "git-115: commit --amend",
      ["commit", "--amend", "-m", "x"],
      /^\.git\/index$/,
      [["a.txt", "M", "staged"]],
    ],
  ])("%s shows the index that is being committed", async (_, words, given, files) => {
    const scratch = edited(makeScratch());
    const seen = await seenByHook(scratch, words);
    expect(seen.given).toMatch(given);
    const before = photograph(scratch.root);
    expect(await staged(seen.directory, seen.variables)).toEqual({ root: scratch.root, files });
    expect(photograph(scratch.root)).toEqual(before);
  });

  test("git-111: in a linked work tree, from its root and from below", async () => {
    const main = makeScratch();
    const linked = scratchAt(join(makeFolder(), "linked"));
    main.git("worktree", "add", "--quiet", linked.root);
    edited(linked);
    const seen = await seenByHook(linked, ["commit", "-a", "-m", "x"], main);
    expect(seen.variables.GIT_DIR).toContain(".git/worktrees/linked");
    const before = photograph(main.root);
    const files = [
      ["a.txt", "M", "edited"],
      ["src/b.txt", "M", "edited"],
    ];
    expect(await staged(seen.directory, seen.variables)).toEqual({ root: linked.root, files });
    expect(await staged(join(linked.root, "src"), seen.variables)).toEqual({ root: linked.root, files });
    expect(photograph(main.root)).toEqual(before);
    const captured = await main.capture(".", { env: seen.variables });
    expect(captured).toMatchObject({ root: main.root, git: { branch: "main", dirty: false } });
  });

  test("git-109: a relative GIT_INDEX_FILE is taken from the root, as Git takes it", async () => {
    const scratch = edited(makeScratch());
    const relative = { ...env, GIT_INDEX_FILE: ".git/index", GIT_DIR: ".git" };
    for (const directory of [scratch.root, join(scratch.root, "src")]) {
      expect((await staged(directory, relative)).files).toEqual([["a.txt", "M", "staged"]]);
    }
  });

  test("git-115: in a merge, everything that it brings", async () => {
    const scratch = makeScratch();
    scratch.git("switch", "--quiet", "-c", "other");
    scratch.write("theirs.json", "{}");
    scratch.commit("Theirs");
    scratch.git("switch", "--quiet", "main");
    scratch.git("merge", "--quiet", "--no-ff", "--no-commit", "other");
    const seen = await seenByHook(scratch, ["commit", "-m", "x"]);
    expect((await staged(seen.directory, seen.variables)).files).toEqual([["theirs.json", "A", "{}"]]);
  });

  test("git-112: from a shell alias and from rebase --exec, captureSource shows the right repository", async () => {
    const scratch = makeScratch();
    const place = makeFolder();
    scratch.git("config", "alias.show-env", `!env -0 > '${place}/alias'`);
    scratch.git("show-env");
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Next");
    scratch.git("rebase", "--quiet", "--force-rebase", "--exec", `env -0 > '${place}/exec'`, "HEAD~1");
    for (const name of ["alias", "exec"]) {
      const pairs = readFileSync(join(place, name), "utf8").split("\0").filter(Boolean);
      const variables = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s)));
      expect(Object.keys(variables).some((variable) => variable.startsWith("GIT_"))).toBe(true);
      const captured = await scratch.capture("src", { env: variables });
      expect(captured).toMatchObject({ root: scratch.root, git: { dirty: false }, source: { cwd: "src" } });
    }
  });

  test("git-113: a partly staged file counts with its staged bytes", async () => {
    const { root } = edited(makeScratch());
    expect((await staged(root)).files).toEqual([["a.txt", "M", "staged"]]);
  });
});
