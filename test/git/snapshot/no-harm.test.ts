import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";
import { discardSnapshot } from "../../../src/git/snapshot/discard-snapshot.js";
import { env, makeFolder, makeScratch, type Scratch, scratchAt } from "../scratch.js";
import { everythingBelow, nextId, snap, snapOf } from "./snap.js";

/** Edits of every sort, a stash, and a submodule. */
function disturbed(): Scratch {
  const scratch = makeScratch();
  scratch.git("submodule", "--quiet", "add", makeScratch().root, "lib");
  scratch.git("commit", "--quiet", "--message=Library");
  scratch.write("a.txt", "stashed\n");
  scratch.git("stash", "push", "--quiet");
  scratch.write("a.txt", "staged\n");
  scratch.git("add", "a.txt");
  scratch.git("update-index", "--assume-unchanged", "src/b.txt");
  scratch.write("src/b.txt", "hidden\n");
  scratch.write("lib/a.txt", "edited\n");
  scratch.write("new.txt", "untracked\n");
  return scratch;
}

/** Everything but our own refs and the store of objects, where Git itself renews and collects. */
function theirs(root: string): Record<string, string> {
  const all = Object.entries(everythingBelow(root));
  return Object.fromEntries(all.filter(([path]) => !/^\.git\/(objects|refs\/colophon)(\/|$)/.test(path)));
}

describe("taking a snapshot", () => {
  test("git-97, R40: works while somebody holds the index, and leaves their lock", async () => {
    const scratch = disturbed();
    scratch.write(".git/index.lock", "held");
    const before = theirs(scratch.root);
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    expect(theirs(scratch.root)).toEqual(before);
  });

  test("git-98, R41: leaves index, HEAD, stash, configuration, logs and every other ref as they were", async () => {
    const scratch = disturbed();
    scratch.git("config", "core.logAllRefUpdates", "always");
    // Stat data in the index is now out of date, so a status without our flags would write it.
    scratch.write("a.txt", "staged\n");
    const before = theirs(scratch.root);
    const { record } = await snap(scratch);
    expect(record.state).toBe("stored");
    expect(theirs(scratch.root)).toEqual(before);
    scratch.git("status");
    expect(theirs(scratch.root)).not.toEqual(before);
  });

  test("git-99, R43: 32 at once in one repository, each with a ref of its own", async () => {
    const scratch = disturbed();
    const captured = await scratch.capture();
    const before = theirs(scratch.root);
    const snapshots = await Promise.all(Array.from({ length: 32 }, () => snapOf(captured)));
    expect(snapshots.map(({ record }) => record.state)).toEqual(Array(32).fill("stored"));
    expect(scratch.git("for-each-ref", "refs/colophon").split("\n")).toHaveLength(32);
    expect(new Set(snapshots.map(({ record }) => record.tree)).size).toBe(1);
    expect(theirs(scratch.root)).toEqual(before);
  });

  test.each([["GIT_DIR"], ["GIT_INDEX_FILE"], ["GIT_WORK_TREE"], ["GIT_OBJECT_DIRECTORY"]])(
    "git-111, git-112: an inherited %s makes no difference",
    async (name) => {
      const scratch = disturbed();
      const other = makeScratch();
      const places: Record<string, string> = {
        GIT_DIR: join(other.root, ".git"),
        GIT_INDEX_FILE: join(other.root, ".git/index"),
        GIT_WORK_TREE: other.root,
        GIT_OBJECT_DIRECTORY: join(other.root, ".git/objects"),
      };
      const before = [theirs(scratch.root), everythingBelow(other.root)];
      const { record } = await snap(scratch, { env: { ...env, [name]: places[name] } });
      expect(record).toMatchObject({ state: "stored", proof: { held: true } });
      expect([theirs(scratch.root), everythingBelow(other.root)]).toEqual(before);
      expect(scratch.git("show", `${record.commit}:a.txt`)).toBe("staged");
    },
  );

  test("git-117, git-118: needs no name, no address and no key of the user's", async () => {
    const scratch = disturbed();
    scratch.git("config", "commit.gpgSign", "true");
    scratch.git("config", "gpg.program", "/nowhere/gpg");
    scratch.git("config", "user.useConfigOnly", "true");
    const nobody = Object.entries(env).filter(([name]) => !/^GIT_(AUTHOR|COMMITTER)_/.test(name));
    const { record } = await snap(scratch, { env: Object.fromEntries(nobody) });
    expect(record.state).toBe("stored");
    expect(scratch.git("log", "-1", "--format=%G? %an", record.commit ?? "")).toBe("N Colophon");
  });

  test("G2, G3, git-115: starts no hook, monitor, alias or external program, not even of a submodule", async () => {
    const scratch = disturbed();
    const cage = makeFolder();
    const canary = (name: string) =>
      scratch.write(`../canaries/${name}`, `#!/bin/sh\ntouch '${cage}/${name}'\ncat\n`, 0o755);
    scratch.write(".git/info/attributes", "*.txt diff=show merge=join\n");
    const settings = {
      "alias.write-tree": `!${canary("alias")}`,
      "core.editor": canary("editor"),
      "core.fsmonitor": canary("fsmonitor"),
      "core.pager": canary("pager"),
      "core.sshCommand": canary("ssh"),
      "diff.external": canary("external"),
      "diff.show.textconv": canary("textconv"),
      "gpg.program": canary("gpg"),
      "remote.origin.url": `ext::${canary("transport")}`,
    };
    for (const [key, value] of Object.entries(settings)) {
      scratch.git("config", key, value);
      scratch.git("-C", "lib", "config", key, value);
    }
    for (const folder of [".git/hooks", ".git/modules/lib/hooks"])
      for (const name of ["post-index-change", "reference-transaction", "pre-commit", "commit-msg"])
        scratch.write(`${folder}/${name}`, `#!/bin/sh\ntouch '${cage}/hook-${name}'\n`, 0o755);
    for (const leftover of readdirSync(cage)) scratch.remove(`${cage}/${leftover}`);
    const quiet = makeFolder();
    const { record } = await snap(scratch, { scratch: quiet });
    expect(record).toMatchObject({ state: "stored", proof: { held: true } });
    expect(readdirSync(cage)).toEqual([]);
  });
});

describe("the ref of a snapshot", () => {
  test("git-121: keeps it through a collection, stays out of push and clone, and shows in log --all", async () => {
    const scratch = disturbed();
    const { record } = await snap(scratch);
    scratch.git("reflog", "expire", "--expire=now", "--all");
    scratch.git("gc", "--quiet", "--prune=now");
    expect(scratch.git("show", `${record.commit}:new.txt`)).toBe("untracked");
    expect(scratch.git("show", `${record.overlay}:lib/a.txt`)).toBe("edited");
    expect(scratch.git("log", "--all", "--format=%H").split("\n")).toContain(record.commit);
    const clone = scratchAt(join(makeFolder(), "clone"));
    scratch.git("clone", "--quiet", "--no-local", scratch.root, clone.root);
    expect(clone.git("for-each-ref", "refs/colophon")).toBe("");
    expect(clone.tryGit("cat-file", "-e", record.commit ?? "").status).not.toBe(0);
    const bare = join(makeFolder(), "bare");
    scratch.git("init", "--quiet", "--bare", bare);
    scratch.git("push", "--quiet", bare, "main");
    expect(scratchAt(bare).git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  test("goes with discardSnapshot, and no other does", async () => {
    const scratch = disturbed();
    const [kept, gone] = [await snap(scratch), await snap(scratch)];
    await discardSnapshot(scratch.root, gone.record, env);
    await discardSnapshot(scratch.root, { ref: null, commit: null }, env);
    expect(scratch.git("for-each-ref", "--format=%(refname)", "refs/colophon")).toBe(kept.record.ref);
  });

  test("R44, git-43: keeps the commit below it too, when its branch is deleted", async () => {
    const scratch = disturbed();
    const { record } = await snap(scratch);
    const below = scratch.git("rev-parse", "HEAD");
    scratch.git("update-index", "--no-assume-unchanged", "src/b.txt");
    scratch.git("reset", "--quiet", "--hard");
    scratch.git("switch", "--quiet", "--orphan", "fresh");
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Fresh");
    scratch.git("branch", "--quiet", "-D", "main");
    scratch.git("stash", "clear");
    scratch.git("reflog", "expire", "--expire=now", "--all");
    scratch.git("gc", "--quiet", "--prune=now");
    expect(scratch.git("log", "-1", "--format=%P", record.ref ?? "")).toContain(below);
    expect(scratch.git("show", `${below}:a.txt`)).toContain("one");
  });

  test("git-122: without it, a collection takes the snapshot", async () => {
    const scratch = disturbed();
    const { record } = await snap(scratch);
    scratch.git("update-ref", "-d", record.ref ?? "");
    scratch.git("gc", "--quiet", "--prune=now");
    expect(scratch.tryGit("cat-file", "-e", record.commit ?? "").status).not.toBe(0);
  });
});

const collected = process.env.COLOPHON_TEST_LONG ? 1000 : 40;

describe("beside a loop of git gc --prune=now", () => {
  test(`R42: ${collected} snapshots lose no object`, async () => {
    const scratch = makeScratch();
    scratch.git("config", "gc.pruneExpire", "now");
    scratch.write("deep/er/x.txt", "committed\n");
    scratch.commit("Deep");
    const stop = join(makeFolder(), "stop");
    const loop = spawn("sh", ["-c", 'while [ ! -e "$0" ]; do git gc --quiet --prune=now; done', stop], {
      cwd: scratch.root,
      env,
      stdio: "ignore",
    });
    const stopped = new Promise((resolve) => loop.on("close", resolve));
    const states: Record<string, number> = {};
    try {
      for (let count = 0; count < collected; count += 1) {
        scratch.write("a.txt", `edit ${count}\n`);
        scratch.write("deep/er/x.txt", `deep edit ${count}\n`);
        scratch.write("new/n.txt", `new ${count}\n`);
        const { record } = await snap(scratch);
        states[record.state] = (states[record.state] ?? 0) + 1;
      }
    } finally {
      writeFileSync(stop, "");
      await stopped;
    }
    expect(states).toEqual({ stored: collected });
    scratch.git("gc", "--quiet", "--prune=now");
    scratch.git("rev-list", "--objects", "--all");
    expect(scratch.tryGit("fsck", "--connectivity-only").output).not.toMatch(/missing|broken/);
    expect(scratch.git("for-each-ref", "refs/colophon").split("\n")).toHaveLength(collected);
    const packs = readdirSync(join(scratch.root, ".git/objects/pack"));
    expect(packs.filter((name) => name.endsWith(".keep"))).toEqual([]);
  }, 1_200_000);
});

const kills = process.env.COLOPHON_TEST_LONG ? 200 : 15;

describe("killed at a random time", () => {
  test(`git-102, R50: ${kills} times, nothing of the user's is touched and no ref leads nowhere`, async () => {
    const scratch = disturbed();
    const program = join(makeFolder(), "snap.mjs");
    buildSync({
      stdin: {
        contents: `
          import { captureSource } from "./src/git/capture.js";
          import { takeSnapshot } from "./src/git/snapshot/take-snapshot.js";
          const [root, scratch, experimentId] = process.argv.slice(2);
          const captured = await captureSource(root, { env: process.env });
          console.log("captured");
          const request = { env: process.env, experimentId, scan: () => [], now: Date.now, scratch };
          const { record } = await takeSnapshot(captured, request);
          if (record.state !== "stored") console.log(record.reason);`,
        resolveDir: process.cwd(),
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      external: ["picomatch", "simple-git"],
      logLevel: "error",
    });
    const copies = makeFolder();
    const before = theirs(scratch.root);
    let unfinished = 0;
    for (let round = 0; round < kills; round += 1) {
      const child = spawn(process.execPath, [program, scratch.root, copies, nextId()], {
        env,
        detached: true,
      });
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await setTimeout(Math.random() * 60);
      try {
        process.kill(-(child.pid as number), "SIGKILL");
      } catch {} // It was faster.
      if ((await ended) !== 0) unfinished += 1;
      expect(theirs(scratch.root)).toEqual(before);
    }
    expect(unfinished).toBeGreaterThan(0);
    expect(scratch.tryGit("fsck", "--connectivity-only").output).not.toMatch(/missing|broken/);
    const refs = scratch.git("for-each-ref", "--format=%(objectname)", "refs/colophon");
    for (const commit of refs.split("\n").filter(Boolean)) scratch.git("rev-list", "--objects", commit);
  }, 300_000);
});
