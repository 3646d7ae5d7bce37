import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { expectOutput } from "./matches-schema.js";
import { writeRun } from "./recorded-run.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;

beforeEach(() => {
  repository = makeRepository();
});

afterEach(() => repository.remove());

function commit(...words: string[]) {
  const { status, stdout, stderr } = repository.colophon(["commit", "--json", ...words]);
  expect([status, stderr]).toEqual([0, ""]);
  return expectOutput("cli_commit", stdout) as {
    commit: { sha: string; subject: string; paths: string[] } | null;
    runs: { id: string; path: string; status: string }[];
  };
}

function refusal(...words: string[]): [number | null, string] {
  const { status, stderr } = repository.colophon(["commit", ...words]);
  return [status, stderr];
}

const committed = (at = "HEAD") => repository.git("show", "--name-only", "--format=", at).split("\n");

describe("colophon commit", () => {
  test("commits a run's tracked files, the first time with records/.gitignore, and names the run", () => {
    const { id, folder, tracked } = writeRun(repository);
    const outcome = commit("k3f9q2");
    const paths = [...tracked, "records/.gitignore"].sort();
    expect(outcome).toEqual({
      commit: { sha: repository.git("rev-parse", "HEAD"), subject: "Record run train.py k3f9q2", paths },
      runs: [{ id, path: folder, status: "committed" }],
    });
    expect(committed().sort()).toEqual(paths);
    expect(repository.git("log", "-1", "--format=%s|%(trailers:key=Colophon-Run,valueonly)")).toBe(
      `Record run train.py k3f9q2|${id}\n`,
    );
    expect(repository.git("status", "--porcelain", "--untracked-files=all")).toBe("");
  });

  test("leaves what else is staged staged, and out of the commit", () => {
    writeRun(repository);
    repository.write("README.md", "# Staged\n");
    repository.write("new.txt", "new\n");
    repository.git("add", "README.md", "new.txt");
    repository.write("README.md", "# Not staged\n");
    const before = repository.git("diff", "--cached");
    commit("k3f9q2");
    expect(repository.git("diff", "--cached")).toBe(before);
    expect(repository.read("README.md")).toBe("# Not staged\n");
    expect(committed()).not.toContain("new.txt");
  });

  test("says so when a run is committed already, and exits with 0", () => {
    writeRun(repository);
    commit("k3f9q2");
    const head = repository.git("rev-parse", "HEAD");
    expect(commit("k3f9q2")).toMatchObject({ commit: null, runs: [{ status: "unchanged" }] });
    expect(repository.colophon(["commit", "k3f9q2"]).stderr).toContain("committed already");
    expect(repository.git("rev-parse", "HEAD")).toBe(head);
  });

  test("commits what was added to a run later", () => {
    const { folder } = writeRun(repository);
    commit("k3f9q2");
    const note = repository.write(`${folder}/00_run_metadata/notes.jsonl`, '{"note":"good"}\n');
    expect(commit("k3f9q2").commit?.paths).toEqual([note]);
  });

  test("commits several runs as one, and names only those that were not committed before", () => {
    writeRun(repository);
    commit("k3f9q2");
    const [first, second] = [
      writeRun(repository, { suffix: "aaaaaa" }),
      writeRun(repository, { suffix: "bbbbbb", status: "failed" }),
    ];
    const outcome = commit("k3f9q2", "aaaaaa", "bbbbbb", "aaaaaa");
    expect(outcome.commit?.subject).toBe("Record 2 runs");
    expect(outcome.runs.map(({ status }) => status)).toEqual(["unchanged", "committed", "committed"]);
    expect(
      repository.git("log", "-1", "--format=%(trailers:key=Colophon-Run,valueonly)").trim().split("\n"),
    ).toEqual([first.id, second.id]);
  });

  test("takes an id, the beginning or the end of one, or the folder", () => {
    const { id, folder } = writeRun(repository);
    for (const word of [id, id.slice(0, 12), "q2", `${folder}/`]) {
      expect(commit(word).runs.map((run) => run.id)).toEqual([id]);
    }
  });

  test("refuses a word that means no run, or several", () => {
    expect(refusal("zzzzzz")).toEqual([2, expect.stringMatching(/NO_SUCH_RUN.*colophon run/s)]);
    writeRun(repository);
    writeRun(repository, { suffix: "aaaaaa" });
    expect(refusal("zzzzzz")).toEqual([2, expect.stringMatching(/NO_SUCH_RUN.*k3f9q2/s)]);
    expect(refusal("20261120")).toEqual([2, expect.stringMatching(/AMBIGUOUS_RUN.*aaaaaa.*k3f9q2/s)]);
    expect(refusal()).toEqual([2, expect.stringContaining("NO_RUN_NAMED")]);
    expect(refusal("-m", " ", "k3f9q2")).toEqual([2, expect.stringContaining("BAD_FLAG_VALUE")]);
  });

  test("refuses a run that is still running, and stages nothing of it", () => {
    writeRun(repository, { status: "running" });
    expect(refusal("k3f9q2")).toEqual([3, expect.stringMatching(/RUN_STILL_RUNNING.*never ends/s)]);
    expect(repository.git("diff", "--cached", "--name-only")).toBe("");
  });

  test("refuses a run whose manifest is not valid, and shows every finding", () => {
    const { folder } = writeRun(repository);
    repository.write(`${folder}/manifest.json`, '{"manifest_schema_version": 1}');
    expect(refusal("k3f9q2")).toEqual([3, expect.stringMatching(/RECORD_INVALID.*data_provenance.*env/s)]);
    repository.write(`${folder}/run_manifest.json`, "{");
    expect(refusal("k3f9q2")).toEqual([3, expect.stringMatching(/RECORD_TRUNCATED.*run_manifest\.json/s)]);
    expect(repository.git("diff", "--cached", "--name-only")).toBe("");
  });

  test("refuses a run of which a part is missing, in the words of other commands", () => {
    const { folder } = writeRun(repository);
    const other = writeRun(repository, { suffix: "aaaaaa" });
    const remove = (path: string) => repository.call("rm", ["-r", path]);
    remove(`${folder}/00_run_metadata/config.resolved.json`);
    expect(refusal("aaaaaa", "k3f9q2")).toEqual([
      3,
      expect.stringMatching(/ARTIFACT_GONE.*config_resolved/s),
    ]);
    remove(`${other.folder}/manifest.json`);
    expect(refusal("aaaaaa")).toEqual([3, expect.stringMatching(/RUN_HALF_HERE.*without manifest\.json/s)]);
    remove(`${other.folder}/run_manifest.json`);
    expect(refusal("aaaaaa")).toEqual([
      3,
      expect.stringMatching(/RUN_HALF_HERE.*without run_manifest\.json/s),
    ]);
    expect(repository.git("status", "--porcelain", "--untracked-files=no")).toBe("");
  });

  test("says of a run of another branch that it is on another branch", () => {
    const { folder } = writeRun(repository);
    repository.git("checkout", "--quiet", "-b", "study");
    commit("k3f9q2");
    repository.git("checkout", "--quiet", "main");
    const [status, stderr] = refusal("k3f9q2");
    expect([status, stderr]).toEqual([3, expect.stringMatching(/RUN_ON_ANOTHER_BRANCH/)]);
    const line = /git -C (\S+) (log .*)$/m.exec(stderr) as RegExpExecArray;
    expect(line[1]).toBe(`${repository.root}/${folder}`);
    expect(repository.git("-C", line[1] as string, ...(line[2] as string).split(" "))).toMatch(/Record run/);
  });

  test("says how many files it committed", () => {
    const { folder } = writeRun(repository);
    commit("k3f9q2");
    repository.write(`${folder}/00_run_metadata/notes.jsonl`, '{"note":"good"}\n');
    expect(repository.colophon(["commit", "k3f9q2"]).stderr).toContain("(1 file)");
  });

  test("takes a message, and keeps the trailer behind it", () => {
    const { id } = writeRun(repository);
    expect(commit("-m", "Baseline\n\nThree epochs.", "k3f9q2").commit?.subject).toBe("Baseline");
    expect(repository.git("log", "-1", "--format=%B")).toBe(
      `Baseline\n\nThree epochs.\n\nColophon-Run: ${id}\n`,
    );
  });

  test("makes one line of a wild name", () => {
    writeRun(repository, { name: `a\n\nColophon-Run: forged\u001b[31m ${"x".repeat(100)}` });
    const subject = commit("k3f9q2").commit?.subject;
    expect(subject).toMatch(/^Record run a Colophon-Run: forged \[31m x+… k3f9q2$/);
    expect(repository.git("log", "-1", "--format=%s")).toBe(subject);
    expect(repository.git("log", "-1", "--format=%(trailers:key=Colophon-Run,valueonly)")).not.toContain(
      "forged",
    );
  });

  test("leaves the user's edits of records/.gitignore to the user", () => {
    writeRun(repository);
    commit("k3f9q2");
    repository.write("records/.gitignore", "# mine\n");
    writeRun(repository, { suffix: "aaaaaa" });
    expect(commit("aaaaaa").commit?.paths).not.toContain("records/.gitignore");
    expect(repository.git("status", "--porcelain", "records/.gitignore")).toBe(" M records/.gitignore");
  });

  test("commits a run that an ignore rule of the project covers", () => {
    repository.write(".gitignore", "records/\n");
    const { tracked } = writeRun(repository);
    expect(commit("k3f9q2").commit?.paths).toEqual(expect.arrayContaining([...tracked]));
    expect(commit("k3f9q2").commit).toBeNull();
  });

  test("works from a subfolder, and in a project below the repository's root", () => {
    repository.write("deep/colophon.json", '{"records":"records"}');
    repository.write("deep/down/file", "");
    const { tracked } = writeRun(repository, { project: "deep/" });
    const { status, stderr } = repository.colophon(["commit", "k3f9q2"], { directory: "deep/down" });
    expect([status, stderr]).toEqual([0, expect.stringContaining("Record run train.py k3f9q2")]);
    expect(committed()).toEqual(expect.arrayContaining([...tracked, "deep/records/.gitignore"]));
  });

  test("works before the first commit", () => {
    repository.remove();
    repository = makeRepository({ unborn: true });
    writeRun(repository);
    commit("k3f9q2");
    expect(repository.git("rev-list", "--count", "HEAD")).toBe("1");
  });

  test("lets the user's own hook refuse, and passes on what it said", () => {
    writeRun(repository);
    repository.write(".git/hooks/pre-commit", "#!/bin/sh\necho not on Fridays >&2\nexit 1\n", 0o755);
    expect(refusal("k3f9q2")).toEqual([3, expect.stringMatching(/COMMIT_REFUSED.*not on Fridays/s)]);
  });

  test("passes Colophon's own hook", () => {
    writeRun(repository);
    expect(repository.colophon(["hooks", "install"]).status).toBe(0);
    expect(commit("k3f9q2").commit).not.toBeNull();
  });
});
