import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { env, makeScratch } from "./scratch.js";

/** Linux takes any bytes as a name, macOS refuses what is not UTF-8. */
const takesAnyBytes = process.platform === "linux";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

describe("captureSource on names", () => {
  test("git-84, git-93, git-94: names are exact, whatever is in them", async () => {
    const { capture, write } = makeScratch();
    const names = [
      "-x",
      '"quoted"',
      ":(top)",
      "a b",
      "back\\slash",
      "new\nline",
      "tab\there",
      "CON",
      "a*.txt",
      " lead",
      "trail ",
    ];
    for (const name of names) write(name, "");
    const { source } = await capture();
    expect(source.changes.map(({ path }) => path).sort()).toEqual([...names].sort());
    expect(source.changes.every(({ path_base64 }) => path_base64 === undefined)).toBe(true);
  });

  test("git-84: names of renamed, conflicted and hidden files are exact too", async () => {
    const { capture, commit, git, tryGit, write } = makeScratch();
    write("old\nname with -> arrow", "long enough to be recognised\n");
    write("hid den\t", "x");
    commit("Names");
    git("mv", "old\nname with -> arrow", "new  name\n");
    git("update-index", "--assume-unchanged", "hid den\t");
    const { source } = await capture();
    expect(source.changes[0]).toMatchObject({ path: "new  name\n", renamed_from: "old\nname with -> arrow" });
    expect(source.hidden_bits.assume_unchanged.files[0]?.path).toBe("hid den\t");
    expect(tryGit("status").status).toBe(0);
  });

  (takesAnyBytes ? test : test.skip)(
    "git-85: names that are not UTF-8 keep their bytes (needs Linux)",
    async () => {
      const { root, capture, commit } = makeScratch();
      const place = (bytes: number[]) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes)]);
      closeSync(openSync(place([0x66, 0xff, 0x31]), "w"));
      // This one is valid UTF-8: the very character that stands for what is not.
      writeFileSync(join(root, "\uFFFD.txt"), "");
      const hidden = place([0x68, 0xfe]);
      writeFileSync(hidden, "content\n");
      commit("Bytes");
      execFileSync("sh", ["-c", "git ls-files -z 'h*' | git update-index -z --assume-unchanged --stdin"], {
        cwd: root,
        env,
      });
      writeFileSync(place([0x66, 0xff, 0x31]), "edited");
      writeFileSync(join(root, "\uFFFD.txt"), "edited");
      const { source } = await capture();
      expect(source.changes.map(({ path, path_base64 }) => [path, path_base64])).toEqual([
        ["f\uFFFD1", Buffer.from([0x66, 0xff, 0x31]).toString("base64")],
        ["\uFFFD.txt", undefined],
      ]);
      expect(source.hidden_bits.assume_unchanged.files).toEqual([
        {
          path: "h\uFFFD",
          path_base64: Buffer.from([0x68, 0xfe]).toString("base64"),
          sha256: digest("content\n"),
        },
      ]);
      expect(Buffer.from(JSON.stringify(source)).toString()).toBe(JSON.stringify(source));
    },
  );

  test("git-86: composed and decomposed names stay as Git has them", async () => {
    const { capture, git, write } = makeScratch();
    const names = process.platform === "darwin" ? ["caf\u00e9"] : ["caf\u00e9", "cafe\u0301"];
    git("config", "core.precomposeUnicode", "true");
    for (const name of names) write(name, "");
    expect((await capture()).source.changes.map(({ path }) => path).sort()).toEqual([...names].sort());
  });

  test("git-87, git-88: language, colour, pager and diff settings change nothing", async () => {
    const { capture, git, write } = makeScratch();
    write("a.txt", "edit");
    const plain = await capture();
    const settings = {
      "color.ui": "always",
      "color.status": "always",
      "column.ui": "always",
      "core.pager": "false",
      "core.quotePath": "true",
      "diff.noprefix": "true",
      "diff.mnemonicPrefix": "true",
      "status.branch": "false",
      "status.displayCommentPrefix": "true",
      "status.relativePaths": "true",
      "status.short": "true",
      "status.showStash": "true",
      "pager.status": "true",
    };
    for (const [key, value] of Object.entries(settings)) git("config", key, value);
    const german = { ...env, LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", LANGUAGE: "de", PAGER: "false" };
    expect(await capture(".", { env: german })).toEqual(plain);
  });
});

describe("captureSource on remotes", () => {
  test.each([
    ["https://ada:hunter2@example.org/r.git", "https://example.org/r.git"],
    ["https://ghp_abcdefghijklmnopqrstuvwxyz0123456789@example.org/r.git", "https://example.org/r.git"],
    ["https://example.org/r.git?token=hunter2", "https://example.org/r.git"],
    ["ssh://git@example.org:22/r.git", "ssh://git@example.org:22/r.git"],
    ["git@example.org:ada/r.git", "git@example.org:ada/r.git"],
  ])("git-95: %s is recorded as %s", async (url, recorded) => {
    const { capture, git } = makeScratch();
    git("remote", "add", "origin", url);
    const { source } = await capture();
    expect(source.remotes).toEqual([{ name: "origin", url: recorded }]);
    expect(JSON.stringify(source)).not.toMatch(/hunter2|ghp_/);
    const count = Object.values(source.redactions).reduce((sum, each) => sum + each, 0);
    expect(count).toBe(url === recorded ? 0 : 1);
  });

  test("git-96: every remote is listed, the upstream by its own name, without rewriting", async () => {
    const { capture, git } = makeScratch();
    git("remote", "add", "upstream", "https://example.org/up.git");
    git("remote", "add", "fork.of/mine", "mine:fork.git");
    git("config", "url.https://secret@example.org/.insteadOf", "mine:");
    git("config", "branch.main.remote", "upstream");
    git("config", "branch.main.merge", "refs/heads/main");
    git("config", "remote.upstream.fetch", "+refs/heads/*:refs/remotes/upstream/*");
    const { source } = await capture();
    expect(source.remotes).toEqual([
      { name: "fork.of/mine", url: "mine:fork.git" },
      { name: "upstream", url: "https://example.org/up.git" },
    ]);
    expect(source.upstream?.name).toBe("upstream/main");
  });
});
