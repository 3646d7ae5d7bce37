import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { findCodeTree } from "../../src/git/trees/code-tree.js";
import { gitIdentity } from "../git-identity.js";

const place = mkdtempSync(join(tmpdir(), "colophon-code-tree-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const env = { PATH: process.env.PATH, HOME: place, ...gitIdentity };
const id = "20261120T104207Z_3f9c2e1_k3f9q2";

function makeCommits(name: string, format: string) {
  const root = join(place, name);
  mkdirSync(root);
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, env, encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main", `--object-format=${format}`);
  return {
    root,
    git,
    /** Gives the tree of a commit of these files on top of what is there. */
    commit: (files: Record<string, string>) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      git("add", "--force", ".");
      git("commit", "--quiet", "--allow-empty", "--message=x");
      return git("rev-parse", "HEAD^{tree}");
    },
  };
}

const code = { "train.py": "1", "lib/a.py": "2", "zoo/é.txt": "3", "records.md": "4" };
const ours = (records: string) => ({
  [`${records}/.gitignore`]: "x",
  [`${records}/2026-11/${id}/manifest.json`]: "{}",
  [`${records}/2026-12/20261220T104207Z_3f9c2e1_k3f9q3/manifest.json`]: "{}",
});

describe.each(["sha1", "sha256"])("findCodeTree in a repository of %s", (format) => {
  test.each(["records", "work/deep/records"])("leaves out what Colophon wrote below %s", async (records) => {
    const { root, commit } = makeCommits(`${format}-${records.length}`, format);
    const call = { directory: root, env };
    const before = commit(code);
    expect((await findCodeTree(before, records, call)).id).toBe(before);
    const after = commit(ours(records));
    expect(after).not.toBe(before);
    expect(await findCodeTree(after, records, call)).toEqual({ tree: after, records, id: before });
    const withNotes = commit({ [`${records}/notes.md`]: "mine", [`${records}/2026-11/mine/x`]: "mine" });
    const { id: mine } = await findCodeTree(withNotes, records, call);
    expect(mine).not.toBe(before);
    // The user's own files below the records folder count, and Git agrees on the id of what is left.
    const same = makeCommits(`${format}-${records.length}-same`, format);
    const expected = same.commit({
      ...code,
      [`${records}/notes.md`]: "mine",
      [`${records}/2026-11/mine/x`]: "mine",
    });
    expect(mine).toBe(expected);
  });

  test("leaves out run folders at the root of the repository", async () => {
    const { root, commit } = makeCommits(`${format}-root`, format);
    const before = commit(code);
    const after = commit({ [`2026-11/${id}/manifest.json`]: "{}" });
    expect((await findCodeTree(after, ".", { directory: root, env })).id).toBe(before);
  });

  test("says null for a tree that is not there", async () => {
    const { root } = makeCommits(`${format}-missing`, format);
    const missing = "0".repeat(format === "sha1" ? 40 : 64);
    expect((await findCodeTree(missing, "records", { directory: root, env })).id).toBeNull();
  });
});
