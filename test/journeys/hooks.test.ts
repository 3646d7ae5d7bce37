import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { expectOutput } from "./matches-schema.js";
import { cli, makeRepository, type Repository, repositoryAt } from "./repository.js";
import { bytesBelow } from "./repository-state.js";

let repository: Repository;

beforeEach(() => {
  repository = makeRepository();
});

afterEach(() => repository.remove());

/** `status` is the exit status. */
function hooks(verb: "install" | "uninstall", place: Repository = repository) {
  const { status: exit, stdout, stderr } = place.colophon(["hooks", verb, "--json"]);
  expect([exit === 0 || exit === 1, stderr]).toEqual([true, ""]);
  return { exit, ...expectOutput("cli_hooks", stdout) };
}

const untouched = { written: [], removed: [], by_hand: null };
const script = readFileSync(join(dirname(cli), "../hooks/pre-commit"), "utf8");
const has = (path: string) => existsSync(join(repository.root, path));

describe("colophon hooks", () => {
  test("says HOOK_UNREADABLE where a folder stands at the hook's place", () => {
    mkdirSync(join(repository.root, ".git/hooks/pre-commit"), { recursive: true });
    expect(repository.colophon(["hooks", "install"])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("HOOK_UNREADABLE"),
    });
  });

  test("installs the shipped script, executable, and notes the program in the Git folder", () => {
    const place = { manager: "git", hook: ".git/hooks/pre-commit" };
    expect(hooks("install")).toEqual({
      exit: 0,
      ...place,
      ...untouched,
      status: "installed",
      written: [".git/hooks/pre-commit"],
    });
    expect(repository.read(".git/hooks/pre-commit")).toBe(script);
    expect(statSync(join(repository.root, ".git/hooks/pre-commit")).mode & 0o111).toBe(0o111);
    expect(repository.read(".git/colophon/program")).toBe(`${process.execPath}\n${cli}\n`);
    expect(hooks("install")).toEqual({ exit: 0, ...place, ...untouched, status: "unchanged" });
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  test("leaves nothing behind when it is uninstalled", () => {
    const before = bytesBelow(repository.root);
    hooks("install");
    expect(hooks("uninstall")).toMatchObject({
      exit: 0,
      status: "removed",
      removed: [".git/hooks/pre-commit"],
    });
    expect(bytesBelow(repository.root)).toEqual(before);
    expect(hooks("uninstall")).toMatchObject({ exit: 0, ...untouched, status: "absent" });
  });

  test("renews the hook of another version", () => {
    const old = script.replace("for colophon in", "# an earlier line\nfor colophon in");
    repository.write(".git/hooks/pre-commit", old, 0o755);
    expect(hooks("install")).toMatchObject({ exit: 0, status: "updated" });
    expect(repository.read(".git/hooks/pre-commit")).toBe(script);
  });

  test("leaves its own script alone once somebody has added to it", () => {
    const added = `${script}npx lint-staged\n`;
    repository.write(".git/hooks/pre-commit", added, 0o755);
    for (const verb of ["install", "uninstall"] as const) {
      hooks(verb);
      expect(repository.read(".git/hooks/pre-commit")).toBe(added);
    }
  });

  test("serves linked work trees from the shared folder", () => {
    repository.git("worktree", "add", "--quiet", "../linked");
    const linked = repositoryAt(join(repository.root, "../linked"), repository.env);
    const hook = join(repository.root, ".git/hooks/pre-commit");
    expect(hooks("install", linked)).toMatchObject({ exit: 0, status: "installed", hook });
    expect(has(".git/colophon/program")).toBe(true);
  });

  test("never changes a hook of somebody else's, and prints the line to add (git-114)", () => {
    const theirs = "#!/bin/sh\n# colophon is in the appendix of the thesis\nmake check\n";
    repository.write(".git/hooks/pre-commit", theirs, 0o755);
    const asked = hooks("install");
    expect(asked).toMatchObject({
      exit: 1,
      status: "by-hand",
      by_hand: { file: ".git/hooks/pre-commit", text: 'sh "$(dirname "$0")/colophon-pre-commit" || exit' },
    });
    expect(repository.read(".git/hooks/pre-commit")).toBe(theirs);
    expect(hooks("uninstall")).toMatchObject({ exit: 0, status: "removed" });
    expect(repository.read(".git/hooks/pre-commit")).toBe(theirs);
    expect(has(".git/hooks/colophon-pre-commit")).toBe(false);
  });

  test("keeps its script while a hook of somebody else's calls it", () => {
    const joined = '#!/bin/sh\nsh "$(dirname "$0")/colophon-pre-commit" || exit\nmake check\n';
    repository.write(".git/hooks/pre-commit", joined, 0o755);
    expect(hooks("install")).toMatchObject({
      exit: 0,
      status: "updated",
      written: [".git/hooks/colophon-pre-commit"],
    });
    expect(hooks("uninstall")).toMatchObject({ exit: 1, status: "by-hand", removed: [] });
    expect(has(".git/hooks/colophon-pre-commit")).toBe(true);
    expect(has(".git/colophon/program")).toBe(true);
    expect(repository.read(".git/hooks/pre-commit")).toBe(joined);
  });

  test("joins husky with one line, and takes exactly that line out again (git-114)", () => {
    const theirs = Buffer.from("npm test\n# caf\xe9", "latin1");
    repository.write(".husky/pre-commit", theirs as unknown as string);
    repository.git("config", "core.hooksPath", ".husky/_");
    expect(hooks("install")).toMatchObject({
      exit: 0,
      manager: "husky",
      status: "installed",
      hook: ".husky/pre-commit",
      written: [".husky/colophon-pre-commit", ".husky/pre-commit"],
    });
    const bytes = readFileSync(join(repository.root, ".husky/pre-commit"));
    expect(bytes.subarray(0, theirs.length).equals(theirs)).toBe(true);
    expect(hooks("install")).toMatchObject({ exit: 0, ...untouched, status: "unchanged" });
    expect(hooks("uninstall")).toMatchObject({ exit: 0, status: "removed" });
    expect(readFileSync(join(repository.root, ".husky/pre-commit")).toString("latin1")).toBe(
      "npm test\n# caf\xe9\n",
    );
    expect(has(".husky/colophon-pre-commit")).toBe(false);
  });

  test("makes husky's hook where there is none, and says when husky itself is not set up", () => {
    repository.write(".husky/pre-push", "npm test\n");
    expect(hooks("install")).toMatchObject({
      exit: 1,
      manager: "husky",
      by_hand: { file: null, text: "npx husky" },
    });
    expect(hooks("uninstall")).toMatchObject({ exit: 0, status: "removed" });
    expect(has(".husky/pre-commit")).toBe(false);
  });

  test.each([
    ["lefthook.yml", "lefthook", "run: colophon validate --staged"],
    [".config/lefthook.toml", "lefthook", "run: colophon validate --staged"],
    [".pre-commit-config.yaml", "pre-commit", "entry: colophon validate --staged"],
  ])("prints what belongs into %s, and changes nothing (git-114)", (file, manager, line) => {
    repository.write(file, "repos: []\n");
    const before = bytesBelow(repository.root);
    const asked = hooks("install");
    expect(asked).toMatchObject({ exit: 1, manager, status: "by-hand", hook: file });
    const { text } = (asked as unknown as { by_hand: { text: string } }).by_hand;
    expect(text).toContain(line);
    expect(bytesBelow(repository.root)).toEqual(before);
    repository.write(file, `${text}\n`);
    expect(hooks("install")).toMatchObject({ exit: 0, status: "unchanged" });
    expect(hooks("uninstall")).toMatchObject({ exit: 1, status: "by-hand" });
    expect(repository.read(file)).toBe(`${text}\n`);
  });

  test("writes nothing to a core.hooksPath that other repositories share (git-114)", () => {
    const shared = join(repository.root, "../shared-hooks");
    mkdirSync(shared);
    repository.git("config", "core.hooksPath", shared);
    const asked = hooks("install");
    expect(asked).toMatchObject({ exit: 1, status: "by-hand", hook: join(shared, "pre-commit") });
    expect(bytesBelow(shared)).toEqual({});
    const { text } = (asked as unknown as { by_hand: { text: string } }).by_hand;
    const both = repositoryAt(shared, repository.env);
    both.write("pre-commit", `#!/bin/sh\n${text}\nexit 0\n`, 0o755);
    // Without the program on PATH the shared hook lets the other repositories be.
    expect(repository.call("git", ["commit", "--allow-empty", "--message=x"]).status).toBe(0);
    expect(hooks("install")).toMatchObject({ exit: 0, status: "unchanged" });
    both.write("pre-commit", script, 0o755);
    expect(hooks("uninstall")).toMatchObject({ exit: 1, status: "by-hand" });
    expect(both.read("pre-commit")).toBe(script);
  });

  test("adds nothing to a husky hook that calls the program itself", () => {
    repository.write(".husky/pre-commit", "COLOPHON=dist/colophon.cjs sh hooks/pre-commit\n");
    repository.git("config", "core.hooksPath", ".husky/_");
    expect(hooks("install")).toMatchObject({ exit: 0, ...untouched, status: "unchanged" });
    expect(has(".husky/colophon-pre-commit")).toBe(false);
  });

  test("refuses to write through a link", () => {
    repository.write("tracked-hook", "#!/bin/sh\n");
    mkdirSync(join(repository.root, ".git/hooks"), { recursive: true });
    symlinkSync("../../nowhere", join(repository.root, ".git/hooks/pre-commit"));
    const { status, stderr } = repository.colophon(["hooks", "install"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("SYMLINK_AT_TARGET")]);
    expect(has("nowhere")).toBe(false);
  });

  test("says what to do in words, on stderr", () => {
    repository.write(".git/hooks/pre-commit", "#!/bin/sh\n", 0o755);
    const { status, stdout, stderr } = repository.colophon(["hooks", "install"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      [
        "┃ △ left as it is: .git/hooks/pre-commit",
        "┃ → there is a hook already; add this line to .git/hooks/pre-commit:",
        "┃",
        '┃     sh "$(dirname "$0")/colophon-pre-commit" || exit',
        "┃",
        "",
      ].join("\n"),
    );
  });

  test.each([[[]], [["instal"]], [["install", "now"]]])("refuses the words %j", (words) => {
    const { status, stderr } = repository.colophon(["hooks", ...words]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("NO_HOOKS_VERB")]);
  });

  test("says so outside a repository", () => {
    mkdirSync(join(repository.root, "../elsewhere"));
    const { status, stderr } = repository.colophon(["hooks", "install"], { directory: "../elsewhere" });
    expect([status, stderr]).toEqual([3, expect.stringMatching(/NOT_A_REPOSITORY.*git init/s)]);
  });

  test("says so when the package lacks its hook", () => {
    const alone = join(repository.root, "../alone/dist/colophon.cjs");
    cpSync(dirname(cli), dirname(alone), {
      recursive: true,
      filter: (path) => path === dirname(cli) || path.endsWith(".cjs"),
    });
    symlinkSync(join(dirname(cli), "../node_modules"), join(repository.root, "../alone/node_modules"));
    const { status, stderr } = repository.call(process.execPath, [alone, "hooks", "install"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("HOOK_SCRIPT_MISSING")]);
  });
});
