import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write("data.csv", "a\n1\n");
  repository.commit("Data");
});
afterAll(() => repository.remove());

/** The run, and the run it was said to equal. */
function run(...words: string[]): { suffix: string; equal: string | undefined } {
  const { stderr } = repository.colophon(["run", "--data", "d=data.csv", ...words]);
  return {
    suffix: /colophon +(\S+)/.exec(stderr)![1]!,
    equal: /the same code, data, parameters and command as (\S+), which completed/.exec(stderr)?.[1],
  };
}

describe("a run that equals an earlier completed one", () => {
  test("says so before it starts, also when records were committed in between", () => {
    const first = run("--", "true");
    expect(first.equal).toBeUndefined();
    expect(run("--", "true").equal).toBe(first.suffix);
    repository.git("add", "records");
    repository.git("commit", "--quiet", "--message=Record");
    const third = run("--", "true");
    expect(third.equal).toBeDefined();
    rmSync(join(repository.root, ".colophon"), { recursive: true });
    expect(run("--", "true").equal).toBeDefined();
    // What was remembered may be cut off anywhere.
    appendFileSync(join(repository.root, ".colophon/run-keys"), "20261120T104207Z_3f9c2e1_k3f9q2 sha2");
    expect(run("--", "true").equal).toBeDefined();
  });

  test.each([
    ["another parameter", ["--param", "a=1", "--", "true"]],
    ["another word", ["--", "true", "x"]],
    ["another program", ["--", "echo"]],
    ["a failed run", ["--", "false"]],
  ])("does not say so of %s", (_, words) => {
    expect(run(...words).equal).toBeUndefined();
    if (words.at(-1) === "false") expect(run(...words).equal).toBeUndefined();
  });

  test("does not say so when code or data differ, or edits are not committed", () => {
    run("--", "true");
    repository.write("data.csv", "a\n2\n");
    repository.git("commit", "--quiet", "--all", "--message=Change");
    expect(run("--", "true").equal).toBeUndefined();
    expect(run("--", "true").equal).toBeDefined();
    repository.write("new.py", "1");
    expect(run("--", "true").equal).toBeUndefined();
    repository.git("add", "new.py");
    repository.git("commit", "--quiet", "--message=Code");
    expect(run("--", "true").equal).toBeUndefined();
  });

  test("records the tree of the code, without what was recorded", () => {
    const { suffix } = run("--", "true");
    const folder = repository.call("sh", ["-c", `ls -d records/*/*${suffix}`]).stdout.trim();
    const { colophon } = JSON.parse(readFileSync(join(repository.root, folder, "manifest.json"), "utf8"));
    expect(colophon.source.code_tree).toMatch(/^[0-9a-f]{40}$/);
    expect(colophon.source.code_tree).not.toBe(colophon.source.head.tree);
  });
});
