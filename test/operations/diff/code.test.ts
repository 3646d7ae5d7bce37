import { describe, expect, test } from "@jest/globals";
import { diffCode } from "../../../src/operations/diff/code.js";
import { change, madeRun, portsOver, shaA, shaB, treeFile } from "./compared-run.js";

const at = (sha: string, changes: object[] = [], source: object = {}) =>
  madeRun({
    manifest: { git: { sha, branch: "main", dirty: changes.length > 0 } },
    source: { changes, ...source },
  });

async function judged(
  a: object[],
  b: object[],
  files = [treeFile("both.py", "a1", "b1")],
  shas = [shaA, shaB],
) {
  const code = await diffCode(at(shas[0]!, a), at(shas[1]!, b), portsOver(files));
  return [code.outcome, ...code.files.map(({ path, outcome }) => `${path} ${outcome}`)];
}

const onOneCommit = (a: object[], b: object[]) => judged(a, b, [], [shaA, shaA]);

describe("diffCode", () => {
  test("one commit and nothing edited is the same code, without asking Git", async () => {
    const ports = { ...portsOver([]), diffTrees: () => Promise.reject(new Error("asked")) };
    expect(await diffCode(at(shaA), at(shaA), ports)).toMatchObject({ outcome: "same", trees: "same" });
    const tree = { head: { sha: shaA, tree: "1".repeat(40) }, code_tree: "2".repeat(40) };
    const other = { head: { sha: shaB, tree: "3".repeat(40) }, code_tree: "2".repeat(40) };
    expect(await diffCode(at(shaA, [], tree), at(shaB, [], other), ports)).toMatchObject({
      outcome: "same",
      commit: { outcome: "changed" },
    });
  });

  test("an edit in one run on a file that the commits agree on is a difference", async () => {
    expect(await onOneCommit([change("x.py", ".", "M")], [])).toEqual(["changed", "x.py changed"]);
    expect(await onOneCommit([change("x.py", "?", "?")], [])).toEqual(["changed", "x.py only_a"]);
    expect(await onOneCommit([], [change("x.py", ".", "D")])).toEqual(["changed", "x.py only_a"]);
  });

  test("edits in both runs are unknown, since their content is not recorded", async () => {
    const edited = [change("x.py", ".", "M")];
    expect(await onOneCommit(edited, edited)).toEqual(["unknown", "x.py unknown"]);
    const code = await diffCode(at(shaA, edited), at(shaA, edited), portsOver([]));
    expect(code.files[0]).toMatchObject({
      reason: "uncommitted edits are not recorded",
      edited: { a: "modified", b: "modified" },
      committed: "same",
    });
  });

  test("a file that was edited first and committed then may be the same", async () => {
    expect(await judged([change("both.py", ".", "M")], [])).toEqual(["unknown", "both.py unknown"]);
    expect(await judged([change("new.py", "?", "?")], [], [treeFile("new.py", null, "b1")])).toEqual([
      "unknown",
      "new.py unknown",
    ]);
  });

  test("what is deleted is known to be nothing", async () => {
    const deleted = [change("x.py", ".", "D")];
    expect(await onOneCommit(deleted, deleted)).toEqual(["same", "x.py same"]);
    expect(await judged([change("x.py", "D", ".")], [], [treeFile("x.py", "a1", null)])).toEqual([
      "same",
      "x.py same",
    ]);
    const again = [change("x.py", "D", "."), change("x.py", "?", "?")];
    expect(await onOneCommit(again, deleted)).toEqual(["changed", "x.py only_a"]);
    expect(await onOneCommit([change("y.py", "R", ".", { renamed_from: "x.py" })], [])).toEqual([
      "changed",
      "x.py only_b",
      "y.py only_a",
    ]);
  });

  test("a mode alone is known too, and what equals the commit after all is no edit", async () => {
    const mode = [change("x.sh", ".", "M", { mode_only: true })];
    expect(await onOneCommit(mode, mode)).toEqual(["same", "x.sh same"]);
    expect(await onOneCommit(mode, [])).toEqual(["changed", "x.sh changed"]);
    const undone = [change("x.py", "M", "M", { worktree_equals_head: true })];
    expect(await onOneCommit(undone, [])).toEqual(["same"]);
  });

  test("files that Git was told not to look at are compared by their digests", async () => {
    const hidden = (sha256: string | null) => ({
      hidden_bits: {
        assume_unchanged: { count: 1, files: [{ path: "local.py", sha256 }], omitted: 0 },
        skip_worktree: { count: 0, files: [], omitted: 0 },
      },
    });
    const [one, two] = ["a".repeat(64), "b".repeat(64)];
    const outcome = async (a: object, b: object) =>
      (await diffCode(at(shaA, [], a), at(shaA, [], b), portsOver([]))).outcome;
    expect(await outcome(hidden(one), hidden(one))).toBe("same");
    expect(await outcome(hidden(one), hidden(two))).toBe("changed");
    expect(await outcome(hidden(one), {})).toBe("unknown");
    expect(await outcome(hidden(null), hidden(null))).toBe("unknown");
  });

  test("figures under the artifacts root are no code", async () => {
    expect(await onOneCommit([change("dist/artifacts/f.svg", "?", "?")], [])).toEqual(["same"]);
  });

  test("a commit that is not here makes the code unknown, and the edits are still told", async () => {
    const ports = portsOver([], [shaB]);
    const code = await diffCode(at(shaA, [change("x.py", ".", "M")]), at(shaB), ports);
    expect(code).toMatchObject({
      outcome: "unknown",
      reason: "commit 4a0d3f2 is not in this repository",
      trees: "unknown",
      files: [{ path: "x.py", outcome: "unknown", committed: "unknown", edited: { a: "modified", b: null } }],
    });
    const both = await diffCode(at(shaA), at(shaB), portsOver([], [shaB, shaA]));
    expect(both.reason).toBe("commits 3f9c2e1 and 4a0d3f2 are not in this repository");
  });

  test("no repository, a Git that cannot read, no commit on record: each is unknown with its reason", async () => {
    const answered = async (answer: Awaited<ReturnType<ReturnType<typeof portsOver>["diffTrees"]>>) =>
      diffCode(at(shaA), at(shaB), { ...portsOver([]), diffTrees: async () => answer });
    expect(await answered(null)).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/no repository/),
    });
    expect(await answered({ state: "unreadable", reason: "broken" })).toMatchObject({
      outcome: "unknown",
      reason: "broken",
    });
    const bare = madeRun({ manifest: null });
    expect(await diffCode(bare, at(shaA), portsOver([]))).toMatchObject({
      outcome: "unknown",
      reason: "no commit is recorded",
      commit: { a: null, b: shaA },
    });
  });

  test("edits that are not all listed leave open what they were", async () => {
    const many = at(shaA, [], { changes_omitted: 5 });
    expect(await diffCode(many, at(shaA), portsOver([]))).toMatchObject({ outcome: "unknown", files: [] });
    const [file] = (await diffCode(many, at(shaB), portsOver([treeFile("x.py", "a1", "b1")]))).files;
    expect(file).toMatchObject({ outcome: "unknown", committed: "changed" });
    const dirty = madeRun({ manifest: { git: { sha: shaA, branch: "main", dirty: true } }, source: null });
    expect((await diffCode(dirty, at(shaA), portsOver([]))).outcome).toBe("unknown");
    const clean = madeRun({ source: null });
    expect((await diffCode(clean, at(shaA), portsOver([]))).outcome).toBe("same");
  });
});
