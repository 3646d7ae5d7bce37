import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Reproduction } from "../../src/operations/reproduce/result.js";
import { makeFolder } from "../git/scratch.js";
import { disturb, project } from "../git/snapshot/eight-states.js";
import { everythingBelow, filesBelow } from "../git/snapshot/snap.js";
import { runFolders } from "./recorded-run.js";
import { cli, type Repository, repositoryAt, scrubbedEnv } from "./repository.js";

/** In all eight dirty states, with something in the stash and a branch beside the current one. */
let repository: Repository;
let temporary: string;

beforeEach(() => {
  const scratch = project();
  scratch.write("unstaged.py", "stashed\n");
  scratch.git("stash", "push", "--quiet");
  scratch.git("branch", "other");
  disturb(scratch);
  temporary = makeFolder();
  const home = join(temporary, "home");
  mkdirSync(home);
  repository = repositoryAt(scratch.root, { ...scrubbedEnv(home), TMPDIR: temporary });
});

const refs = () =>
  repository
    .git("for-each-ref")
    .split("\n")
    .filter((line) => !line.includes("refs/colophon"));

/** All that is the user's: without objects, our refs, our records, and Git's entry of a work tree that may still be open. */
function state(): object {
  const isOurs = /^(\.colophon|records|\.git\/(objects|worktrees|refs\/colophon))(\/|$)/;
  const files = Object.entries(everythingBelow(repository.root)).filter(([path]) => !isOurs.test(path));
  return { files: Object.fromEntries(files), refs: refs() };
}

function recordRun(command: string): string {
  const words = [
    "run",
    "--quiet",
    "--synthetic-seed",
    "1",
    "--artifact",
    "out=.out",
    "--",
    "sh",
    "-c",
    command,
  ];
  const { status, stderr } = repository.colophon(words);
  if (status !== 0) throw new Error(stderr);
  rmSync(join(repository.root, ".out"));
  return basename(runFolders(repository)[0]!);
}

const scratches = () => readdirSync(temporary).filter((name) => name.startsWith("colophon-reproduce-"));

describe("colophon reproduce and what is the user's (git-126, rel-R50)", () => {
  test("a tree in all eight dirty states comes back byte for byte, and stays as it is itself", () => {
    const id = recordRun("echo 1 > .out");
    const before = state();
    const { stdout, status } = repository.colophon(["reproduce", "--json", "--dry-run", "--keep", id]);
    const { worktree, missing, verdict } = JSON.parse(stdout) as Reproduction;
    expect([status, verdict, missing]).toEqual([0, "not-attempted", []]);
    const wanted = Object.entries(filesBelow(repository.root)).filter(
      ([path]) => !/^(records|\.colophon)\//.test(path),
    );
    expect(wanted.length).toBeGreaterThan(10);
    expect(filesBelow(worktree!)).toEqual(Object.fromEntries(wanted));
    expect(state()).toEqual(before);
    repository.git("worktree", "remove", "--force", "--force", worktree!);
    const again = repository.colophon(["reproduce", id]);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining("IDENTICAL")]);
    expect(state()).toEqual(before);
    expect(existsSync(join(repository.root, ".git/worktrees"))).toBe(false);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends it, and the work tree is gone", async (signal) => {
    const id = recordRun("test -z $SLOW || { echo > $SLOW; exec sleep 20; }; echo 1 > .out");
    const before = state();
    const started = join(temporary, "started");
    const tracker = spawn(process.execPath, [cli, "reproduce", id], {
      cwd: repository.root,
      env: { ...repository.env, SLOW: started },
      stdio: "ignore",
    });
    while (!existsSync(started)) await setTimeout(10);
    const ended = once(tracker, "exit");
    tracker.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(scratches()).toEqual([]);
    expect(existsSync(join(repository.root, ".git/worktrees"))).toBe(false);
    expect(state()).toEqual(before);
  });

  const isLong = process.env.COLOPHON_TEST_LONG !== undefined;
  const rounds = isLong ? 200 : 6;

  test(`killed at ${rounds} random moments it changes nothing, and the next one tidies up`, async () => {
    const id = recordRun("sleep 0.05; echo 1 > .out");
    const before = state();
    let killed = 0;
    let left = 0;
    for (let round = 0; round < rounds; round += 1) {
      const tracker = spawn(process.execPath, [cli, "reproduce", id], {
        cwd: repository.root,
        env: repository.env,
        stdio: "ignore",
      });
      const ended = once(tracker, "exit");
      // From before the tree is opened to after it is removed; every second time not before it is there.
      const alreadyLeft = new Set(scratches());
      const opened = () => scratches().some((name) => !alreadyLeft.has(name));
      if (round % 2 === 1) while (!opened() && tracker.exitCode === null) await setTimeout(2);
      const moment = isLong ? Math.random() * 600 : 70 * round;
      await Promise.race([setTimeout(moment), ended]);
      tracker.kill("SIGKILL");
      if ((await ended)[1] === "SIGKILL") killed += 1;
      await untilQuiet();
      expect(state()).toEqual(before);
      left = Math.max(left, scratches().length);
    }
    // Children of a killed one have ended, so nothing of theirs is in use any more.
    const { status, stdout, stderr } = repository.colophon(["reproduce", id]);
    expect([status, stderr, stdout]).toEqual([0, expect.anything(), expect.stringContaining("IDENTICAL")]);
    expect(scratches()).toEqual([]);
    expect(existsSync(join(repository.root, ".git/worktrees"))).toBe(false);
    expect(state()).toEqual(before);
    console.log(`${killed} of ${rounds} were killed on the way; at most ${left} left a folder at once`);
    expect(killed).toBeGreaterThan(0);
  }, 600_000);
});

/** Until no process stands in, or was started for, what was killed. */
async function untilQuiet(): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 20) {
    if (!isBusy()) return;
    await setTimeout(20);
  }
}

function isBusy(): boolean {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`TMPDIR=${temporary}`);
      } catch {
        return false;
      }
    });
}
