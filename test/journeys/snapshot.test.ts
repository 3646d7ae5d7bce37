import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Drift, SnapshotFacts } from "../../src/generated/types.js";
import { runFolders, watchRuns } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

const isLong = process.env.COLOPHON_TEST_LONG !== undefined;

let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
  repository.write("train.py", "print(1)\n");
  repository.commit("Code");
});
afterEach(() => repository.remove());

const seed = ["--synthetic-seed", "1"];

function run(flags: readonly string[], command: string) {
  const newRuns = watchRuns(repository);
  const outcome = repository.colophon(["run", ...seed, ...flags, "--", "sh", "-c", command]);
  const [folder] = newRuns();
  const manifest = folder && JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).colophon;
  const result = folder && JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")).colophon;
  return {
    ...outcome,
    id: folder?.split("/").at(-1) ?? "",
    snapshot: manifest?.snapshot as SnapshotFacts,
    drift: result?.drift as Drift,
    policy: manifest?.command.dirty_policy as string,
  };
}

const refs = () => repository.git("for-each-ref", "--format=%(refname)", "refs/colophon");

describe("a run of edited code", () => {
  test("keeps it as a commit, and says so before the command starts", () => {
    repository.write("train.py", "print(2)\n");
    repository.write("model.py", "x = 1\n");
    const { snapshot, policy, id, status, stderr } = run([], "true");
    expect([status, policy, snapshot.state, snapshot.proof.held]).toEqual([0, "snapshot", "stored", true]);
    expect(refs()).toBe(`refs/colophon/snapshots/${id}`);
    expect(repository.git("show", `${snapshot.ref}:train.py`)).toBe("print(2)");
    expect(repository.git("show", `${snapshot.ref}:model.py`)).toBe("x = 1");
    expect(repository.git("rev-parse", `${snapshot.ref}^`)).toBe(repository.git("rev-parse", "HEAD"));
    expect(stderr).toMatch(
      /code {7}[0-9a-f]{7} main {2}not committed: 1 not staged, 1 untracked; kept as [0-9a-f]{7}: 2 files 15 B\n/,
    );
  });

  test("of a clean tree needs none, and the records of runs are no edit", () => {
    run([], "true");
    const { snapshot, stderr } = run([], "true");
    expect([snapshot.state, snapshot.tree]).toEqual(["clean", repository.git("rev-parse", "HEAD^{tree}")]);
    expect([refs(), stderr]).toEqual(["", expect.stringContaining("main  clean\n")]);
  });

  test("is only listed with --dirty warn, or as colophon.json says", () => {
    repository.write("train.py", "print(2)\n");
    const flagged = run(["--dirty", "warn"], "true");
    expect([flagged.snapshot, flagged.policy, refs()]).toEqual([undefined, "warn", ""]);
    repository.write("colophon.json", '{ "dirty": "warn" }\n');
    expect(run([], "true").snapshot).toBeUndefined();
    expect(run(["--dirty", "snapshot"], "true").snapshot.state).toBe("stored");
  });

  test("leaves out what is large, secret or excluded, takes what is included, and says so", () => {
    repository.write(".gitignore", "*.log\n");
    repository.git("add", ".gitignore");
    repository.git("commit", "--quiet", "--message=Ignore");
    repository.write("colophon.json", '{ "snapshot": { "exclude": ["tmp"], "maxFileBytes": 1000 } }\n');
    repository.write("tmp/one", "1\n");
    repository.write("notes.md", "2\n");
    repository.write("wanted.log", "3\n");
    repository.write("large.bin", "x".repeat(1001));
    repository.write("deploy.sh", "export GITHUB_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345\n");
    const { snapshot, stderr, drift } = run(["--exclude", "*.md", "--include", "*.log"], "true");
    const reasons = Object.fromEntries(snapshot.left_out.map(({ path, reason }) => [path, reason]));
    expect(reasons).toEqual({
      "deploy.sh": "secret",
      "large.bin": "too_large",
      "notes.md": "excluded",
      "tmp/one": "excluded",
    });
    const kept = repository.git("ls-tree", "-r", "--name-only", snapshot.ref as string).split("\n");
    expect(kept).toEqual([".gitignore", "README.md", "colophon.json", "train.py", "wanted.log"]);
    expect(stderr).toContain(
      "△ not in the snapshot: deploy.sh (secret), notes.md (excluded), tmp/one (excluded) and 1 more\n",
    );
    const large = drift.left_out.find(({ path }) => path === "large.bin");
    expect(large).toMatchObject({
      state: "digested",
      sha256: createHash("sha256").update("x".repeat(1001)).digest("hex"),
    });
    const objects = repository.git("cat-file", "--batch-all-objects", "--batch", "--unordered");
    expect(objects).not.toContain("ghp_0123456789");
  });

  test("is refused where it cannot be kept, and then nothing is left behind", () => {
    repository.write("train.py", "print(2)\n");
    repository.write(".git/refs/colophon", "in the way\n");
    const { status, stderr } = run([], "touch was-run");
    expect([status, stderr]).toEqual([125, expect.stringContaining("NO_SNAPSHOT")]);
    expect(stderr).toContain("--dirty warn");
    expect([runFolders(repository), existsSync(join(repository.root, "was-run"))]).toEqual([[], false]);
    expect(run(["--dirty", "warn"], "true").status).toBe(0);
  });

  test.each(["warn", "refuse"])("takes no globs with --dirty %s", (policy) => {
    const { status, stderr } = run(["--dirty", policy, "--include", "*.log"], "true");
    expect([status, stderr]).toEqual([2, expect.stringContaining("GLOBS_WITHOUT_SNAPSHOT")]);
    expect(runFolders(repository)).toEqual([]);
  });

  test("can be compared: two runs at one commit differ by what was edited", () => {
    repository.write("train.py", "print(2)\n");
    const a = run([], "true");
    repository.write("train.py", "print(3)\n");
    const b = run([], "true");
    const { status, stdout } = repository.colophon(["diff", a.id, b.id, "--json"]);
    const { code } = JSON.parse(stdout);
    expect([status, code.outcome, code.commit.outcome]).toEqual([1, "changed", "same"]);
    expect(code.files).toEqual([
      expect.objectContaining({ path: "train.py", outcome: "changed", added: 1, removed: 1 }),
    ]);
    const same = JSON.parse(repository.colophon(["diff", a.id, a.id, "--json"]).stdout);
    expect([same.code.outcome, same.code.reason]).toEqual(["same", null]);
    repository.git("update-ref", "-d", b.snapshot.ref as string);
    repository.git("-c", "gc.pruneExpire=now", "gc", "--quiet", "--prune=now");
    const gone = JSON.parse(repository.colophon(["diff", a.id, b.id, "--json"]).stdout);
    expect(gone.code.outcome).toBe("unknown");
  });
});

describe("while a command runs", () => {
  test("nothing changed: the record says so, and people are told nothing", () => {
    repository.write("train.py", "print(2)\n");
    const { drift, stderr } = run([], "echo out >result.txt");
    expect([drift.state, drift.new_files]).toEqual(["none", 1]);
    expect(stderr).not.toContain("△");
  });

  test("edits and commits are told, with their files", () => {
    repository.write("other.py", "x\n");
    const { drift, stderr, id } = run(
      [],
      "echo 'print(9)' >train.py; git commit --quiet --all --message=Meanwhile",
    );
    expect(drift).toMatchObject({ state: "drifted", head: { moved: true, branch_changed: false } });
    expect(drift.moves.map(({ action, when }) => [action, when])).toEqual([["commit", "during_command"]]);
    expect(drift.files.map(({ path, change, by }) => [path, change, by])).toEqual([
      ["train.py", "edited", "unknown"],
    ]);
    expect(stderr).toMatch(/△ HEAD moved: [0-9a-f]{7} → [0-9a-f]{7}\n/);
    expect(repository.colophon(["show", id]).stdout).toContain(
      "△ code changed meanwhile: train.py (edited)\n",
    );
  });

  test("another branch is told", () => {
    const { stderr, drift } = run([], "git switch --quiet --create other");
    expect([drift.head.branch_from, drift.head.branch_to]).toEqual(["main", "other"]);
    expect(stderr).toContain("△ the branch changed: main → other\n");
  });

  test("a repository that is gone is unknown, and costs no record", () => {
    const { stderr, status, drift } = run([], "mv .git .elsewhere");
    repository.call("mv", [".elsewhere", ".git"]);
    expect([status, drift.state]).toEqual([0, "unknown"]);
    expect(stderr).toContain("△ whether the code changed meanwhile is not known: ");
  });
});

describe("nothing of the user's is touched", () => {
  /** Everything that is not ours: files with their times, index, HEAD, refs, stash, settings. */
  function theirs(): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (folder: string) => {
      for (const name of readdirSync(join(repository.root, folder))) {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (/^(records|\.colophon|\.git\/objects|\.git\/refs\/colophon)$/.test(path)) continue;
        const stat = statSync(join(repository.root, path));
        if (stat.isDirectory()) visit(path);
        else
          found[path] = `${stat.mtimeMs} ${stat.mode} ${readFileSync(join(repository.root, path), "latin1")}`;
      }
    };
    visit("");
    return found;
  }

  const times = isLong ? 200 : 10;
  test(`also when the tracker is killed at ${times} random times`, async () => {
    repository.write("stashed.py", "1\n");
    repository.git("stash", "--quiet", "--include-untracked");
    repository.write("staged.py", "2\n");
    repository.git("add", "staged.py");
    repository.write("train.py", "print(2)\n");
    for (let n = 0; n < 30; n += 1) repository.write(`src/${n}.py`, `${n}\n`);
    const before = theirs();
    const started = Date.now();
    run([], "true");
    const longest = Date.now() - started;
    expect(theirs()).toEqual(before);
    let killed = 0;
    for (let n = 0; n < times; n += 1) {
      const tracker = spawn(process.execPath, [cli, "run", ...seed, "--", "true"], {
        cwd: repository.root,
        env: repository.env,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => tracker.once("close", resolve));
      await setTimeout(Math.random() * longest);
      tracker.kill("SIGKILL");
      await ended;
      if (tracker.signalCode === "SIGKILL") killed += 1;
      // Git's own processes may still be at work for a moment.
      await setTimeout(30);
      expect(theirs()).toEqual(before);
    }
    process.stderr.write(`killed ${killed} of ${times} times; everything as before ${times} times\n`);
    repository.git("fsck", "--connectivity-only");
  }, 300_000);
});
