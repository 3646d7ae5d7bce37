import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { digestLeftOut } from "../../../src/git/snapshot/digest-left-out.js";
import { samplePem, seededRandom } from "../../secrets/samples.js";
import { isRoot, makeScratch } from "../scratch.js";
import { checkOut, everyBlob, filesBelow, snap, snapOf } from "./snap.js";

const token = ["ghp", "_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("");

function digestOf(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Path to reason. */
function reasons(leftOut: readonly { path: string; reason: string }[]): Record<string, string> {
  return Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]));
}

describe("what is too much for a snapshot", () => {
  test("git-123: a file over the cap is listed with size and time, and digested afterwards", async () => {
    const scratch = makeScratch();
    const path = scratch.write("out/model.bin", Buffer.alloc(5 * 1024 * 1024 + 1, 7));
    scratch.write("out/small.txt", "small\n");
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const { record, undigested } = await snap(scratch);
    expect(record.left_out).toEqual([
      {
        path: "out/model.bin",
        reason: "too_large",
        rules: [],
        size: 5 * 1024 * 1024 + 1,
        mtime: "2023-11-14T22:13:20.000Z",
        sha256: null,
      },
    ]);
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    expect(record.caps).toEqual({ file_bytes: 5_242_880, total_bytes: 52_428_800, files: 10_000 });
    expect(scratch.git("ls-tree", "-r", "--name-only", record.tree ?? "")).toContain("out/small.txt");
    expect(await digestLeftOut({ root: scratch.root, files: undigested })).toEqual([
      { path: "out/model.bin", state: "digested", sha256: digestOf(Buffer.alloc(5 * 1024 * 1024 + 1, 7)) },
    ]);
  });

  test("git-123: a file that moved meanwhile has no digest, and says so", async () => {
    const scratch = makeScratch();
    for (const name of ["grew", "gone", "same"]) scratch.write(name, "x".repeat(100));
    const { undigested } = await snap(scratch, { caps: { fileBytes: 50 } });
    appendFileSync(join(scratch.root, "grew"), "more");
    scratch.remove("gone");
    const digests = await digestLeftOut({ root: scratch.root, files: undigested });
    expect(Object.fromEntries(digests.map(({ path, state }) => [path, state]))).toEqual({
      gone: "gone",
      grew: "changed_meanwhile",
      same: "digested",
    });
    const stopped = { root: scratch.root, files: undigested, signal: AbortSignal.abort() };
    expect((await digestLeftOut(stopped)).map(({ state }) => state)).toEqual(Array(3).fill("not_finished"));
  });

  test("of too much in all, edits of tracked files and small files go in first", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "e".repeat(60));
    scratch.write("big.txt", "b".repeat(50));
    scratch.write("z.py", "z".repeat(30));
    const { record } = await snap(scratch, { caps: { totalBytes: 100 } });
    expect(reasons(record.left_out)).toEqual({ "big.txt": "total_exceeded" });
    expect(record.files).toEqual({ stored: 2, bytes: 90, removed: 0 });
    const few = await snap(scratch, { caps: { files: 1 } });
    expect(reasons(few.record.left_out)).toEqual({ "big.txt": "too_many", "z.py": "too_many" });
  });

  test("10 GB of untracked output cost nothing", async () => {
    const scratch = makeScratch();
    truncateSync(scratch.write("out.bin", ""), 10 * 1024 ** 3);
    const { record } = await snap(scratch);
    expect(record.left_out).toMatchObject([{ path: "out.bin", reason: "too_large", size: 10 * 1024 ** 3 }]);
  });

  test("git-52, git-107: more changes than the record lists are stored all the same", async () => {
    const scratch = makeScratch();
    for (let count = 0; count < 10_050; count += 1)
      scratch.write(`out/${count % 40}/${count}`, `${count % 7}`);
    const captured = await scratch.capture();
    expect(captured.source.changes_omitted).toBe(50);
    const { record } = await snapOf(captured, { caps: { files: 20_000 } });
    expect(record.files.stored).toBe(10_050);
    expect(record.proof.held).toBe(true);
    const capped = (await snapOf(captured, { caps: { files: 10 } })).record;
    expect(capped.left_out).toHaveLength(1000);
    expect(capped.left_out_omitted).toBe(9040);
    expect(capped.proof.held).toBe(true);
  }, 120_000);

  test("of a tracked file that is left out, the tree holds the commit's version, staged or not", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "x".repeat(100));
    scratch.write("added.txt", "y".repeat(100));
    scratch.write("src/b.txt", "z".repeat(100));
    scratch.git("add", "a.txt", "added.txt");
    const { record } = await snap(scratch, { caps: { fileBytes: 50 } });
    expect(reasons(record.left_out)).toEqual({
      "a.txt": "too_large",
      "added.txt": "too_large",
      "src/b.txt": "too_large",
    });
    expect(record.tree).toBe(scratch.git("rev-parse", "HEAD^{tree}"));
    expect(record.proof.held).toBe(true);
  });
});

describe("what is asked for, in and out", () => {
  test("`exclude` leaves out by glob; a folder's name is enough", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    for (const name of ["out/x/y.txt", "notes.md", "deep/er/data.csv", "keep.py"]) scratch.write(name, name);
    const { record, undigested } = await snap(scratch, { exclude: ["out/", "**/*.csv", "a.txt"] });
    expect(reasons(record.left_out)).toEqual({
      "a.txt": "excluded",
      "deep/er/data.csv": "excluded",
      "out/x/y.txt": "excluded",
    });
    expect(undigested).toHaveLength(3);
    expect(record.files.stored).toBe(2);
    expect(record.proof.held).toBe(true);
  });

  test("`include` takes ignored files, and larger ones than the cap", async () => {
    const scratch = makeScratch();
    scratch.write(".git/info/exclude", "data/\n*.log\n");
    scratch.write("data/large.csv", "1,2\n".repeat(100));
    scratch.write("data/other.csv", "");
    scratch.write("train.log", "");
    const { record } = await snap(scratch, { include: ["data/large.csv"], caps: { fileBytes: 50 } });
    expect(record).toMatchObject({
      state: "stored",
      files: { stored: 1 },
      left_out: [],
      proof: { held: true },
    });
    expect(scratch.git("show", `${record.commit}:data/large.csv`)).toContain("1,2");
    expect(scratch.git("status", "--porcelain")).toBe("");
    const none = await snap(scratch, { include: ["nothing/like/this"] });
    expect(none.record.state).toBe("clean");
  });
});

describe("secrets", () => {
  test("git-123: no byte of them becomes an object, whatever carries them; the file is listed with rule and digest", async () => {
    const scratch = makeScratch();
    const pem = samplePem(seededRandom(3), "RSA PRIVATE KEY");
    scratch.write("a.txt", `token = "${token}"\n`);
    scratch.write("config/.env", "PASSWORD=tangerine-marmalade\n");
    scratch.write("notes/key.txt", pem);
    scratch.write("fine.py", "password = getpass()\n");
    const { record } = await snap(scratch);
    expect(record.left_out.map(({ path, rules }) => [path, rules.length > 0])).toEqual([
      ["a.txt", true],
      ["config/.env", true],
      ["notes/key.txt", true],
    ]);
    expect(record.left_out[1]).toMatchObject({
      reason: "secret",
      rules: ["secret-path"],
      size: 29,
      sha256: digestOf("PASSWORD=tangerine-marmalade\n"),
    });
    expect(record.proof.held).toBe(true);
    const objects = everyBlob(scratch);
    expect(objects.includes(token)).toBe(false);
    expect(objects.includes("tangerine")).toBe(false);
    expect(objects.includes("PRIVATE KEY")).toBe(false);
    expect(objects.includes("getpass")).toBe(true);
  });

  test("one that was staged does not come along", async () => {
    const scratch = makeScratch();
    scratch.write(".env", "PASSWORD=tangerine\n");
    scratch.write("a.txt", token);
    scratch.git("add", ".");
    const { record } = await snap(scratch);
    expect(record.tree).toBe(scratch.git("rev-parse", "HEAD^{tree}"));
    expect(record.left_out).toHaveLength(2);
  });

  test("one in a submodule is left out as well", async () => {
    const outer = makeScratch();
    outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
    outer.git("commit", "--quiet", "--message=Library");
    outer.write("lib/.env", "PASSWORD=tangerine\n");
    outer.write("lib/a.txt", "edited\n");
    const { record } = await snap(outer);
    expect(reasons(record.left_out)).toEqual({ "lib/.env": "secret" });
    expect(record.submodules).toMatchObject([{ path: "lib", dirty: true, stored: 1 }]);
    expect(record.proof.held).toBe(true);
    expect(everyBlob(outer).includes("tangerine")).toBe(false);
  });
});

describe("what is no file to read", () => {
  test("git-68: pipes and sockets never make it wait; in the place of a tracked file they are listed", async () => {
    const scratch = makeScratch();
    scratch.remove("a.txt");
    execFileSync("mkfifo", [join(scratch.root, "pipe"), join(scratch.root, "a.txt")]);
    const server = createServer().listen(join(scratch.root, "socket"));
    scratch.write("new.txt", "new\n");
    const { record } = await snap(scratch);
    server.close();
    expect(reasons(record.left_out)).toEqual({ "a.txt": "not_a_file" });
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
  });

  test("git-70: a file that vanishes after the capture is listed, and gone", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    scratch.write("stays.txt", "stays\n");
    const captured = await scratch.capture();
    rmSync(join(scratch.root, "a.txt"));
    rmSync(join(scratch.root, "new.txt"));
    const { record } = await snapOf(captured);
    expect(reasons(record.left_out)).toEqual({ "a.txt": "vanished", "new.txt": "vanished" });
    expect(filesBelow(checkOut(scratch, record))).toEqual(filesBelow(scratch.root));
  });

  (isRoot ? test.skip : test)("git-69: an unreadable file is listed (root reads all)", async () => {
    const scratch = makeScratch();
    chmodSync(scratch.write("new.txt", "new\n"), 0o000);
    scratch.write("other.txt", "other\n");
    const { record } = await snap(scratch);
    expect(reasons(record.left_out)).toEqual({ "new.txt": "unreadable" });
    expect(record.proof.held).toBe(true);
  });

  test("git-72, git-73: nested repositories are named as not captured, with or without a commit", async () => {
    const scratch = makeScratch();
    const inner = makeScratch();
    execFileSync("cp", ["-r", inner.root, join(scratch.root, "full")]);
    scratch.git("init", "--quiet", "empty");
    scratch.write("full/a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const { record } = await snap(scratch);
    expect(record.nested_repositories).toEqual(["empty", "full"]);
    expect(record).toMatchObject({ state: "stored", proof: { held: true }, left_out: [] });
    expect(scratch.git("ls-tree", "--name-only", record.tree ?? "").split("\n")).toEqual([
      "a.txt",
      "new.txt",
      "src",
    ]);
  });

  test("git-71: what is written between reading and the proof is found by the proof", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const scan = (path: string) => {
      if (path === "new.txt") {
        writeFileSync(join(scratch.root, "a.txt"), "Edited\n");
        writeFileSync(join(scratch.root, "later.txt"), "");
      }
      return [];
    };
    const { record } = await snap(scratch, { scan });
    expect(record.state).toBe("stored");
    expect(record.proof).toEqual({
      held: false,
      differing: [{ path: "a.txt" }, { path: "later.txt" }],
      omitted: 0,
    });
    expect(scratch.git("show", `${record.commit}:a.txt`)).toBe("edited");
  });
});
