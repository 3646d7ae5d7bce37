import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readOwner, writeOwner } from "../../../src/git/worktree/owner.js";
import { placeFile } from "../../../src/git/worktree/place-file.js";
import { env, failureOf, makeFolder, makeScratch, type Scratch, scratchAt } from "../scratch.js";
import { disturb, project } from "../snapshot/eight-states.js";
import { everythingBelow, filesBelow, snap } from "../snapshot/snap.js";
import { open, owner } from "./opened.js";

/** Without objects, which a snapshot adds to. */
function stateOf({ root }: Scratch): Record<string, string> {
  return Object.fromEntries(
    Object.entries(everythingBelow(root)).filter(([path]) => !path.startsWith(".git/objects")),
  );
}

describe("openWorktree", () => {
  test("git-126: all eight dirty states come back byte for byte, and nothing of the user's is left changed", async () => {
    const scratch = project();
    disturb(scratch);
    const { record } = await snap(scratch);
    const before = stateOf(scratch);
    const worktree = await open(scratch, record);
    expect(worktree.faults).toEqual([]);
    expect(filesBelow(worktree.root)).toEqual(filesBelow(scratch.root));
    const during = stateOf(scratch);
    const changed = Object.keys(during).filter((path) => during[path] !== before[path]);
    expect(
      changed.every((path) => path === ".git/worktrees" || path.startsWith(".git/worktrees/repository")),
    ).toBe(true);
    const there = scratchAt(worktree.root);
    expect(there.git("rev-parse", "HEAD")).toBe(scratch.git("rev-parse", "HEAD"));
    expect(there.git("-C", "lib", "rev-parse", "HEAD")).toBe(scratch.git("-C", "lib", "rev-parse", "HEAD"));
    expect(worktree.remove()).toEqual([]);
    expect(existsSync(worktree.scratch)).toBe(false);
    expect(stateOf(scratch)).toEqual(before);
  });

  test("edits made since do not reach it", async () => {
    const scratch = project();
    disturb(scratch);
    const { record } = await snap(scratch);
    const then = filesBelow(scratch.root);
    for (const name of ["staged.py", "assumed.py", "helper.py", "lib/lib.txt"])
      scratch.write(name, "later\n");
    rmSync(join(scratch.root, "script.sh"));
    const worktree = await open(scratch, record);
    expect(filesBelow(worktree.root)).toEqual(then);
    worktree.remove();
  });

  test("links and modes of a clean tree; `export-ignore` and a sparse checkout leave nothing out", async () => {
    const scratch = makeScratch();
    scratch.write("run.sh", "#!/bin/sh\n", 0o755);
    scratch.link("src/b.txt", "link");
    scratch.link("/nowhere at all", "dangling");
    scratch.write(".gitattributes", "run.sh export-ignore\nsrc export-ignore\n*.eol text eol=crlf\n");
    scratch.write("a.eol", "one\r\ntwo\r\n");
    scratch.commit("More");
    const whole = filesBelow(scratch.root);
    scratch.git("sparse-checkout", "set", "--no-cone", "/a.txt");
    const { record } = await snap(scratch);
    const worktree = await open(scratch, record);
    expect(filesBelow(worktree.root)).toEqual(whole);
    worktree.remove();
  });

  test("line endings that were lost on the way into the tree come back, or are named", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.autocrlf", "input");
    scratch.write("dos.txt", "one\r\ntwo\r\n");
    scratch.write("mixed.txt", "one\r\ntwo\n");
    const { record } = await snap(scratch);
    expect(record.converted.map(({ path }) => path).sort()).toEqual(["dos.txt", "mixed.txt"]);
    const worktree = await open(scratch, record);
    expect(worktree.faults).toEqual([]);
    expect(filesBelow(worktree.root)).toEqual(filesBelow(scratch.root));
    worktree.remove();
    scratch.write("mixed.txt", "changed\n");
    const again = await open(scratch, record);
    expect(again.faults).toMatchObject([{ what: "converted", subject: "mixed.txt" }]);
    expect(readFileSync(join(again.root, "dos.txt"), "latin1")).toBe("one\r\ntwo\r\n");
    again.remove();
  });

  test("a content filter is applied; without its program the files are counted, and one that fails is named", async () => {
    const scratch = makeScratch();
    scratch.git("config", "filter.rot.clean", "tr a-z b-za");
    scratch.git("config", "filter.rot.smudge", "tr b-za a-z");
    scratch.write(".gitattributes", "*.rot filter=rot\n");
    scratch.write("x.rot", "hello\n");
    scratch.commit("Filter");
    const { record } = await snap(scratch);
    const filtered = await open(scratch, record, { filters: ["rot"] });
    expect([filtered.faults, filesBelow(filtered.root)]).toEqual([[], filesBelow(scratch.root)]);
    filtered.remove();
    scratch.git("config", "filter.rot.smudge", "false");
    scratch.git("config", "filter.rot.required", "true");
    const failing = await open(scratch, record, { filters: ["rot"] });
    expect(failing.faults).toMatchObject([{ what: "filter", subject: "rot" }]);
    failing.remove();
    scratch.git("config", "--remove-section", "filter.rot");
    const without = await open(scratch, record, { filters: ["rot"] });
    expect(without.faults).toMatchObject([
      { what: "filter", subject: "rot", reason: expect.stringMatching(/^1 files /) },
    ]);
    without.remove();
  });

  test("a pointer of Git LFS whose content is not here is named", async () => {
    const scratch = makeScratch();
    scratch.git("config", "filter.lfs.clean", "cat");
    scratch.git("config", "filter.lfs.smudge", "cat");
    scratch.write(".gitattributes", "*.bin filter=lfs\n");
    scratch.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
    scratch.write("small.bin", "content\n");
    scratch.commit("Large");
    const worktree = await open(scratch, (await snap(scratch)).record, { filters: ["lfs"] });
    expect(worktree.faults).toEqual([
      { what: "filter", subject: "big.bin", reason: "its content, kept by Git LFS, is not on this machine" },
    ]);
    worktree.remove();
  });

  test("git-82: submodules of submodules come back, at their commits and with their edits", async () => {
    const inner = makeScratch();
    const middle = makeScratch();
    middle.git("submodule", "--quiet", "add", inner.root, "lib");
    middle.git("commit", "--quiet", "--message=Library");
    const top = makeScratch();
    top.git("submodule", "--quiet", "add", middle.root, "middle");
    top.git("submodule", "--quiet", "update", "--init", "--recursive");
    top.git("commit", "--quiet", "--message=Nest");
    scratchAt(join(top.root, "middle/lib")).git("commit", "--quiet", "--allow-empty", "--message=Next");
    top.git("-C", "middle/lib", "config", "core.autocrlf", "true");
    top.write("middle/lib/a.txt", "deep edit\r\n");
    top.write("middle/new.txt", "in the middle\n");
    rmSync(join(top.root, "middle/lib/src/b.txt"));
    const { record } = await snap(top);
    const before = stateOf(top);
    const worktree = await open(top, record);
    expect(worktree.faults).toEqual([]);
    expect(filesBelow(worktree.root)).toEqual(filesBelow(top.root));
    expect(top.git("-C", join(worktree.root, "middle/lib"), "rev-parse", "HEAD")).toBe(
      top.git("-C", "middle/lib", "rev-parse", "HEAD"),
    );
    worktree.remove();
    expect(stateOf(top)).toEqual(before);
  });

  test("no hook is executed", async () => {
    const scratch = makeScratch();
    const canary = join(makeFolder(), "canary");
    for (const hook of ["post-checkout", "post-index-change", "reference-transaction"])
      scratch.write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch ${canary}\n`, 0o755);
    const { record } = await snap(scratch);
    (await open(scratch, record)).remove();
    expect(existsSync(canary)).toBe(false);
  });

  test("a submodule without its commit, or without its repository, is named", async () => {
    const outer = makeScratch();
    outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
    outer.git("commit", "--quiet", "--message=Library");
    const { record } = await snap(outer);
    const gone = {
      ...record,
      submodules: [
        { path: "lib", commit: "1".repeat(40), dirty: false, stored: 0, removed: [], removed_omitted: 0 },
      ],
    };
    const worktree = await open(outer, gone);
    expect(worktree.faults).toMatchObject([
      { what: "submodule", subject: "lib", reason: expect.stringContaining("1".repeat(40)) },
    ]);
    worktree.remove();
    outer.git("submodule", "--quiet", "deinit", "--force", "lib");
    const put = await open(outer, record);
    expect([put.faults, readFileSync(join(put.root, "lib/a.txt"), "utf8")]).toEqual([
      [],
      "one\ntwo\nthree\n",
    ]);
    put.remove();
    rmSync(join(outer.root, ".git/modules"), { recursive: true });
    const without = await open(outer, record);
    expect(without.faults).toMatchObject([{ what: "submodule", subject: "lib" }]);
    without.remove();
    const absent = await open(outer, record, { absentSubmodules: new Set(["lib"]) });
    expect(absent.faults).toEqual([]);
    absent.remove();
  });

  test("an overlay is never written through a link of the tree", () => {
    const [root, outside] = [makeFolder(), makeFolder()];
    symlinkSync(outside, join(root, "deep"));
    placeFile(root, "deep/x.txt", { mode: "100644", content: Buffer.from("x") });
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(join(root, "deep/x.txt"), "utf8")).toBe("x");
    expect(() => placeFile(root, "../x", { mode: "100644", content: Buffer.alloc(0) })).toThrow("leads out");
  });

  test("missing objects are an error, and nothing is left behind", async () => {
    const scratch = makeScratch();
    const { record } = await snap(scratch);
    const { code } = await failureOf(open(scratch, { ...record, tree: "1".repeat(40) }));
    expect(code).toBe("GIT_UNREADABLE");
    expect(existsSync(join(scratch.root, ".git/worktrees"))).toBe(false);
  });

  test("bears the name of the root, with folders above it where they are asked for", async () => {
    const scratch = makeScratch();
    const { record } = await snap(scratch);
    const worktree = await open(scratch, record, { foldersAbove: 1 });
    const above = basename(dirname(scratch.root));
    expect(worktree.root).toBe(join(worktree.scratch, above, "repository"));
    worktree.remove();
  });
});

describe("what a kill left behind", () => {
  test("is removed by the next one, if it is ours and abandoned; others stay", async () => {
    const scratch = makeScratch();
    const { record } = await snap(scratch);
    const theirs = join(makeFolder(), "theirs");
    scratch.git("worktree", "add", "--quiet", "--detach", theirs);
    const lost = await open(scratch, record);
    const working = await open(scratch, record);
    const next = await open(scratch, record, { isAbandoned: (_, folder) => folder === lost.scratch });
    expect([existsSync(lost.scratch), existsSync(working.scratch), existsSync(theirs)]).toEqual([
      false,
      true,
      true,
    ]);
    for (const worktree of [working, next]) expect(worktree.remove()).toEqual([]);
    expect(readdirSync(join(scratch.root, ".git/worktrees"))).toEqual(["theirs"]);
  });

  test("is found again wherever its removal was stopped", async () => {
    const scratch = makeScratch();
    const { record } = await snap(scratch);
    const admin = join(scratch.root, ".git/worktrees/repository");
    const stops: (() => void)[] = [
      () => rmSync(join(admin, "gitdir")),
      () => rmSync(join(admin, "colophon-owner.json")),
    ];
    for (const stop of stops) {
      const lost = await open(scratch, record);
      rmSync(join(lost.root), { recursive: true });
      stop();
      const next = await open(scratch, record, { isAbandoned: () => true });
      expect(next.remove()).toEqual([]);
      expect([existsSync(lost.scratch), existsSync(join(scratch.root, ".git/worktrees"))]).toEqual([
        false,
        false,
      ]);
    }
  });

  test("what was kept is the user's", async () => {
    const scratch = makeScratch();
    const { record } = await snap(scratch);
    const kept = await open(scratch, record);
    expect(readOwner(kept.scratch)).toEqual(owner);
    kept.keep();
    const next = await open(scratch, record, { isAbandoned: () => true });
    next.remove();
    expect(existsSync(join(kept.root, "a.txt"))).toBe(true);
    scratch.git("worktree", "remove", kept.root);
    rmSync(kept.scratch, { recursive: true });
  });

  test("a repository that came with such an entry makes us delete nothing elsewhere", async () => {
    const scratch = makeScratch();
    const precious = join(makeFolder(), "colophon-reproduce-1-abcdef");
    mkdirSync(precious);
    writeFileSync(join(precious, "thesis.tex"), "years");
    const entry = join(scratch.root, ".git/worktrees/evil");
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, "gitdir"), `${precious}/x/.git\n`);
    writeOwner(entry, owner);
    const { record } = await snap(scratch);
    (await open(scratch, record, { isAbandoned: () => true, env })).remove();
    expect(readFileSync(join(precious, "thesis.tex"), "utf8")).toBe("years");
  });
});
