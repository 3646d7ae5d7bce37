import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  commit,
  folders,
  missingIn,
  record,
  repository,
  reproduce,
  reproduceIn,
  seed,
} from "./reproducing.js";

describe("colophon reproduce, before anything runs", () => {
  test("an input that is gone or changed is named, and the command does not run", () => {
    commit({ ".gitignore": "*.csv\n" });
    repository.write("a.csv", "1\n");
    repository.write("b.csv", "2\n");
    const id = record(["--data", "a=a.csv", "--data", "b=b.csv", "--", "sh", "-c", "true"]);
    const before = folders().length;
    rmSync(join(repository.root, "a.csv"));
    repository.write("b.csv", "3\n");
    const gone = reproduce(id);
    expect([gone.status, gone.found.verdict, folders().length]).toEqual([3, "could-not-run", before]);
    expect(gone.found.missing).toMatchObject([
      { what: "input", subject: "a=a.csv", reason: "it is gone" },
      { what: "input", subject: "b=b.csv", reason: expect.stringContaining("it has changed") },
    ]);
    expect(gone.found.summary).toBe("could not run: a=a.csv: it is gone, and 1 more");
  });

  test("a redacted argument has to be given again", () => {
    commit({ "code.txt": "1\n" });
    const token = ["ghp_", "Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0Kk1Ll2"].join("");
    const id = record([
      ...seed,
      "--artifact",
      "out=out.txt",
      "--",
      "sh",
      "-c",
      'printf %s "$2" | wc -c > out.txt',
      "x",
      "--token",
      token,
    ]);
    const without = reproduce(id);
    expect([without.status, without.found.summary]).toEqual([3, "could not run: argument 5 was redacted"]);
    expect(without.found.missing[0]?.hint).toBe("Give it again: --argument 5=VALUE");
    const human = repository.colophon(["reproduce", id]);
    expect(human.stdout).toMatch(
      /^✗ \w{6} {2}COULD NOT RUN\n {4}argument 5 was redacted\n {6}→ Give it again: --argument 5=VALUE\n$/,
    );
    const given = reproduce(id, "--argument", `5=${token}`);
    expect([given.status, given.found.verdict]).toEqual([0, "identical"]);
    const { folder } = given.found.attempts[0]!;
    const text = ["manifest.json", "run_manifest.json", "00_run_metadata/command.json"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    expect(text.join("")).not.toContain(token);
    expect(JSON.parse(text[0]!).colophon.reproduction.arguments_given).toEqual(["5"]);
  });

  test("--dry-run runs nothing, and --keep leaves the tree to the user", () => {
    commit({ "main.sh": "echo ran > out.txt\n" });
    const id = record([...seed, "--artifact", "out=out.txt", "--", "sh", "main.sh"]);
    const before = folders().length;
    const { status, found, stderr } = reproduce(id, "--dry-run", "--keep");
    expect([status, found.verdict, folders().length, found.attempts]).toEqual([
      0,
      "not-attempted",
      before,
      [],
    ]);
    expect(stderr).toContain("command    sh main.sh");
    expect(readFileSync(join(found.worktree!, "main.sh"), "utf8")).toBe("echo ran > out.txt\n");
    expect(existsSync(join(found.worktree!, "out.txt"))).toBe(false);
    reproduce(id, "--dry-run", "--keep");
    expect(existsSync(found.worktree!)).toBe(true);
    for (const line of repository.git("worktree", "list", "--porcelain").split("\n")) {
      const path = /^worktree (.*colophon-reproduce.*)$/.exec(line)?.[1];
      if (path === undefined) continue;
      repository.git("worktree", "remove", "--force", path);
      rmSync(dirname(path), { recursive: true });
    }
  });

  test("a run that was made elsewhere needs --yes", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "true"]);
    const folder = folders()[0]!;
    for (const [name, change] of [
      [
        "manifest.json",
        (text: string) => text.replace(/"hostname": "[^"]*"/, '"hostname": "cluster-node-7"'),
      ],
      [
        "run_manifest.json",
        (text: string) =>
          text.replace(/"boot_id": "[^"]*"/, '"boot_id": "00000000-0000-4000-8000-000000000000"'),
      ],
    ] as const)
      writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
    const { status, found, stderr } = reproduce(id);
    expect([status, found.verdict]).toEqual([3, "not-attempted"]);
    expect(found.elsewhere).toContain("cluster-node-7");
    expect(stderr).toContain("command    true");
    expect(reproduce(id, "--yes").found.verdict).toBe("same-exit-status");
  });

  test("says exactly what is missing of the code", () => {
    commit({ "main.sh": "true\n" });
    repository.write("main.sh", "echo edited\n");
    const id = record([...seed, "--", "sh", "main.sh"]);
    repository.git("update-ref", "-d", `refs/colophon/snapshots/${id}`);
    repository.git("gc", "--quiet", "--prune=now");
    expect(missingIn(reproduce(id))).toEqual([["snapshot", expect.stringMatching(/^[0-9a-f]{40}$/)]]);
    const listed = record(["--dirty", "warn", ...seed, "--", "sh", "main.sh"]);
    expect(reproduce(listed).found.missing[0]).toMatchObject({
      what: "code",
      reason: expect.stringContaining("listed, and not kept"),
    });
    const folder = folders().find((path) => path.endsWith(listed))!;
    const manifest = join(folder, "manifest.json");
    const foreign = readFileSync(manifest, "utf8")
      .replaceAll(repository.git("rev-parse", "HEAD"), "1".repeat(40))
      .replace('"dirty": true', '"dirty": false');
    writeFileSync(manifest, foreign);
    expect(reproduce(listed).found.missing[0]).toMatchObject({
      what: "code",
      reason: "is not in this repository",
    });
  });

  test("what a snapshot left out comes from the user's tree while it is the same, else it is named", () => {
    commit({ "main.sh": ". ./secret.sh; echo done > out.txt\n", ".gitignore": "out.txt\n" });
    repository.write("secret.sh", `TOKEN=${["ghp_", "Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0Kk1Ll2"].join("")}\n`);
    const id = record([...seed, "--artifact", "out=out.txt", "--", "sh", "main.sh"]);
    const there = reproduce(id);
    expect([there.found.verdict, there.found.brought]).toMatchObject([
      "identical",
      [{ path: "secret.sh", what: "left-out" }],
    ]);
    repository.write("secret.sh", "TOKEN=other\n");
    const changed = reproduce(id);
    expect(changed.found.missing).toMatchObject([
      { what: "left-out", subject: "secret.sh", reason: expect.stringContaining("it has changed") },
    ]);
    rmSync(join(repository.root, "secret.sh"));
    expect(reproduce(id).found.missing[0]?.reason).toContain("gone from your tree");
  });

  test("a word that leads into the user's own tree, an output outside, and a program that is gone stop it", () => {
    commit({ "tool.sh": "#!/bin/sh\n", ".gitignore": "bin/\n" });
    const own = record([...seed, "--", "sh", join(repository.root, "tool.sh")]);
    expect(reproduce(own).found.missing).toMatchObject([
      { what: "argument", subject: "1", hint: expect.stringContaining("--argument 1=tool.sh") },
    ]);
    expect(reproduce(own, "--argument", "1=tool.sh").found.verdict).toBe("same-exit-status");
    const far = join(repository.root, "../far.txt");
    const outside = record([...seed, "--artifact", `far=${far}`, "--", "sh", "-c", `echo 1 > ${far}`]);
    expect(missingIn(reproduce(outside))).toEqual([["artifact", "far"]]);
    expect(reproduce(outside, "--yes").found.verdict).toBe("identical");
    repository.write("bin/run", "#!/bin/sh\n", 0o755);
    const gone = record([...seed, "--", "bin/run"]);
    expect(missingIn(reproduce(gone))).toEqual([["program", "bin/run"]]);
  });

  test("a run without an end, one without a command, and facts that are not what they should be", () => {
    commit({ "a.csv": "1\n", "b.csv": "2\n" });
    const id = record(["--data", "a=a.csv", "--data", "b=b.csv", "--", "true"]);
    const [folder = ""] = folders();
    const edit = (name: string, from: RegExp, to: string) => {
      const path = join(folder, name);
      const text = readFileSync(path, "utf8");
      expect(text).toMatch(from);
      writeFileSync(path, text.replace(from, to));
      return () => writeFileSync(path, text);
    };
    const provenance = "00_run_metadata/input_data_provenance.json";
    for (const [name, from, to, subjects] of [
      ["manifest.json", /"argv": \[\s*"true"\s*\],\s*"capture"/, '"argv": [], "capture"', [["command", id]]],
      [provenance, /"sha256": "[0-9a-f]{64}"/, '"sha256": 7', [["input", "a"]]],
      [provenance, /"sha256": "[0-9a-f]{64}"/, `"sha256": "${"0".repeat(64)}"`, [["input", "a"]]],
      [
        provenance,
        /"inputs": \{/,
        '"inputs": null, "x": {',
        [
          ["input", "a"],
          ["input", "b"],
        ],
      ],
      [
        provenance,
        /[\s\S]*/,
        "[]",
        [
          ["input", "a"],
          ["input", "b"],
        ],
      ],
    ] as const) {
      const restore = edit(name, from, to);
      expect(missingIn(reproduce(id))).toEqual(subjects);
      restore();
    }
    for (const [name, text] of [
      ["00_run_metadata/command.json", '"argv"'],
      ["00_run_metadata/config.resolved.json", "null"],
    ] as const)
      writeFileSync(join(folder, name), text);
    expect(reproduce(id).found.verdict).toBe("same-exit-status");
  });

  test("where no work tree can be made, and where there is no repository, is a verdict too", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "true"]);
    const nowhere = reproduceIn({ TMPDIR: join(repository.root, "no such folder") }, id);
    expect([nowhere.status, missingIn(nowhere)]).toEqual([
      3,
      [["code", repository.git("rev-parse", "--short=7", "HEAD")]],
    ]);
    renameSync(join(repository.root, ".git"), join(repository.root, "../git"));
    const bare = reproduce(id);
    expect([bare.status, bare.found.verdict, missingIn(bare)[0]]).toEqual([
      3,
      "could-not-run",
      ["repository", "."],
    ]);
    expect(bare.found.missing[0]?.hint).toContain("git init");
  });

  test("words that make no sense are refused", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "true"]);
    const refused = (...words: string[]) => {
      const { status, stderr } = repository.colophon(["reproduce", ...words]);
      return [status, /✗ ([A-Z_]+)/.exec(stderr)?.[1]];
    };
    expect(refused()).toEqual([2, "NO_RUN_NAMED"]);
    expect(refused(id, id)).toEqual([2, "TOO_MANY_WORDS"]);
    for (const words of [
      ["--tolerance", "-1"],
      ["--tolerance", "x"],
      ["--runs", "0"],
      ["--argument", "four"],
      ["--argument", "9=x"],
    ])
      expect([words, refused(...words, id)]).toEqual([words, [2, "BAD_FLAG_VALUE"]]);
  });
});
