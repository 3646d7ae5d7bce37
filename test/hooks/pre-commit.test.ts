import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { idAsGlob } from "../../src/manifest/ids.js";
import { makeRepository, type Outcome, type Repository } from "../journeys/repository.js";

const shipped = fileURLToPath(new URL("../../hooks/pre-commit", import.meta.url));

let repository: Repository;
let outside: string;

beforeEach(() => {
  repository = makeRepository();
  outside = join(repository.root, "..");
  const hook = join(repository.root, ".git/hooks/pre-commit");
  mkdirSync(dirname(hook), { recursive: true });
  copyFileSync(shipped, hook);
  chmodSync(hook, 0o755);
});

afterEach(() => repository.remove());

/** A program that says which one it is and what it was asked. */
function program(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "asked ${path}: $*" >&2\nexit 7\n`, { mode: 0o755 });
  return path;
}

function commit(env: NodeJS.ProcessEnv = {}, words: readonly string[] = []): Outcome {
  return repository.call("git", ["commit", "--allow-empty", "--message=Study", ...words], { env });
}

function stage(...paths: string[]): void {
  for (const path of paths) repository.write(path, `{"at": "${path}"}`);
  repository.git("add", "--", ...paths);
}

function note(node: string, path: string): void {
  repository.write(".git/colophon/program", `${node}\n${path}\n`);
}

/** Git and sh alone, as a graphical client may start a commit. */
function barePath(): string {
  const folder = join(outside, "bare");
  mkdirSync(folder);
  const git = repository.call("sh", ["-c", "command -v git"]).stdout.trim();
  writeFileSync(join(folder, "git"), `#!/bin/sh\nexec ${git} "$@"\n`, { mode: 0o755 });
  return folder;
}

const run = "records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2";

describe("hooks/pre-commit", () => {
  test("asks $COLOPHON, then node_modules/.bin, then PATH, then the noted program", () => {
    const noted = program(join(outside, "noted"));
    const local = program(join(repository.root, "node_modules/.bin/colophon"));
    const onPath = program(join(outside, "bin/colophon"));
    const named = program(join(outside, "named"));
    const PATH = `${dirname(onPath)}:${repository.env.PATH}`;
    note(process.execPath, noted);
    const asked = (env: NodeJS.ProcessEnv) => /asked (\S+): (.*)/.exec(commit(env).stderr)?.slice(1);
    expect(asked({ PATH, COLOPHON: named })).toEqual([named, "validate --staged"]);
    expect(asked({ PATH, COLOPHON: join(outside, "gone") })).toEqual(
      ["validate --staged"].flatMap((words) => [local, words]),
    );
    rmSync(local);
    expect(asked({ PATH })?.[0]).toBe(onPath);
    expect(asked({})?.[0]).toBe(noted);
  });

  test("stops the commit with whatever status the program ends with", () => {
    note(process.execPath, program(join(outside, "noted")));
    expect(commit().status).toBe(1);
    expect(repository.git("rev-list", "--count", "HEAD")).toBe("1");
  });

  test("lets the noted program find the noted Node", () => {
    const node = program(join(outside, "node-folder/node"));
    writeFileSync(join(outside, "noted"), "#!/usr/bin/env node\n", { mode: 0o755 });
    writeFileSync(join(barePath(), "env"), `#!/bin/sh\nexec "$@"\n`, { mode: 0o755 });
    note(node, join(outside, "noted"));
    // The interpreter named by the first line is env, which looks for node on the PATH it was given.
    expect(commit({ PATH: join(outside, "bare") }).stderr).toContain(`asked ${node}`);
  });

  test("never puts the current folder on the PATH", () => {
    program(join(repository.root, "colophon"));
    program(join(repository.root, "node"));
    expect(commit({ PATH: barePath() }).status).toBe(0);
  });

  test("reads the noted program in a linked work tree", () => {
    note(process.execPath, program(join(outside, "noted")));
    const linked = join(outside, "linked");
    repository.git("worktree", "add", "--quiet", linked);
    const { stderr } = repository.call("git", ["commit", "--allow-empty", "--message=x"], {
      directory: "../linked",
    });
    expect(stderr).toContain(`asked ${join(outside, "noted")}`);
  });

  test.each([
    `${run}/manifest.json`,
    `${run}/run_manifest.json`,
    `elsewhere/deep/${run}/manifest.json`,
    "run_manifest.json",
    "some/where/run_manifest.json",
    "loss.manifest.json",
    "dist/artifacts/loss.3f9c2e1b.manifest.json",
  ])("stops a commit of %s when there is no program, and says what to do", (path) => {
    stage(path);
    const { status, stderr } = commit();
    expect(status).toBe(1);
    expect(stderr).toContain("npm install");
    expect(stderr).toContain("colophon hooks install");
    expect(stderr).toContain("--no-verify");
    expect(commit({}, ["--no-verify"]).status).toBe(0);
  });

  test.each([
    "manifest.json",
    "app/manifest.json",
    `${run}/metrics.json`,
    "run_manifest.json.bak",
    "2026-11/x/manifest.json",
  ])("lets a commit of %s pass without a program", (path) => {
    stage(path);
    expect([commit().status, commit().stderr]).toEqual([0, ""]);
  });

  test("lets the removal of a manifest pass without a program", () => {
    stage("run_manifest.json");
    commit({}, ["--no-verify"]);
    repository.git("rm", "--quiet", "run_manifest.json");
    expect(commit().status).toBe(0);
  });

  test("looks at what is staged, not at what lies in the work tree", () => {
    repository.write("run_manifest.json", "{}");
    expect(commit().status).toBe(0);
    repository.git("add", "run_manifest.json");
    rmSync(join(repository.root, "run_manifest.json"));
    expect(commit().status).toBe(1);
  });

  test("looks at the paths of commit -- path alone", () => {
    stage("run_manifest.json", "notes.txt");
    expect(commit({}, ["--", "notes.txt"]).status).toBe(0);
    expect(commit({}, ["--", "run_manifest.json"]).status).toBe(1);
  });

  test("sees a manifest in the first commit of a repository", () => {
    repository.git("checkout", "--quiet", "--orphan", "fresh");
    stage("run_manifest.json");
    expect(commit().status).toBe(1);
    repository.git("rm", "--quiet", "--cached", "run_manifest.json");
    expect(commit().status).toBe(0);
  });

  test("is not misled by the pathspec settings of a Git client", () => {
    stage("run_manifest.json");
    for (const name of ["GIT_LITERAL_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"]) {
      expect([name, commit({ [name]: "1" }).status]).toEqual([name, 1]);
    }
  });

  test("knows a run folder by the form that ids have", () => {
    expect(readFileSync(shipped, "utf8")).toContain(`:(top,glob)**/${idAsGlob}/manifest.json`);
  });

  test("is executable, and plain sh", () => {
    expect(statSync(shipped).mode & 0o111).toBe(0o111);
    expect(repository.call("sh", ["-n", shipped]).status).toBe(0);
  });
});
