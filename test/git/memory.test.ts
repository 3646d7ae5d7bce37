import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { spawnCount } from "../../src/git/run-git.js";
import { captureAt, env, makeFolder, makeScratch, type Scratch, scratchAt, wrapGit } from "./scratch.js";

const cache = (root: string) => join(root, ".colophon");

/** A repository with a folder for the memory. */
function remembering(): Scratch {
  const scratch = makeScratch();
  scratch.write(".colophon/.gitignore", "*\n");
  return scratch;
}

/** What was captured, and how many Gits it took. */
async function count({ capture }: Scratch, directory = ".", variables = env) {
  const before = spawnCount();
  const captured = await capture(directory, { cache, env: variables });
  return { captured, spawns: spawnCount() - before };
}

/** A file that changed just now is not trusted to look different after its next change. */
const settle = () => wait(200);

async function remembered() {
  const scratch = remembering();
  await settle();
  const first = await count(scratch);
  return { scratch, first };
}

describe("the memory of captureSource", () => {
  test("the first capture starts five Gits, the next one, with the same answer", async () => {
    const { scratch, first } = await remembered();
    expect(first.spawns).toBe(5);
    const second = await count(scratch);
    expect(second.spawns).toBe(1);
    expect(second.captured).toEqual(first.captured);
    scratch.write("new.txt", "");
    expect(await count(scratch)).toMatchObject({ spawns: 1, captured: { git: { dirty: true } } });
    expect((await count(scratch, "src")).spawns).toBe(2);
  });

  test("without a folder to remember in, each capture asks everything", async () => {
    const scratch = makeScratch();
    await settle();
    expect((await count(scratch)).spawns).toBe(5);
    expect((await count(scratch)).spawns).toBe(5);
    expect(existsSync(cache(scratch.root))).toBe(false);
  });

  test("what changed just now is not remembered", async () => {
    const scratch = remembering();
    const future = Date.now() / 1000 + 100;
    scratch.write("a.txt", "edit");
    scratch.git("add", "a.txt");
    expect((await count(scratch)).spawns).toBe(5);
    utimesSync(join(scratch.root, ".git/index"), future, future);
    expect((await count(scratch)).spawns).toBeGreaterThan(1);
  });

  test.each<[string, (scratch: Scratch) => void, number, object]>([
    ["a commit", ({ git }) => git("commit", "--quiet", "--allow-empty", "--message=Next"), 3, {}],
    ["a branch", ({ git }) => git("switch", "--quiet", "-c", "next"), 4, { head: { branch: "next" } }],
    ["a remote", ({ git }) => git("remote", "add", "o", "/r"), 4, { remotes: [{ name: "o", url: "/r" }] }],
    [
      "a hidden file",
      ({ git }) => git("update-index", "--skip-worktree", "a.txt"),
      3,
      { counts: { hidden: 1 } },
    ],
    [
      "a shallow file",
      ({ git, write }) => write(".git/shallow", `${git("rev-parse", "HEAD")}\n`),
      4,
      { shallow: true },
    ],
    [
      "a worktree configuration",
      ({ git }) => [
        git("config", "extensions.worktreeConfig", "true"),
        git("config", "--worktree", "core.sparseCheckout", "true"),
      ],
      4,
      { sparse: true },
    ],
    [
      "an operation",
      ({ git, write }) => write(".git/MERGE_HEAD", `${git("rev-parse", "HEAD")}\n`),
      1,
      { operation: "merge" },
    ],
  ])("%s is noticed", async (_, change, most, expected) => {
    const { scratch } = await remembered();
    change(scratch);
    const { captured, spawns } = await count(scratch);
    expect(captured.source).toMatchObject(expected);
    expect(captured.source.head).toMatchObject({
      sha: scratch.git("rev-parse", "HEAD"),
      tree: scratch.git("rev-parse", "HEAD^{tree}"),
    });
    expect(spawns).toBeLessThanOrEqual(most);
  });

  test("HEAD moved under an unchanged index has its own tree", async () => {
    const { scratch } = await remembered();
    const empty = scratch.git("mktree");
    const commit = scratch.git("commit-tree", "-m", "Empty", empty);
    await settle();
    scratch.git("update-ref", "refs/heads/main", commit);
    const { captured, spawns } = await count(scratch);
    expect(captured.source.head).toMatchObject({ sha: commit, tree: empty });
    expect(spawns).toBe(2);
    expect((await count(scratch)).spawns).toBe(1);
  });

  test("files that the configuration includes are watched, also before they exist", async () => {
    const scratch = remembering();
    const included = join(makeFolder(), "included");
    scratch.git("config", "include.path", included);
    await settle();
    expect((await count(scratch)).captured.source.remotes).toEqual([]);
    writeFileSync(included, '[remote "origin"]\nurl = /first\n');
    expect((await count(scratch)).captured.source.remotes).toEqual([{ name: "origin", url: "/first" }]);
  });

  test("the user's own configuration is watched, and which one counts", async () => {
    const scratch = remembering();
    const home = makeFolder();
    const variables = { ...env, HOME: home, GIT_CONFIG_GLOBAL: undefined };
    await settle();
    expect((await count(scratch, ".", variables)).captured.source.remotes).toEqual([]);
    writeFileSync(join(home, ".gitconfig"), '[remote "origin"]\nurl = /home\n');
    expect((await count(scratch, ".", variables)).captured.source.remotes).toEqual([
      { name: "origin", url: "/home" },
    ]);
    expect((await count(scratch)).captured.source.remotes).toEqual([]);
  });

  test("another Git is asked for its version", async () => {
    const { scratch } = await remembered();
    const other = wrapGit(`case "$*" in *--version) echo "git version 2.99.0";; *) exec "$REAL" "$@";; esac`);
    const { captured, spawns } = await count(scratch, ".", other);
    expect(captured.source.git_version).toBe("2.99.0");
    expect(spawns).toBe(2);
  });

  test("a submodule and its superproject are never mistaken for each other", async () => {
    const outer = remembering();
    const library = makeScratch();
    outer.git("submodule", "--quiet", "add", library.root, "lib");
    outer.git("commit", "--quiet", "--message=Use it");
    const inner = scratchAt(join(outer.root, "lib"));
    mkdirSync(join(inner.root, ".colophon"));
    await settle();
    await count(inner);
    outer.git("commit", "--quiet", "--allow-empty", "--message=Next");
    const { captured, spawns } = await count(inner);
    expect(captured.source.superproject?.sha).toBe(outer.git("rev-parse", "HEAD"));
    expect(spawns).toBe(3);
  });

  test("a repository that vanishes leaves no trace in the enclosing one", async () => {
    const outer = makeScratch();
    outer.write(".gitignore", "inner\n");
    outer.git("clone", "--quiet", ".", "inner");
    const inner = scratchAt(join(outer.root, "inner"));
    inner.write(".colophon/.gitignore", "*\n");
    await settle();
    await count(inner);
    rmSync(join(inner.root, ".git/HEAD"));
    const { captured } = await count(inner);
    expect(captured.root).toBe(outer.root);
    expect(captured.source.cwd).toBe("inner");
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["another version", '{"cache_version":0}'],
    ["null", "null"],
    ["other types", '{"cache_version":1,"program":5,"layout":{"stamps":7},"index":"x","head":{}}'],
    ["a lie", '{"cache_version":1,"head":{"sha":"x","tree":"y"},"layout":{"stamps":[],"variables":[]}}'],
  ])("a memory of %s is forgotten", async (_, text) => {
    const { scratch, first } = await remembered();
    scratch.write(".colophon/git.json", text);
    expect((await count(scratch)).captured).toEqual(first.captured);
    expect((await count(scratch)).spawns).toBe(1);
  });

  test("a memory that came with the repository is not believed", async () => {
    const { scratch, first } = await remembered();
    const file = join(scratch.root, ".colophon/git.json");
    const memory = JSON.parse(readFileSync(file, "utf8"));
    memory.head.tree = "0".repeat(40);
    memory.layout.layout.shallow = true;
    for (const stamps of [[], [{ path: join(scratch.root, ".git"), state: "folder 1" }]]) {
      memory.layout.stamps = stamps;
      writeFileSync(file, JSON.stringify(memory));
      expect((await count(scratch)).captured).toEqual(first.captured);
    }
  });

  test("credentials never reach the memory", async () => {
    const scratch = remembering();
    scratch.git("remote", "add", "origin", "https://ada:hunter2@example.org/r.git");
    await settle();
    const first = await count(scratch);
    expect(readFileSync(join(scratch.root, ".colophon/git.json"), "utf8")).not.toContain("hunter2");
    expect((await count(scratch)).captured).toEqual(first.captured);
    expect(first.captured.source.redactions).toEqual({ "url-credentials": 1 });
  });

  test("a folder that is a link elsewhere is not written through", async () => {
    const scratch = makeScratch();
    const elsewhere = makeFolder();
    symlinkSync(elsewhere, cache(scratch.root));
    await count(scratch);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("a memory that cannot be replaced harms no capture and leaves nothing behind", async () => {
    const scratch = remembering();
    mkdirSync(join(scratch.root, ".colophon/git.json/full"), { recursive: true });
    await settle();
    expect((await captureAt(scratch.root, { cache })).git.dirty).toBe(false);
    expect(readdirSync(cache(scratch.root)).sort()).toEqual([".gitignore", "git.json"]);
  });

  test("thirty-two captures at once agree", async () => {
    const scratch = remembering();
    await settle();
    const all = await Promise.all(Array.from({ length: 32 }, () => count(scratch)));
    expect(new Set(all.map(({ captured }) => JSON.stringify(captured))).size).toBe(1);
    expect(readdirSync(cache(scratch.root)).sort()).toEqual([".gitignore", "git.json"]);
  });
});
