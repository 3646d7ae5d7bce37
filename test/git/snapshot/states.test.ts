import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { spawnCount } from "../../../src/git/run-git.js";
import { env, makeFolder, makeScratch, type Scratch, scratchAt } from "../scratch.js";
import { checkOut, everythingBelow, filesBelow, nextId, snap, snapOf } from "./snap.js";

const recordsIn = () => "records";

describe("takeSnapshot of a clean tree", () => {
  test("makes no commit, names HEAD's tree, and starts no Git", async () => {
    const scratch = makeScratch();
    const captured = await scratch.capture();
    const before = everythingBelow(scratch.root);
    const count = spawnCount();
    const { record } = await snapOf(captured);
    expect(spawnCount()).toBe(count);
    expect(record).toMatchObject({ state: "clean", reason: null, commit: null, overlay: null, ref: null });
    expect(record.tree).toBe(scratch.git("rev-parse", "HEAD^{tree}"));
    expect(record.proof).toEqual({ held: true, differing: [], omitted: 0 });
    expect(everythingBelow(scratch.root)).toEqual(before);
  });

  test("git-120: bits that hide nothing leave it clean", async () => {
    const scratch = makeScratch();
    scratch.git("update-index", "--assume-unchanged", "a.txt");
    scratch.git("update-index", "--skip-worktree", "src/b.txt");
    expect((await snap(scratch)).record.state).toBe("clean");
  });

  test("git-74: our own run folders stay out, staged or not; the user's files beside them go in", async () => {
    const scratch = makeScratch();
    scratch.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/committed.json", "{}");
    scratch.commit("Record");
    scratch.write("records/.gitignore", "*.log\n");
    scratch.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/manifest.json", "{}");
    expect((await snap(scratch, {}, { recordsIn })).record.state).toBe("clean");
    scratch.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/committed.json", "{ }");
    scratch.git("add", ".");
    scratch.write("records/notes.md", "mine\n");
    const { record } = await snap(scratch, {}, { recordsIn });
    expect(record).toMatchObject({ state: "stored", files: { stored: 1 }, proof: { held: true } });
    expect(scratch.git("diff-tree", "-r", "--name-status", "HEAD", record.commit ?? "")).toBe(
      "A\trecords/notes.md",
    );
  });
});

describe("takeSnapshot of an odd tree", () => {
  test("a handful of changes costs six Gits", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const captured = await scratch.capture();
    const count = spawnCount();
    await snapOf(captured);
    expect(spawnCount() - count).toBe(6);
  });

  test("git-120: a copied index would lose edits that its bits hide; they are stored, and so is a hidden deletion", async () => {
    const scratch = makeScratch();
    scratch.write("third.txt", "third\n");
    scratch.commit("Third");
    scratch.git("update-index", "--assume-unchanged", "a.txt", "third.txt");
    scratch.git("update-index", "--skip-worktree", "src/b.txt");
    scratch.write("a.txt", "hidden\n");
    scratch.write("src/b.txt", "hidden too\n");
    scratch.remove("third.txt");
    expect(scratch.git("status", "--porcelain")).toBe("");
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    expect(filesBelow(checkOut(scratch, record))).toEqual(filesBelow(scratch.root));
    expect(scratch.git("ls-files", "-v")).toBe("h a.txt\nS src/b.txt\nh third.txt");
  });

  test("git-59: what a sparse checkout leaves out is in the snapshot as committed", async () => {
    const scratch = makeScratch();
    scratch.git("sparse-checkout", "set", "--no-cone", "/a.txt");
    scratch.write("a.txt", "edited\n");
    const { record } = await snap(scratch);
    expect(record.proof.held).toBe(true);
    expect(scratch.git("diff-tree", "-r", "--name-only", "HEAD", record.commit ?? "")).toBe("a.txt");
  });

  test("git-60: intent to add comes with its content", async () => {
    const scratch = makeScratch();
    scratch.write("new.txt", "new\n");
    scratch.git("add", "--intent-to-add", "new.txt");
    const { record } = await snap(scratch);
    expect(scratch.git("show", `${record.commit}:new.txt`)).toBe("new");
    expect(record.proof.held).toBe(true);
  });

  test("git-37, git-38: in the middle of a merge, conflicted files are stored as they lie there", async () => {
    const scratch = makeScratch();
    scratch.git("switch", "--quiet", "--create", "other");
    scratch.write("a.txt", "theirs\n");
    scratch.git("rm", "--quiet", "src/b.txt");
    scratch.git("commit", "--quiet", "--all", "--message=Theirs");
    scratch.git("switch", "--quiet", "main");
    scratch.write("a.txt", "ours\n");
    scratch.write("src/b.txt", "ours\n");
    scratch.git("commit", "--quiet", "--all", "--message=Ours");
    expect(scratch.tryGit("merge", "other").status).toBe(1);
    const before = everythingBelow(scratch.root);
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    expect(filesBelow(checkOut(scratch, record))).toEqual(filesBelow(scratch.root));
    expect(everythingBelow(scratch.root)).toMatchObject({ ".git/index": before[".git/index"] });
    scratch.write("a.txt", "x".repeat(100));
    const small = await snap(scratch, { caps: { fileBytes: 50 } });
    expect(scratch.git("show", `${small.record.commit}:a.txt`)).toBe("ours");
  });

  test("git-49, git-50: a same-size edit right after staging is not missed", async () => {
    for (let round = 0; round < 10; round += 1) {
      const scratch = makeScratch();
      scratch.write("a.txt", "aaaa\n");
      scratch.git("add", "a.txt");
      scratch.write("a.txt", "bbbb\n");
      utimesSync(join(scratch.root, ".git/index"), 0, Date.now() / 1000);
      const { record } = await snap(scratch);
      expect(scratch.git("show", `${record.commit}:a.txt`)).toBe("bbbb");
      expect(record.proof.held).toBe(true);
    }
  });

  test("git-49: an edit that only the time of the index betrays is found by the proof", async () => {
    const scratch = makeScratch();
    const file = join(scratch.root, "a.txt");
    const touch = () => {
      for (const path of [file, join(scratch.root, ".git/index")])
        utimesSync(path, 1_700_000_000, 1_700_000_000);
    };
    scratch.git("config", "core.trustctime", "false");
    scratch.git("config", "core.checkStat", "minimal");
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    scratch.git("update-index", "--refresh");
    touch();
    scratch.write("new.txt", "new\n");
    const captured = await scratch.capture();
    expect(captured.source.changes.map(({ path }) => path)).toEqual(["new.txt"]);
    scratch.write("a.txt", "ONE\ntwo\nthree\n");
    touch();
    const { record } = await snapOf(captured);
    expect(record.proof).toMatchObject({ held: false, differing: [{ path: "a.txt" }] });
  });

  test("git-57: where Git is told not to look at anything, the proof still looks", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.ignoreStat", "true");
    scratch.write("new.txt", "new\n");
    const scan = () => {
      setTimeout(() => scratch.write("new.txt", "changed\n"), 0);
      return [];
    };
    const captured = await scratch.capture();
    const { record } = await snapOf(captured, { scan });
    expect(record.proof).toMatchObject({ held: false, differing: [{ path: "new.txt" }] });
  });

  test("git-62: without core.fileMode the bit of the index is kept, as `git add` keeps it", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.fileMode", "false");
    scratch.git("update-index", "--chmod=+x", "a.txt");
    scratch.write("a.txt", "edited\n");
    const { record } = await snap(scratch);
    expect(scratch.git("ls-tree", record.tree ?? "", "a.txt")).toMatch(/^100755/);
  });

  test.each([
    [
      "names that look like anything else",
      ["-x", "--output=y", ":(top)z", "*", "a:b", "@{-1}", "^{tree}", "..."],
    ],
    [
      "names of more than letters",
      ['quo"te', "tab\there", "日本語", "a b/c d", " before and after ", "back\\slash"],
    ],
    ["names of two lines", ["two\nlines", "and\nanother/of\nfour", "plain"]],
  ])("git-84, git-85, git-93: %s, and one that is not UTF-8", async (_, names) => {
    const scratch = makeScratch();
    for (const name of names) scratch.write(name, name);
    const bytes = Buffer.concat([Buffer.from(`${scratch.root}/`), Buffer.from([0xff, 0x2f, 0xfe, 0x41])]);
    mkdirSync(bytes.subarray(0, bytes.lastIndexOf(0x2f)));
    writeFileSync(bytes, "odd");
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", left_out: [], converted: [], proof: { held: true } });
    expect(record.files.stored).toBe(names.length + 1);
    expect(filesBelow(checkOut(scratch, record))).toEqual(filesBelow(scratch.root));
  });

  test("git-23: a repository of SHA-256 ids", async () => {
    const scratch = makeScratch({ words: ["--object-format=sha256"] });
    scratch.write("a.txt", "edited\n");
    const { record } = await snap(scratch);
    expect(record.commit).toMatch(/^[0-9a-f]{64}$/);
    expect(record.proof.held).toBe(true);
  });

  test("git-16, git-19: in a linked work tree, and inside a submodule", async () => {
    const outer = makeScratch();
    outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
    outer.git("commit", "--quiet", "--message=Library");
    const linked = scratchAt(join(makeFolder(), "linked"));
    outer.git("worktree", "add", "--quiet", linked.root);
    for (const scratch of [linked, scratchAt(join(outer.root, "lib"))]) {
      scratch.write("a.txt", "edited\n");
      const { record } = await snap(scratch);
      expect(record.proof.held).toBe(true);
      expect(scratch.git("show", `${record.ref}:a.txt`)).toBe("edited");
    }
  });

  test("git-32, git-33: in a shallow and in a partial clone, without a word to anybody else", async () => {
    const origin = makeScratch();
    origin.git("config", "uploadpack.allowFilter", "true");
    for (let count = 0; count < 3; count += 1) {
      origin.write("a.txt", `${count}\n`);
      origin.git("commit", "--quiet", "--all", `--message=${count}`);
    }
    const url = `file://${origin.root}`;
    for (const words of [["--depth=1"], ["--filter=blob:none"]]) {
      const clone = scratchAt(join(makeFolder(), "clone"));
      origin.git("clone", "--quiet", ...words, url, clone.root);
      clone.write("a.txt", "edited\n");
      rmSync(join(clone.root, "src"), { recursive: true });
      const { record } = await snap(clone);
      expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    }
  });

  test("without an index, as after its loss, the files are stored all the same", async () => {
    const scratch = makeScratch();
    rmSync(join(scratch.root, ".git/index"));
    const { record } = await snap(scratch);
    expect(record.tree).toBe(scratch.git("rev-parse", "HEAD^{tree}"));
    expect(record.proof.held).toBe(true);
  });

  test("settings of the index make no difference", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.splitIndex", "true");
    scratch.git("config", "core.untrackedCache", "true");
    scratch.git("config", "core.ignoreStat", "true");
    scratch.git("config", "feature.manyFiles", "true");
    scratch.git("update-index", "--split-index", "--untracked-cache");
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const before = everythingBelow(scratch.root);
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", proof: { held: true }, files: { stored: 2 } });
    const after = everythingBelow(scratch.root);
    const shared = Object.keys(after).filter((path) => /^\.git\/(?:index|sharedindex)/.test(path));
    expect(shared.length).toBeGreaterThan(1);
    expect(shared.map((path) => after[path]?.replace(/^[\d.]+ /, ""))).toEqual(
      shared.map((path) => before[path]?.replace(/^[\d.]+ /, "")),
    );
  });
});

describe("content filters", () => {
  test("git-63: line endings are stored as `git add` stores them, and the file is named with its own digest", async () => {
    const scratch = makeScratch();
    scratch.write(".gitattributes", "*.txt text\n");
    scratch.commit("Attributes");
    scratch.write("a.txt", "dos\r\n");
    const { record } = await snap(scratch);
    expect(scratch.git("cat-file", "blob", `${record.commit}:a.txt`)).toBe("dos");
    expect(record.converted).toEqual([
      { path: "a.txt", sha256: createHash("sha256").update("dos\r\n").digest("hex") },
    ]);
    expect(record.proof.held).toBe(true);
  });

  test("core.autocrlf looks at what the index has, as `git add` does", async () => {
    const scratch = makeScratch();
    scratch.write("dos.txt", "dos\r\n");
    scratch.commit("DOS");
    scratch.git("config", "core.autocrlf", "true");
    scratch.git("config", "core.safecrlf", "true");
    scratch.write("dos.txt", "dos\r\nand more\r\n");
    scratch.write("new.txt", "new\r\n");
    scratch.write("unix.txt", "not safe\n");
    const { record } = await snap(scratch);
    expect(record.state).toBe("stored");
    const show = (name: string) =>
      spawnSync("git", ["cat-file", "blob", `${record.commit}:${name}`], { cwd: scratch.root, env });
    expect(show("dos.txt").stdout.toString()).toBe("dos\r\nand more\r\n");
    expect(show("new.txt").stdout.toString()).toBe("new\n");
  });

  test("git-64: a filter of this machine's configuration is applied, one that only the repository names is not", async () => {
    const scratch = makeScratch();
    scratch.write(".gitattributes", "*.up filter=upper\n*.lfs filter=lfs -text\n");
    scratch.commit("Attributes");
    scratch.git("config", "filter.upper.clean", "tr a-z A-Z");
    scratch.write("x.up", "shout\n");
    scratch.write("x.lfs", "content\n");
    const { record } = await snap(scratch);
    expect(scratch.git("show", `${record.commit}:x.up`)).toBe("SHOUT");
    expect(scratch.git("show", `${record.commit}:x.lfs`)).toBe("content");
    expect(record.converted).toMatchObject([{ path: "x.up" }]);
    expect(record.proof.held).toBe(true);
  });

  test("git-65: a required filter that does not work is passed over, and named", async () => {
    const scratch = makeScratch();
    scratch.write(".gitattributes", "*.sec filter=crypt\n");
    scratch.commit("Attributes");
    scratch.git("config", "filter.crypt.clean", "/nowhere/crypt");
    scratch.git("config", "filter.crypt.required", "true");
    scratch.write("x.sec", "plain\n");
    scratch.write("new.txt", "new\n");
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", filters_failed: ["crypt"], files: { stored: 2 } });
    expect(scratch.git("show", `${record.commit}:x.sec`)).toBe("plain");
  });
});

describe("when it cannot be made", () => {
  const canMount = (() => {
    const folder = makeFolder();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
    if (mounted) spawnSync("umount", [folder]);
    return mounted;
  })();

  /** The objects on a file system of their own, which is taken away afterwards. */
  async function onSmallDisk(scratch: Scratch, work: (objects: string) => Promise<void>): Promise<void> {
    const objects = join(scratch.root, ".git/objects");
    const kept = join(makeFolder(), "objects");
    execFileSync("cp", ["-r", objects, kept]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", objects]);
    try {
      execFileSync("cp", ["-r", `${kept}/.`, objects]);
      await work(objects);
    } finally {
      execFileSync("umount", ["--lazy", objects]);
    }
  }

  const testOnDisk = canMount ? test : test.skip;

  testOnDisk("R31: a full disk in the object store leaves no ref and names the reason", async () => {
    const scratch = makeScratch();
    scratch.write("noise.bin", createNoise(400_000));
    scratch.write("a.txt", "edited\n");
    await onSmallDisk(scratch, async () => {
      const { record, baseline } = await snap(scratch);
      expect(record).toMatchObject({
        state: "incomplete",
        reason: { code: "disk_full" },
        commit: null,
        ref: null,
      });
      expect(record.reason?.message).not.toContain(scratch.root);
      expect(scratch.git("for-each-ref", "refs/colophon")).toBe("");
      expect(baseline.marks.size).toBe(2);
    });
  });

  testOnDisk("R31: a store that cannot be written is named as what it is, at once", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    await onSmallDisk(scratch, async (objects) => {
      execFileSync("mount", ["-o", "remount,ro", objects]);
      const captured = await scratch.capture();
      const count = spawnCount();
      const { record } = await snapOf(captured);
      expect(record).toMatchObject({ state: "incomplete", reason: { code: "git_failed" } });
      expect(spawnCount() - count).toBeLessThan(8);
    });
  });

  test("a folder for the copies that is not there is a reason, not an exception", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    const { record } = await snap(scratch, { scratch: "/nowhere/at/all" });
    expect(record).toMatchObject({ state: "incomplete", reason: { code: "files_failed" } });
  });

  test("a commit whose objects are gone is a reason too", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    const captured = await scratch.capture();
    const index = readFileSync(join(scratch.root, ".git/index"));
    writeFileSync(join(scratch.root, ".git/index"), index.subarray(0, 40));
    const { record } = await snapOf(captured);
    expect(record).toMatchObject({ state: "incomplete", reason: { code: "git_failed" } });
    expect(scratch.git("for-each-ref", "refs/colophon")).toBe("");
  });

  test("R43: a ref that is there already is left as it is", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    const experimentId = nextId();
    const first = await snap(scratch, { experimentId });
    scratch.write("a.txt", "edited again\n");
    const second = await snap(scratch, { experimentId });
    expect(second.record).toMatchObject({ state: "incomplete", reason: { code: "git_failed" } });
    expect(scratch.git("rev-parse", first.record.ref ?? "")).toBe(first.record.commit);
  });
});

function createNoise(length: number): Buffer {
  let state = 12345;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    }),
  );
}
