import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { expectOutput } from "./matches-schema.js";
import { writeRun } from "./recorded-run.js";
import { type Call, cli, makeRepository, type Repository } from "./repository.js";
import { bytesBelow } from "./repository-state.js";

let repository: Repository;

beforeEach(() => {
  repository = makeRepository();
});

afterEach(() => repository.remove());

function init(words: readonly string[] = [], call: Call = {}) {
  const { status, stdout, stderr } = repository.colophon(["init", "--json", ...words], call);
  expect([status, stderr]).toEqual([0, ""]);
  return expectOutput("cli_init", stdout);
}

const isThere = (path: string) => existsSync(join(repository.root, path));

describe("colophon init", () => {
  test("writes the settings and the records folder's .gitignore", () => {
    expect(init()).toEqual({
      settings: { path: "colophon.json", status: "written" },
      ignore: { path: "records/.gitignore", status: "written", missing: [] },
      hook: null,
    });
    expect(repository.read("colophon.json")).toBe('{\n  "records": "records"\n}\n');
    expect(repository.git("status", "--porcelain", "--untracked-files=all")).toBe(
      "?? colophon.json\n?? records/.gitignore",
    );
  });

  test("changes nothing when it is typed again", () => {
    init(["--hook"]);
    const before = bytesBelow(repository.root);
    expect(init(["--hook"])).toEqual({
      settings: { path: "colophon.json", status: "present" },
      ignore: { path: "records/.gitignore", status: "present", missing: [] },
      hook: expect.objectContaining({ status: "unchanged" }),
    });
    expect(bytesBelow(repository.root)).toEqual(before);
  });

  test("follows the settings that are there, and leaves them as they are", () => {
    repository.write("colophon.json", '{"records":"study/runs"}');
    expect(init()).toMatchObject({
      settings: { status: "present" },
      ignore: { path: "study/runs/.gitignore", status: "written" },
    });
    expect(repository.read("colophon.json")).toBe('{"records":"study/runs"}');
    expect(isThere("records")).toBe(false);
  });

  test("leaves a .gitignore of the user's alone and names the lines it lacks", () => {
    repository.write("records/.gitignore", "*.tmp\n");
    const { ignore } = init() as { ignore: { status: string; missing: string[] } };
    expect([ignore.status, ignore.missing.length]).toEqual(["present", 4]);
    expect(repository.read("records/.gitignore")).toBe("*.tmp\n");
    expect(repository.colophon(["init"]).stderr).toContain(ignore.missing[0]);
  });

  test("sets the project up at the root, wherever in it one stands", () => {
    repository.write("deep/down/file", "");
    init([], { directory: "deep/down" });
    expect(isThere("colophon.json")).toBe(true);
  });

  test("takes no settings from above the repository", () => {
    repository.write("../colophon.json", '{"records":"elsewhere"}');
    expect(init()).toMatchObject({ settings: { status: "written" }, ignore: { path: "records/.gitignore" } });
  });

  test("works before the first commit", () => {
    repository.remove();
    repository = makeRepository({ unborn: true });
    expect(init(["--hook"])).toMatchObject({ hook: { status: "installed" } });
  });

  test("installs the hook only when told to, where nobody can be asked", () => {
    expect(repository.colophon(["init"]).stderr).toContain("colophon hooks install");
    expect(isThere(".git/hooks/pre-commit")).toBe(false);
    repository.colophon(["init", "--no-hook"]);
    expect(isThere(".git/hooks/pre-commit")).toBe(false);
    expect(repository.colophon(["init", "--hook"]).stderr).toContain("hook installed");
    expect(isThere(".git/hooks/pre-commit")).toBe(true);
  });

  test("is fine when the hook is left to be added by hand", () => {
    repository.write("lefthook.yml", "");
    const { status, stderr } = repository.colophon(["init", "--hook"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("run: colophon validate --staged")]);
  });

  test.each([[["--hook", "--no-hook"]], [["here"]]])("refuses the words %j", (words) => {
    const { status, stderr } = repository.colophon(["init", ...words]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("BAD_INIT_WORDS")]);
  });

  test("says so outside a repository, and writes nothing there", () => {
    mkdirSync(join(repository.root, "../elsewhere"));
    const { status, stderr } = repository.colophon(["init"], { directory: "../elsewhere" });
    expect([status, stderr]).toEqual([3, expect.stringMatching(/NOT_A_REPOSITORY.*git init/s)]);
    expect(isThere("../elsewhere/colophon.json")).toBe(false);
  });

  test("says so when the records folder cannot be made", () => {
    repository.write("records", "a file\n");
    const { status, stderr } = repository.colophon(["init"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("RECORDS_NOT_WRITABLE")]);
  });
});

describe("records/.gitignore", () => {
  test("leaves out of Git what is large in a run folder, and nothing else", () => {
    init();
    const { tracked, untracked } = writeRun(repository);
    const mine = [
      "records/metrics.jsonl",
      "records/logs/a.log",
      "records/2026-11/artifacts/a",
      "records/2026-11/note/logs/a",
    ];
    for (const path of mine) repository.write(path, "");
    const ignored = (path: string) => repository.call("git", ["check-ignore", "--quiet", path]).status === 0;
    expect(untracked.filter((path) => !ignored(path))).toEqual([]);
    expect([...tracked, ...mine].filter(ignored)).toEqual([]);
  });
});

/** util-linux' `script` gives the program a terminal; its words differ elsewhere. */
const hasScript = process.platform === "linux" && isUtilLinux();

function isUtilLinux(): boolean {
  const place = makeRepository();
  try {
    return place.call("sh", ["-c", "script --version"]).stdout.includes("util-linux");
  } finally {
    place.remove();
  }
}

describe("colophon init at a terminal", () => {
  const onTerminal = hasScript ? test : test.skip;
  const reason = hasScript ? "" : " (skipped: no util-linux script here)";

  onTerminal(`asks about the hook, and Enter means yes${reason}`, () => {
    expect(answer("\n")).toContain("[Y/n]");
    expect(isThere(".git/hooks/pre-commit")).toBe(true);
  });

  onTerminal(`installs nothing after no${reason}`, () => {
    answer("n\n");
    expect(isThere(".git/hooks/pre-commit")).toBe(false);
  });

  onTerminal(`takes the end of the input for no${reason}`, () => {
    answer("\u0004");
    expect(isThere(".git/hooks/pre-commit")).toBe(false);
    expect(isThere("colophon.json")).toBe(true);
  });

  onTerminal(`asks nothing on a build machine${reason}`, () => {
    expect(answer("\n", { CI: "true" })).not.toContain("[Y/n]");
    expect(isThere(".git/hooks/pre-commit")).toBe(false);
  });

  function answer(input: string, env: NodeJS.ProcessEnv = {}): string {
    const words = ["-qec", `'${process.execPath}' '${cli}' init`, "/dev/null"];
    const { status, stdout } = repository.call("script", words, { input, env });
    expect(status).toBe(0);
    return stdout;
  }
});
