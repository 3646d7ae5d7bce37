import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cli_validate as outputSchema } from "../../src/generated/validators.js";
import { cli, makeRepository, type Outcome, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
});
afterAll(() => repository.remove());

const example = (name: string) =>
  readFileSync(new URL(`../../spec/examples/${name}.json`, import.meta.url), "utf8");
const valid = example("valid/experiment-external");
const run = example("valid/run-completed");
const id = "20261120T104207Z_3f9c2e1_k3f9q2";

interface File {
  readonly path: string;
  readonly kind: string | null;
  readonly valid: boolean;
  readonly findings: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly line: number | null;
  }[];
}

function filesOf({ stdout }: Outcome): File[] {
  const output: unknown = JSON.parse(stdout);
  expect(outputSchema(output)).toBe(true);
  return (output as { files: File[] }).files;
}

describe("colophon validate", () => {
  test("judges a named file, and says so in one calm line", () => {
    repository.write("one/manifest.json", valid);
    const { status, stdout, stderr } = repository.colophon(["validate", "one/manifest.json"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toContain("1 manifest valid");
  });

  test("points at the fault in the source, and exits 1", () => {
    repository.write("two/manifest.json", valid.replace('"dirty": false', '"dirty": "no"'));
    const { status, stdout } = repository.colophon(["validate", "two/manifest.json"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/error\[WRONG_TYPE\]: git\.dirty: must be a boolean, found the string "no"/);
    expect(stdout).toMatch(/two\/manifest\.json:\d+:\d+/);
    expect(stdout).toMatch(/"dirty": "no"/);
    expect(stdout).toMatch(/\^\^\^\^/);
  });

  test("prints the documented object with --json", () => {
    const outcome = repository.colophon([
      "validate",
      "--json",
      "one/manifest.json",
      "two/manifest.json",
      "none.json",
    ]);
    expect(outcome.status).toBe(1);
    expect(
      filesOf(outcome).map(({ path, kind, valid, findings }) => [
        path,
        kind,
        valid,
        findings.map(({ code }) => code),
      ]),
    ).toEqual([
      ["one/manifest.json", "experiment", true, []],
      ["two/manifest.json", "experiment", false, ["WRONG_TYPE"]],
      ["none.json", null, false, ["FILE_NOT_FOUND"]],
    ]);
  });

  test("never waves through what may be ours and cannot be parsed (rel-M1-M5)", () => {
    const cut = valid.slice(0, 400);
    for (const [name, text] of [
      ["cut", cut],
      ["bom", `\ufeff${valid}`],
      ["twice", valid + valid],
      ["nan", valid.replace('"lr": 0.0003', '"lr": NaN')],
      ["wrapped", `[${valid}]`],
    ] as const) {
      repository.write(`doubt/${name}/manifest.json`, text);
    }
    const files = filesOf(repository.colophon(["validate", "--json", "doubt"]));
    expect(files.map(({ path, valid }) => [path.split("/")[1], valid])).toEqual(
      ["bom", "cut", "nan", "twice", "wrapped"].map((name) => [name, false]),
    );
  });

  test("judges thousands of files, which takes several threads, as it judges a few", () => {
    const wrong = valid.replace('"dirty": false', '"dirty": 0');
    const texts = [valid, wrong, valid.slice(0, 400), '{"name": "app"}', "{}"];
    for (let index = 0; index < 3300; index += 1) {
      const name = index % 2 === 0 ? "manifest.json" : "table.manifest.json";
      repository.write(`many/${index % 3}/${index}/${name}`, texts[index % 5] as string);
    }
    const together = filesOf(repository.colophon(["validate", "--json", "many"]));
    const apart = ["0", "1", "2"].flatMap((part) =>
      filesOf(repository.colophon(["validate", "--json", `many/${part}`])),
    );
    expect(together).toEqual(apart);
    expect(together.map(({ valid }) => valid)).toEqual(expect.arrayContaining([true, false]));
    // Those that are nobody's, and named like anybody's.
    expect(together).toHaveLength(3300 - 660);
  });

  test("does not follow a link out of the searched folder (P4)", () => {
    repository.write("secret.txt", "top secret");
    repository.call("sh", [
      "-c",
      "mkdir -p linked && ln -s ../secret.txt linked/run_manifest.json && mkfifo linked/a.manifest.json",
    ]);
    const outcome = repository.colophon(["validate", "linked"]);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).not.toContain("top secret");
    expect(outcome.stdout.match(/NOT_A_FILE/g)).toHaveLength(2);
  });

  test("a result that nobody got is no success: OUTPUT_LOST", () => {
    const outcome = repository.call("sh", [
      "-c",
      `"${process.execPath}" "${cli}" validate --json one/manifest.json > /dev/full`,
    ]);
    expect(outcome).toMatchObject({ status: 3, stderr: expect.stringContaining("OUTPUT_LOST") });
  });

  test("says FILE_UNREADABLE of a path it cannot open", () => {
    const outcome = repository.colophon(["validate", "--json", `${"x".repeat(300)}.json`]);
    expect(filesOf(outcome)).toMatchObject([{ valid: false, findings: [{ code: "FILE_UNREADABLE" }] }]);
  });

  test("reads standard input as -", () => {
    const outcome = repository.colophon(["validate", "--json", "-"], { input: valid });
    expect(outcome.status).toBe(0);
    expect(filesOf(outcome)).toMatchObject([{ path: "-", kind: "experiment", valid: true }]);
    const empty = repository.colophon(["validate", "--json", "-"], { input: "" });
    expect(filesOf(empty)).toMatchObject([
      { path: "-", kind: null, valid: false, findings: [{ code: "INVALID_JSON" }] },
    ]);
  });

  test("searches a folder: run folders, fixed names anywhere, declared globs; other programs' manifests are left alone", () => {
    repository.write("search/colophon.json", '{"manifests": ["papers/**/provenance.json"]}');
    repository.write(`search/records/2026-11/${id}/manifest.json`, valid);
    repository.write(`search/records/2026-11/${id}/run_manifest.json`, run);
    repository.write("search/papers/one/provenance.json", valid);
    repository.write("search/web/manifest.json", '{"name": "app", "icons": []}');
    repository.write("search/web2/manifest.json", "not json at all");
    repository.write("search/ours/manifest.json", valid.replace('"dirty": false', '"dirty": 0'));
    repository.write("search/odd/table.manifest.json", "{}");
    repository.write("search/node_modules/x/run_manifest.json", "{}");
    repository.write("search/.git/run_manifest.json", "{}");
    repository.write("search/other.json", "{");
    const outcome = repository.colophon(["validate", "--json"], { directory: "search" });
    expect(filesOf(outcome).map(({ path, kind, valid }) => [path, kind, valid])).toEqual([
      ["odd/table.manifest.json", null, false],
      ["ours/manifest.json", "experiment", false],
      ["papers/one/provenance.json", "experiment", true],
      [`records/2026-11/${id}/manifest.json`, "experiment", true],
      [`records/2026-11/${id}/run_manifest.json`, "run", true],
    ]);
    const spoken = repository.colophon(["validate"], { directory: "search" });
    expect(spoken.stderr).toContain("2 of 5 manifests not valid");
    expect(spoken.stderr).toContain("2 manifest.json of other programs left alone");
  });

  test("a faulty manifest in a run folder is a finding even if it says nothing of itself", () => {
    repository.write(`place/records/2026-11/${id}/manifest.json`, "{}");
    const outcome = repository.colophon(["validate", "--json", "place"]);
    expect(filesOf(outcome)).toMatchObject([{ kind: "experiment", valid: false }]);
  });

  test("an explicitly named document that is no manifest is a finding of no kind", () => {
    repository.write("web.json", '{"name": "app"}');
    expect(filesOf(repository.colophon(["validate", "--json", "web.json"]))).toMatchObject([
      { kind: null, valid: false, findings: [{ code: "UNKNOWN_KIND" }] },
    ]);
  });

  test("takes kind, mode, profile and namespace from flags, and the namespace from colophon.json", () => {
    const codes = (...words: string[]) =>
      filesOf(repository.colophon(["validate", "--json", ...words])).flatMap(({ findings }) =>
        findings.map(({ code }) => code),
      );
    repository.write("foreign/manifest.json", valid.replace('"params"', '"notes": 1,\n  "params"'));
    expect(codes("foreign/manifest.json")).toEqual(["FOREIGN_KEY"]);
    expect(repository.colophon(["validate", "--mode", "tolerant", "foreign/manifest.json"]).status).toBe(0);
    expect(codes("--kind", "run", "one/manifest.json")).toContain("FOREIGN_KEY");
    repository.write("run.json", example("invalid/run-completed-without-environment"));
    expect(codes("run.json")).toEqual([]);
    expect(codes("--profile", "complete", "run.json")).toEqual(["MISSING_ARTIFACT"]);
    repository.write("origin/m.json", example("valid/experiment-of-the-origin-project"));
    expect(codes("origin/m.json")).toEqual(["FOREIGN_KEY"]);
    expect(codes("--namespace", "pytyche", "origin/m.json")).toEqual([]);
    repository.write("origin/colophon.json", '{"extensionNamespace": "pytyche"}');
    const inside = repository.colophon(["validate", "--json", "m.json"], { directory: "origin" });
    expect(inside.status).toBe(0);
  });

  test("needs no Git repository", () => {
    const { status } = repository.call(process.execPath, [cli, "validate", "one/manifest.json"], {
      env: { PATH: "/nonexistent" },
    });
    expect(status).toBe(0);
  });

  test("bounds what it reads, and shows control characters instead of obeying them", () => {
    repository.write("big.json", `${" ".repeat(9 * 1024 * 1024)}{}`);
    expect(filesOf(repository.colophon(["validate", "--json", "big.json"]))).toMatchObject([
      { findings: [{ code: "TOO_LARGE" }] },
    ]);
    expect(
      filesOf(repository.colophon(["validate", "--json", "--max-bytes", "10000000", "big.json"])),
    ).toMatchObject([{ findings: [{ code: "UNKNOWN_KIND" }] }]);
    repository.write(
      "evil.json",
      JSON.stringify({ ...JSON.parse(valid), "\u001b]0;pwned\u0007": 1 }).replaceAll("\\u001b", "\\u001b"),
    );
    const { stdout } = repository.colophon(["validate", "evil.json"]);
    expect(stdout).not.toContain("\u001b");
    repository.call("mkfifo", ["pipe.json"]);
    expect(filesOf(repository.colophon(["validate", "--json", "pipe.json"]))).toMatchObject([
      { findings: [{ code: "NOT_A_FILE" }] },
    ]);
  });

  test.each([
    [["validate", "--bogus"], 2, "UNKNOWN_FLAG"],
    [["validate", "--jsn"], 2, "--json"],
    [["validate", "--kind", "figur"], 2, "BAD_FLAG_VALUE"],
    [["validate", "--max-bytes", "lots"], 2, "BAD_FLAG_VALUE"],
    [["validate", "--namespace", "git"], 2, "BAD_NAMESPACE"],
    [["validate", "--namespace", "run_name"], 2, "BAD_NAMESPACE"],
    [["validate", ""], 2, "BAD_FLAG_VALUE"],
    [["validate", "-", "-"], 2, "BAD_FLAG_VALUE"],
    [["validate", "--staged", "x.json"], 2, "BAD_FLAG_VALUE"],
    [["validate", "--kind", "run", "--kind", "experiment"], 2, "FLAG_TWICE"],
    [["valdate"], 2, "colophon validate"],
    [["frobnicate"], 2, "UNKNOWN_COMMAND"],
    [[], 2, "usage: colophon"],
  ])("%j is a usage error that teaches", (words, status, text) => {
    const outcome = repository.colophon(words as string[]);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(text);
    expect(outcome.stdout).toBe("");
  });

  test("a faulty colophon.json is named with line and column, and nothing is judged", () => {
    repository.write("bad/colophon.json", '{\n  "recrods": "x"\n}');
    repository.write("bad/manifest.json", valid);
    const { status, stdout, stderr } = repository.colophon(["validate", "manifest.json"], {
      directory: "bad",
    });
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toContain("BAD_CONFIG");
    expect(stderr).toContain("colophon.json:2:3");
    expect(stderr).toContain("recrods");
  });
});

describe("colophon --help and --version", () => {
  test("list what works, on stdout", () => {
    expect(repository.colophon(["--version"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const { status, stdout } = repository.colophon(["--help"]);
    expect(status).toBe(0);
    for (const name of stdout.match(/^ {2}([a-z]+) {2,}/gm) ?? []) {
      expect(repository.colophon([name.trim(), "--help"])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`usage: colophon ${name.trim()}`),
      });
    }
  });
});
