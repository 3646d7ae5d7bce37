import { execFileSync } from "node:child_process";
import { appendFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Drift } from "../../src/generated/types.js";
import * as validators from "../../src/generated/validators.js";
import { type Baseline, captureBaseline } from "../../src/git/drift/baseline.js";
import { type DriftRequest, observeDrift } from "../../src/git/drift/observe-drift.js";
import { spawnCount } from "../../src/git/run-git.js";
import { env, makeScratch, type Scratch, scratchAt } from "./scratch.js";
import { everythingBelow, snap } from "./snapshot/snap.js";

/** Observed after a command that began with the baseline and ends now. */
async function observe(before: Baseline, request: Partial<DriftRequest> = {}): Promise<Drift> {
  const times = { startedAt: before.time, endedAt: Date.now() };
  const drift = await observeDrift(before, { env, ...times, ...request });
  if (!validators.drift(drift)) throw new Error(JSON.stringify(validators.drift.errors));
  return drift;
}

async function begin(scratch: Scratch): Promise<Baseline> {
  const { baseline } = await snap(scratch, { now: Date.now }, { recordsIn: () => "records" });
  return baseline;
}

/** Path to change. */
function changes({ files }: Drift): Record<string, string> {
  return Object.fromEntries(files.map(({ path, change }) => [path, change]));
}

const nothing = { state: "none", reason: null, moves: [], files: [], files_omitted: 0, left_out: [] };

describe("observeDrift when nothing happened", () => {
  test("says none, for a clean tree and for a dirty one, and changes nothing", async () => {
    const scratch = makeScratch();
    for (const edit of [
      () => {},
      () => scratch.write("a.txt", "edited\n"),
      () => scratch.write("new.txt", ""),
    ]) {
      edit();
      const before = await begin(scratch);
      const still = everythingBelow(scratch.root);
      expect(await observe(before)).toMatchObject({ ...nothing, new_files: 0 });
      expect(everythingBelow(scratch.root)).toEqual(still);
    }
  });

  test("git-49: touched files and files written anew with the same content are no drift", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const before = await begin(scratch);
    await setTimeout(20);
    for (const name of ["a.txt", "new.txt", "src/b.txt"]) utimesSync(join(scratch.root, name), 1, 1);
    scratch.write("a.txt", "edited\n");
    expect(await observe(before)).toMatchObject(nothing);
  });

  test("git-74, git-107: our own records are left out; a hundred thousand outputs are one line", async () => {
    const scratch = makeScratch();
    scratch.write("out/old.txt", "untracked before\n");
    const before = await begin(scratch);
    scratch.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/manifest.json", "{}");
    for (let count = 0; count < 300; count += 1) scratch.write(`results/${count}`, "");
    scratch.write("out/new.txt", "");
    scratch.write("metrics.json", "");
    scratch.git("add", "metrics.json");
    expect(await observe(before)).toMatchObject({ ...nothing, new_files: 2 });
  });

  test("what was only staged or unstaged is the code it was", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("new.txt", "new\n");
    const before = await begin(scratch);
    scratch.git("add", ".");
    scratch.git("rm", "--quiet", "--cached", "src/b.txt");
    expect(await observe(before)).toMatchObject(nothing);
  });

  test("one Git looks", async () => {
    const before = await begin(makeScratch());
    const count = spawnCount();
    await observe(before);
    expect(spawnCount() - count).toBe(1);
  });
});

describe("observeDrift on code that changed", () => {
  test("git-106: edits, deletions and returns of recorded files, whatever Git thinks of them", async () => {
    const scratch = makeScratch();
    for (const name of ["clean.py", "dirty.py", "deleted.py", "hidden.py", "mode.sh"])
      scratch.write(name, name);
    scratch.commit("Code");
    scratch.git("update-index", "--assume-unchanged", "hidden.py");
    scratch.write("dirty.py", "edited before\n");
    scratch.write("helper.py", "untracked before\n");
    scratch.write("folder/helper.py", "untracked before\n");
    scratch.remove("deleted.py");
    const before = await begin(scratch);
    scratch.write("clean.py", "edited while it ran\n");
    scratch.write("dirty.py", "edited while it ran\n");
    scratch.write("hidden.py", "edited while it ran\n");
    scratch.write("helper.py", "edited while it ran\n");
    scratch.write("deleted.py", "deleted.py");
    execFileSync("chmod", ["+x", join(scratch.root, "mode.sh")]);
    rmSync(join(scratch.root, "folder"), { recursive: true });
    rmSync(join(scratch.root, "src"), { recursive: true });
    const drift = await observe(before);
    expect(drift.state).toBe("drifted");
    expect(changes(drift)).toEqual({
      "clean.py": "edited",
      "deleted.py": "appeared",
      "dirty.py": "edited",
      "folder/helper.py": "removed",
      "helper.py": "edited",
      "hidden.py": "edited",
      "mode.sh": "edited",
      "src/b.txt": "removed",
    });
  });

  test("a file that was too large for the snapshot drifts by its size and times", async () => {
    const scratch = makeScratch();
    const path = scratch.write("data.csv", "1,2\n".repeat(100));
    const { baseline, undigested } = await snap(scratch, { caps: { fileBytes: 10 }, now: Date.now });
    expect(undigested).toHaveLength(1);
    appendFileSync(path, "3,4\n");
    const leftOut = [{ path: "data.csv", state: "changed_meanwhile" as const, sha256: null }];
    const drift = await observe(baseline, { leftOut });
    expect(changes(drift)).toEqual({ "data.csv": "edited" });
    expect(drift.left_out).toEqual(leftOut);
  });

  test("without a snapshot, files are known by their size and times", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    scratch.write("same.txt", "same\n");
    const before = captureBaseline(await scratch.capture(), Date.now);
    scratch.write("a.txt", "edited again\n");
    expect(changes(await observe(before))).toEqual({ "a.txt": "edited" });
  });

  test("git-84, git-85: names are kept as they are", async () => {
    const scratch = makeScratch();
    scratch.write("-x\n y", "before\n");
    const before = await begin(scratch);
    scratch.write("-x\n y", "after\n");
    expect(changes(await observe(before))).toEqual({ "-x\n y": "edited" });
  });

  test("a submodule that was clean and is not any more, and a file of one that was dirty", async () => {
    const scratch = makeScratch();
    for (const name of ["lib", "other"]) scratch.git("submodule", "--quiet", "add", makeScratch().root, name);
    scratch.git("commit", "--quiet", "--message=Libraries");
    scratch.write("other/a.txt", "edited\n");
    const before = await begin(scratch);
    expect(await observe(before)).toMatchObject(nothing);
    scratch.write("lib/a.txt", "edited while it ran\n");
    scratch.write("other/a.txt", "edited while it ran\n");
    expect(changes(await observe(before))).toEqual({ lib: "submodule", "other/a.txt": "edited" });
  });
});

describe("observeDrift on HEAD", () => {
  test("git-39: a commit while it ran, with the files it changed; a commit of what was recorded is no edit", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited before\n");
    const before = await begin(scratch);
    scratch.write("src/b.txt", "edited while it ran\n");
    scratch.write("result.txt", "new\n");
    scratch.commit("token=hunter2: while it ran");
    const to = scratch.git("rev-parse", "HEAD");
    const drift = await observe(before);
    expect(drift).toMatchObject({
      state: "drifted",
      head: { moved: true, from: before.sha, to, branch_changed: false, branch_from: "main" },
      new_files: 1,
    });
    expect(drift.moves).toMatchObject([{ to, action: "commit", when: "during_command", by: "unknown" }]);
    expect(changes(drift)).toEqual({ "src/b.txt": "edited" });
    expect(JSON.stringify(drift)).not.toContain("hunter2");
  });

  test("git-40: another branch, and back again", async () => {
    const scratch = makeScratch();
    scratch.git("branch", "other");
    const before = await begin(scratch);
    scratch.git("switch", "--quiet", "other");
    const away = await observe(before);
    expect(away).toMatchObject({
      state: "drifted",
      head: { moved: false, branch_changed: true, branch_from: "main", branch_to: "other" },
      files: [],
    });
    expect(away.moves).toMatchObject([{ action: "checkout" }]);
    scratch.git("switch", "--quiet", "--detach");
    expect((await observe(before)).head).toMatchObject({ branch_changed: true, branch_to: null });
    scratch.git("switch", "--quiet", "main");
    expect(await observe(before)).toMatchObject({ state: "none", head: { branch_changed: false } });
    const again = await begin(scratch);
    expect((await observe(again)).moves).toEqual([]);
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Away");
    scratch.git("reset", "--quiet", "--hard", "HEAD~1");
    const back = await observe(before);
    expect(back).toMatchObject({ state: "drifted", head: { moved: false } });
    expect(back.moves.map(({ action }) => action).slice(-2)).toEqual(["commit", "reset"]);
  });

  test("git-41: a history that was rewritten; commits before the run are not its own", async () => {
    const scratch = makeScratch();
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Second");
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Third");
    const before = await begin(scratch);
    expect((await observe(before)).moves).toEqual([]);
    scratch.git("commit", "--quiet", "--amend", "--allow-empty", "--message=Third, better");
    const drift = await observe(before);
    expect(drift).toMatchObject({ state: "drifted", head: { moved: true }, files: [] });
    expect(drift.moves.map(({ action }) => action)).toEqual(["commit (amend)"]);
  });

  test("no reflog: the movement is seen, by whom is not", async () => {
    const scratch = makeScratch();
    scratch.git("config", "core.logAllRefUpdates", "false");
    rmSync(join(scratch.root, ".git/logs"), { recursive: true });
    const before = await begin(scratch);
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Next");
    expect(await observe(before)).toMatchObject({ state: "drifted", head: { moved: true }, moves: [] });
  });
});

describe("observeDrift on who it was", () => {
  test("is unknown while the command ran, somebody else before it started", async () => {
    const scratch = makeScratch();
    const before = await begin(scratch);
    scratch.write("a.txt", "edited\n");
    const now = Date.now();
    const during = await observe(before, { startedAt: now - 500, endedAt: now + 500 });
    expect(during.files).toMatchObject([{ when: "during_command", by: "unknown" }]);
    const earlier = await observe(before, { startedAt: now + 5000, endedAt: now + 6000 });
    expect(earlier.files).toMatchObject([{ when: "before_command", by: "somebody_else" }]);
    const later = await observe(before, { startedAt: now - 6000, endedAt: now - 5000 });
    expect(later.files).toMatchObject([{ when: "after_command", by: "unknown" }]);
  });

  test("is known where the command's writing was observed", async () => {
    const scratch = makeScratch();
    const before = await begin(scratch);
    scratch.write("a.txt", "written by the command\n");
    scratch.write("src/b.txt", "edited by a person\n");
    scratch.git("commit", "--quiet", "--all", "--message=Both");
    const drift = await observe(before, { wrote: (path) => path === "a.txt", movedHead: true });
    expect(drift.files.map(({ path, by }) => [path, by])).toEqual([
      ["a.txt", "command"],
      ["src/b.txt", "somebody_else"],
    ]);
    expect(drift.moves).toMatchObject([{ by: "command" }]);
  });
});

describe("observeDrift when Git cannot tell", () => {
  test("git-7: says unknown and why, and never none", async () => {
    const scratch = makeScratch();
    scratch.write("a.txt", "edited\n");
    const before = await begin(scratch);
    rmSync(join(scratch.root, ".git/HEAD"));
    const drift = await observe(before);
    expect(drift).toMatchObject({ state: "unknown", head: { to: null }, files: [] });
    expect(drift.reason).toMatch(/Git/);
    expect(drift.reason).not.toContain(scratch.root);
    expect((await observe({ ...before, root: "/nowhere/at/all" })).state).toBe("unknown");
  });

  test("git-26: a HEAD without a commit has moved", async () => {
    const scratch = makeScratch();
    const before = await begin(scratch);
    scratch.git("switch", "--quiet", "--orphan", "fresh");
    const drift = await observe(before);
    expect(drift).toMatchObject({ state: "drifted", head: { moved: true, to: null, branch_to: "fresh" } });
    expect(changes(drift)).toEqual({ "a.txt": "removed", "src/b.txt": "removed" });
  });

  test("git-16: a linked work tree has a HEAD of its own", async () => {
    const scratch = makeScratch();
    const linked = scratchAt(join(scratch.root, "../linked"));
    scratch.git("worktree", "add", "--quiet", linked.root);
    const before = await begin(linked);
    scratch.git("commit", "--quiet", "--allow-empty", "--message=Elsewhere");
    expect((await observe(before)).state).toBe("none");
  });
});
