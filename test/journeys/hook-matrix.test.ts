import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { exampleText } from "./recorded-run.js";
import { type Call, makeRepository, type Outcome, type Repository, repositoryAt } from "./repository.js";
import { stateOf } from "./repository-state.js";

const path = "study/run_manifest.json";
const valid = exampleText("run-completed");
const invalid = valid.replace('"status": "completed"', '"status": "finished"');

let repository: Repository;

beforeEach(() => {
  repository = makeRepository();
  expect(repository.colophon(["hooks", "install"]).status).toBe(0);
});

afterEach(() => repository.remove());

/** The commit is stopped and has changed nothing, until `mend` makes the same commit pass. */
function expectStoppedUntil(mend: () => void, commit: () => Outcome, place: Repository = repository): void {
  const before = stateOf(place);
  const stopped = commit();
  expect([stopped.status, stopped.stdout + stopped.stderr]).toEqual([1, expect.stringContaining(path)]);
  expect(stateOf(place)).toEqual(before);
  mend();
  const passed = commit();
  expect([passed.status, passed.stderr]).toEqual([0, expect.anything()]);
  expect(place.git("show", `HEAD:${path}`)).toBe(valid.trimEnd());
}

function commit(words: readonly string[], call?: Call): Outcome {
  return repository.call("git", ["commit", "--message=Study", ...words], call);
}

function stage(text: string, place: Repository = repository): void {
  place.write(path, text);
  place.git("add", path);
}

describe("the installed hook", () => {
  test("stops commit until the staged manifest is valid (git-109)", () => {
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([]),
    );
  });

  test("stops commit -a (git-110)", () => {
    stage(valid);
    commit([]);
    repository.write(path, invalid);
    const before = stateOf(repository);
    expect(commit(["-a"]).status).toBe(1);
    expect(stateOf(repository)).toEqual(before);
    repository.write(path, `${valid}\n`);
    expect(commit(["-a"]).status).toBe(0);
    expect(repository.call("git", ["show", `HEAD:${path}`]).stdout).toBe(`${valid}\n`);
  });

  test("stops commit -- path, and judges that path alone (git-110)", () => {
    repository.write("other/run_manifest.json", invalid);
    repository.git("add", "other");
    stage(invalid);
    expectStoppedUntil(
      () => repository.write(path, valid),
      () => commit(["--", path]),
    );
    expect(repository.git("diff", "--cached", "--name-only")).toBe("other/run_manifest.json");
  });

  test("stops commit --amend (git-115)", () => {
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit(["--amend"]),
    );
  });

  test("stops a commit in a linked work tree (git-111)", () => {
    const root = `${repository.root}-linked`;
    repository.git("worktree", "add", "--quiet", root);
    const linked = repositoryAt(root, repository.env);
    const mainBefore = stateOf(repository);
    stage(invalid, linked);
    expectStoppedUntil(
      () => stage(valid, linked),
      () => linked.call("git", ["commit", "--message=Study"]),
      linked,
    );
    expect({ ...stateOf(repository), refs: "" }).toEqual({ ...mainBefore, refs: "" });
  });

  test("stops the commit that ends a merge (git-115)", () => {
    repository.git("checkout", "--quiet", "-b", "side");
    repository.write("README.md", "# Side\n");
    stage(invalid);
    repository.git("commit", "--quiet", "--no-verify", "--all", "--message=Side");
    repository.git("checkout", "--quiet", "main");
    repository.write("README.md", "# Main\n");
    repository.git("commit", "--quiet", "--all", "--message=Main");
    expect(repository.call("git", ["merge", "side"]).status).toBe(1);
    repository.write("README.md", "# Both\n");
    repository.git("add", "README.md");
    expectStoppedUntil(
      () => stage(valid),
      () => repository.call("git", ["commit", "--no-edit"]),
    );
    expect(repository.git("rev-list", "--parents", "--max-count=1", "HEAD").split(" ")).toHaveLength(3);
  });

  test("goes by the staged bytes, whatever the work tree holds (git-113)", () => {
    stage(invalid);
    repository.write(path, valid);
    expectStoppedUntil(
      () => {
        stage(valid);
        repository.write(path, invalid);
      },
      () => commit([]),
    );
    expect(repository.read(path)).toBe(invalid);
  });

  test("stops a commit made in a subfolder", () => {
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([], { directory: "study" }),
    );
  });

  test("stops the first commit of a repository", () => {
    repository.remove();
    repository = makeRepository({ unborn: true });
    repository.colophon(["hooks", "install"]);
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([]),
    );
  });

  test("stands where core.hooksPath says (git-114)", () => {
    repository.colophon(["hooks", "uninstall"]);
    repository.git("config", "core.hooksPath", "tools/hooks");
    const { status } = repository.colophon(["hooks", "install"]);
    expect(status).toBe(0);
    expect(repository.read("tools/hooks/pre-commit")).toContain("validate --staged");
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([]),
    );
  });

  test("is called by husky (git-114)", () => {
    repository.colophon(["hooks", "uninstall"]);
    repository.write(".husky/pre-commit", "echo mine");
    const husky = new URL("../../node_modules/husky/bin.js", import.meta.url).pathname;
    expect(repository.call(process.execPath, [husky]).status).toBe(0);
    expect(repository.colophon(["hooks", "install"]).status).toBe(0);
    expect(repository.read(".husky/pre-commit")).toMatch(/^echo mine\nsh .*colophon-pre-commit/);
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([]),
    );
  });

  test("runs beside somebody's own hook once its line is added (git-114)", () => {
    repository.colophon(["hooks", "uninstall"]);
    repository.write(".git/hooks/pre-commit", "#!/bin/sh\necho mine\n", 0o755);
    const asked = JSON.parse(repository.colophon(["hooks", "install", "--json"]).stdout);
    expect(repository.read(".git/hooks/pre-commit")).toBe("#!/bin/sh\necho mine\n");
    repository.write(".git/hooks/pre-commit", `#!/bin/sh\n${asked.by_hand.text}\necho mine\n`, 0o755);
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([]),
    );
  });

  test("finds the program where PATH has neither it nor Node", () => {
    const bare = join(repository.root, "../bare");
    mkdirSync(bare);
    for (const program of ["git", "sh"]) {
      const { stdout } = repository.call("sh", ["-c", `command -v ${program}`]);
      writeFileSync(join(bare, program), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
    }
    stage(invalid);
    expectStoppedUntil(
      () => stage(valid),
      () => commit([], { env: { PATH: bare } }),
    );
  });

  test("is skipped by --no-verify (git-116)", () => {
    stage(invalid);
    expect(commit(["--no-verify"]).status).toBe(0);
  });

  test("says nothing and lets pass what is no manifest", () => {
    repository.write("web/manifest.json", '{"name": "an app"}');
    repository.git("add", "web");
    const { status, stderr } = commit([]);
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("leaves the deletion of an invalid manifest alone", () => {
    stage(invalid);
    commit(["--no-verify"]);
    repository.git("rm", "--quiet", path);
    expect(commit([]).status).toBe(0);
  });

  test("reads the index that the commit is made of, and no byte of it changes", () => {
    stage(invalid);
    const index = join(repository.root, ".git/index");
    const before = readFileSync(index);
    const { status } = repository.call("sh", [".git/hooks/pre-commit"], {
      env: { GIT_INDEX_FILE: ".git/index" },
    });
    expect(status).toBe(1);
    expect(readFileSync(index).equals(before)).toBe(true);
  });
});
