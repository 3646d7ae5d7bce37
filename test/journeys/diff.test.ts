import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { diffRuns, loadRun, type RunDiff } from "../../src/index.js";
import { mirrorDiff } from "../operations/diff/compared-run.js";
import { expectOutput } from "./matches-schema.js";
import { exampleText } from "./recorded-run.js";
import { cli, makeRepository, type Outcome, type Repository, repositoryAt } from "./repository.js";

let repository: Repository;

/** Ids of runs of the built program, by what they were made for. */
const ids: Record<string, string> = {};

beforeAll(() => {
  repository = makeRepository();
  const { write, git } = repository;
  write(".gitignore", "data/\n");
  write("data/train.csv", "x,y\n1,2\n");
  write("src/model.sh", "echo one\n");
  commitAll("Model");
  ids.first = record();
  repository.colophon(["commit", idOf("first")]);
  ids.again = record();
  ids.otherRate = record({ params: ["lr=3e-4", "optim:={}", "seed=3"] });
  write("data/train.csv", "x,y,z\n1,2,3\n4,5,6\n");
  ids.otherData = record();
  write("data/train.csv", "x,y\n1,2\n");
  write("src/model.sh", "echo two\necho three\n");
  ids.edited = record();
  ids.listed = record({ dirty: "warn" });
  write("notes.txt", "mine\n");
  write("dist/artifacts/figures/f.json", "{}\n");
  commitAll("Better model");
  git("commit", "--quiet", "--amend", "--message=A better model");
  ids.committed = record();
  ids.failed = record({ script: "echo gone wrong; exit 3" });
});

afterAll(() => repository.remove());

function commitAll(message: string) {
  repository.git("add", "--all");
  repository.git("commit", "--quiet", `--message=${message}`);
}

interface Wanted {
  readonly params?: readonly string[];
  readonly script?: string;
  readonly dirty?: "snapshot" | "warn";
}

function record({
  params = ["lr=1e-3", 'optim:={"eps":1e-8}', "seed=3"],
  script = "sh src/model.sh > out.txt; cat out.txt; rm out.txt",
  dirty = "snapshot",
}: Wanted = {}) {
  const flags = params.flatMap((param) => ["--param", param]);
  const words = [
    "run",
    "--data",
    "train=data/train.csv",
    "--dirty",
    dirty,
    ...flags,
    "--",
    "sh",
    "-c",
    script,
  ];
  repository.colophon(words);
  const { runs } = JSON.parse(repository.colophon(["ls", "--json"]).stdout) as { runs: { id: string }[] };
  const fresh = runs.find(({ id }) => !Object.values(ids).includes(id));
  return (fresh as { id: string }).id;
}

const idOf = (name: string) => ids[name] as string;
const folderOf = (name: string) =>
  `records/${idOf(name).slice(0, 4)}-${idOf(name).slice(4, 6)}/${idOf(name)}`;
const words = (a: string, b: string) => [ids[a] ?? a, ids[b] ?? b];

function print(a: string, b: string, ...flags: string[]): Outcome {
  return repository.colophon(["diff", ...flags, ...words(a, b)]);
}

/** Both directions, each held against the schema and the one against the other. */
function compareBoth(
  a: string,
  b: string,
  at = repository,
  ...flags: string[]
): RunDiff & { status: number } {
  const [there, back] = [words(a, b), words(b, a)].map((pair) =>
    at.colophon(["diff", "--json", ...flags, ...pair]),
  ) as [Outcome, Outcome];
  const diff = expectOutput("cli_diff", there.stdout) as unknown as RunDiff;
  expect(expectOutput("cli_diff", back.stdout)).toEqual(mirrorDiff(diff));
  expect(back.status).toBe(there.status);
  expect(there.status).toBe(diff.outcome === "same" ? 0 : 1);
  return { ...diff, status: there.status as number };
}

describe("colophon diff", () => {
  test("finds nothing between a run and the same once more, with records committed in between", () => {
    const diff = compareBoth("first", "again");
    expect(diff.code).toMatchObject({ outcome: "same", trees: "same", files: [] });
    expect(diff.code.commit.outcome).toBe("changed");
    const { status, stdout, stderr } = print("first", "again");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Nothing differs\. Code, data, environment, 3 params, stages, artifacts and result are equal\.\n/,
    );
    expect(stdout).toMatch(/\ncode {7}= \w{7} and \w{7} hold the same code\n/);
    expect(stdout).toMatch(/\ndata {7}= train \w{4}…\w{4} {2}1 row\n/);
    expect(stdout).toMatch(/\nresult {5}= exit 0/);
  });

  test("says that both streams are one log in one run, and counts no difference", () => {
    const line = '"$0" "$1" run -q --synthetic-seed 1 -- sh -c "echo out; echo err >&2"';
    const place = makeRepository();
    for (const end of ["> ../out.txt 2>&1", "> ../out.txt 2> ../err.txt"])
      place.call("sh", ["-c", `${line} ${end}`, process.execPath, cli]);
    const { runs } = JSON.parse(place.colophon(["ls", "--json"]).stdout) as { runs: { id: string }[] };
    const [a, b] = runs.map(({ id }) => id) as [string, string];
    const { artifacts, outcome } = compareBoth(a, b, place);
    const { stdout } = place.colophon(["diff", a, b]);
    place.remove();
    expect(outcome).toBe("unknown");
    expect(artifacts.artifacts).toMatchObject([
      { name: "stderr_log", outcome: "unknown" },
      { name: "stdout_log", outcome: "unknown" },
    ]);
    expect(stdout).toMatch(/^Nothing is known to differ\./);
    expect(stdout).toContain("not known: stderr_log (where both streams are one file, one log holds them)");
  });

  test("gives lines to type that work for runs elsewhere", () => {
    const odd = join(dirname(repository.root), "an other");
    const [a, b] = ["first", "committed"].map((name) => {
      const to = join(odd, idOf(name));
      cpSync(join(repository.root, folderOf(name)), to, { recursive: true });
      return to;
    }) as [string, string];
    expect(print(a, b).stderr).toContain(`colophon diff --patch '${a}' '${b}'`);
    expect(print("first", "committed").stderr).toContain(
      `colophon diff --patch ${idOf("first").slice(-6)} ${idOf("committed").slice(-6)}`,
    );
  });

  test("finds nothing between a run and itself", () => {
    expect(compareBoth("edited", "edited")).toMatchObject({ status: 0, outcome: "same" });
    const suffix = idOf("first").slice(-6);
    expect(repository.colophon(["diff", suffix, folderOf("first")]).status).toBe(0);
  });

  test("shows parameters that differ, old and new", () => {
    const diff = compareBoth("first", "otherRate");
    expect(diff.params.differing.map(({ pointer, outcome, a, b }) => [pointer, outcome, a, b])).toEqual([
      ["/lr", "changed", 0.001, 0.0003],
      ["/optim/eps", "only_a", 1e-8, null],
    ]);
    const { status, stdout, stderr } = print("first", "otherRate");
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^Two things differ: lr, and optim\.eps\. Code, data, environment and 1 param are equal\./,
    );
    expect(stdout).toContain("params     lr         0.001 → 0.0003\n           optim.eps  only in A  1e-8\n");
    expect(stderr).toMatch(/┃ exit 1: they differ {6}colophon show \w{6}\n/);
  });

  test("M30 shows data that differ: digests, rows, size and columns", () => {
    const diff = compareBoth("first", "otherData");
    expect(diff.code.outcome).toBe("same");
    expect(diff.data.inputs).toMatchObject([
      {
        name: "train",
        outcome: "changed",
        a: { row_count: 1, size_bytes: 8 },
        b: { row_count: 2, size_bytes: 18 },
      },
    ]);
    expect(print("first", "otherData").stdout).toMatch(
      /\ndata {7}train {2}\w{4}…\w{4} → \w{4}…\w{4} {2}1 row → 2 rows {2}8 B → 18 B {2}columns \+z\n/,
    );
  });

  test("shows the code between two commits, without run folders and figures", () => {
    const diff = compareBoth("first", "committed", repository, "--patch");
    expect(diff.code.files.map(({ path, added, removed }) => [path, added, removed])).toEqual([
      ["notes.txt", 1, 0],
      ["src/model.sh", 2, 1],
    ]);
    expect(diff.code.files[1]?.hunks?.[0]?.lines).toEqual(["-echo one", "+echo two", "+echo three"]);
    expect(compareBoth("first", "committed").code.files[1]?.hunks).toBeNull();
    const { stdout } = print("first", "committed");
    expect(stdout).toMatch(/^Two things differ: notes\.txt \(1 line\), and src\/model\.sh \(3 lines\)\./);
    expect(stdout).toMatch(/\ncode {7}\w{7} → \w{7} {2}2 files {2}\+3 -1\n/);
    expect(stdout).toMatch(/ {5}1 {2}- {2}echo one\n +1 {2}\+ {2}echo two\n +2 {2}\+ {2}echo three\n/);
    const patch = print("first", "committed", "--patch").stdout;
    expect(patch).toContain("--- /dev/null\n           +++ b/notes.txt\n           @@ -0,0 +1,1 @@\n");
  });

  test("never looks at the work tree", () => {
    const before = print("first", "committed", "--patch").stdout;
    repository.write("src/model.sh", "echo something else\n");
    const state = repository.git("status", "--porcelain");
    expect(print("first", "committed", "--patch").stdout).toBe(before);
    expect(repository.git("status", "--porcelain")).toBe(state);
    repository.git("checkout", "--", "src/model.sh");
  });

  test("compares edits that were kept as what they were", () => {
    const files = (a: string, b: string) =>
      compareBoth(a, b).code.files.map(({ path, added, removed }) => [path, added, removed]);
    expect(files("again", "edited")).toEqual([["src/model.sh", 2, 1]]);
    expect(files("edited", "committed")).toEqual([["notes.txt", 1, 0]]);
    expect(print("again", "edited").stdout).toMatch(/\n +1 {2}\+ {2}echo two\n/);
  });

  test("says which edits were only listed, and does not guess what they were", () => {
    const onOneSide = compareBoth("again", "listed");
    expect(onOneSide.code.files).toMatchObject([
      { path: "src/model.sh", outcome: "changed", committed: "same", edited: { a: null, b: "modified" } },
    ]);
    expect(print("again", "listed").stdout).toContain("src/model.sh  modified in B, not committed\n");
    const committedLater = compareBoth("listed", "committed").code.files.find(
      ({ path }) => path === "src/model.sh",
    );
    expect(committedLater).toMatchObject({ outcome: "unknown", committed: "changed" });
    expect(print("listed", "committed").stdout).toContain(
      "△ src/model.sh  +2 -1  not known: modified in A, not committed\n",
    );
  });

  test("compares a failed run with a completed one", () => {
    const diff = compareBoth("committed", "failed");
    expect(diff.result).toMatchObject({
      exit: { outcome: "changed", a: "0", b: "3" },
      state: { outcome: "changed", a: "completed", b: "failed" },
    });
    expect(diff.stages.stages.find(({ name }) => name === "20_execute")).toMatchObject({
      outcome: "changed",
    });
    expect(print("committed", "failed").stdout).toMatch(/exit status {2}0 → 3\n/);
  });

  test("says that a commit is not here, as in a shallow clone, and compares the rest", () => {
    repository.colophon(["commit", idOf("first"), idOf("otherRate"), idOf("committed")]);
    const place = join(dirname(repository.root), "shallow");
    repository.git("clone", "--quiet", "--depth=1", `file://${repository.root}`, place);
    const clone = repositoryAt(place, repository.env);
    const diff = compareBoth("first", "committed", clone);
    expect(diff.code).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^commits \w{7} and \w{7} are not in this repository$/),
      files: [],
    });
    expect(diff.outcome).toBe("changed");
    const { stdout, stderr } = clone.colophon(["diff", idOf("first"), idOf("committed")]);
    expect(stdout).toMatch(/Not known: code \(commits \w{7} and \w{7} are not in this repository\)\./);
    expect(stdout).toMatch(/\n {11}△ not known: commits/);
    expect(stderr).toContain("git fetch --unshallow");
    expect(compareBoth("first", "otherRate", clone).code.outcome).toBe("same");
  });

  test("compares runs that lie elsewhere by the repository around them", () => {
    const [a, b] = ["first", "committed"].map((name) => join(repository.root, folderOf(name))) as [
      string,
      string,
    ];
    const elsewhere = repositoryAt(dirname(repository.root), repository.env);
    expect(compareBoth(a, b, elsewhere).code.files).toHaveLength(2);
  });

  test("shows what a run holds, and obeys none of it", () => {
    const name = "evil\u001b[2J";
    ids.evil = record({ params: [`${name}=\u001b]0;x\u0007`, "long=".padEnd(500, "x")] });
    const { stdout } = print("first", "evil");
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(stdout).toContain("evil\\u001b[2J");
    expect(stdout).toContain("…");
    expect(print("first", "evil", "--all").stdout).toContain("x".repeat(495));
    const coloured = repository.colophon(["diff", ...words("first", "evil")], {
      env: { FORCE_COLOR: "1" },
    }).stdout;
    expect(coloured).toContain("\u001b[1mSeven things");
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(stdout);
    const plain = repository.colophon(["diff", ...words("first", "otherRate")], {
      env: { COLOPHON_ASCII: "1" },
    });
    expect(plain.stdout).toContain("0.001 -> 0.0003");
  });

  test("takes exactly two runs", () => {
    for (const named of [[], ["first"], ["first", "again", "edited"], ["first", ""]]) {
      const { status, stderr } = repository.colophon(["diff", ...named.map((name) => ids[name] ?? name)]);
      expect([status, stderr]).toEqual([2, expect.stringContaining("NOT_TWO_RUNS")]);
    }
    expect(print("first", "zzzzzz")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("NO_SUCH_RUN"),
    });
    expect(print("first", "again", "--namespace", "params").stderr).toContain("BAD_NAMESPACE");
  });

  test("refuses documents of another kind, and what is no run at all", () => {
    repository.write("study/manifest.json", exampleText("experiment-external"));
    repository.write("study/other.json", "{}");
    const refusal = (path: string) => {
      const { status, stderr } = print("first", path);
      return [status, stderr];
    };
    expect(refusal("study")).toEqual([
      3,
      expect.stringMatching(/DIFFERENT_KINDS.*study\/manifest\.json.*experiment/),
    ]);
    expect(refusal("study/manifest.json")).toEqual([3, expect.stringContaining("DIFFERENT_KINDS")]);
    expect(refusal("study/other.json")).toEqual([3, expect.stringContaining("WRONG_FILE_NAME")]);
    expect(refusal("src")).toEqual([3, expect.stringContaining("NOT_A_RUN")]);
  });

  test("the API gives the same, and its own directory decides nothing", async () => {
    const [a, b] = ["first", "committed"].map((name) => loadRun(join(repository.root, folderOf(name)))) as [
      ReturnType<typeof loadRun>,
      ReturnType<typeof loadRun>,
    ];
    const { status: _, ...fromCli } = compareBoth("first", "committed");
    expect(await diffRuns(a, b)).toEqual(fromCli);
    expect((await diffRuns(a, b, { hunks: true })).code.files[1]?.hunks).toHaveLength(1);
  });
});

describe("colophon diff in a project below the repository's root", () => {
  test("leaves out the records and figures where colophon.json has put them, and nothing else", () => {
    const place = makeRepository();
    place.write("study/colophon.json", '{"records": "log", "artifacts": "out/figures"}');
    place.git("add", "--all");
    place.git("commit", "--quiet", "--message=Settings");
    const run = () => {
      place.colophon(["run", "--synthetic-seed", "1", "--", "true"], { directory: "study" });
      place.git("add", "--all");
      place.git("commit", "--quiet", "--message=Go on");
      const { runs } = JSON.parse(place.colophon(["ls", "--json"], { directory: "study" }).stdout);
      return (runs as { id: string }[]).map(({ id }) => id);
    };
    const [a] = run();
    place.write("study/out/figures/f.json", "{}");
    place.write("study/log/readme.txt", "mine\n");
    place.write("records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/manifest.json", "{}");
    place.git("add", "--all");
    place.git("commit", "--quiet", "--message=Go on");
    const b = run().find((id) => id !== a);
    const { stdout, status } = place.colophon(["diff", "--json", a as string, b as string], {
      directory: "study",
    });
    const { code } = expectOutput("cli_diff", stdout) as unknown as RunDiff;
    place.remove();
    expect([status, ...code.files.map(({ path }) => path)]).toEqual([
      1,
      "records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2/manifest.json",
      "study/log/readme.txt",
    ]);
  });
});

describe("colophon diff of the origin project's runs", () => {
  const versions = ["run-version-0", "run-version-1", "run-version-2", "run-of-the-origin-project"];
  let place: Repository;

  beforeAll(() => {
    place = makeRepository();
    for (const name of versions) writeOrigin(name, name);
  });

  afterAll(() => place.remove());

  /** With every artifact it names; input data as version 3 records it. */
  function writeOrigin(name: string, folder: string, input = "a".repeat(64)) {
    const text = exampleText(name);
    const run = JSON.parse(text) as { stages: { artifacts?: Record<string, string> }[] };
    const provenance = {
      provenance_version: "1.0",
      authored_path: "data.csv",
      resolved_path: "/data.csv",
      sha256: input,
      size_bytes: 1,
      mtime_utc: "2026-04-02T07:35:00+00:00",
      row_count: 1,
      column_count: 1,
      ordered_columns: ["x"],
    };
    for (const path of run.stages.flatMap(({ artifacts }) => Object.values(artifacts ?? {})))
      place.write(
        `${folder}/${path}`,
        path.endsWith("input_data_provenance.json") ? JSON.stringify(provenance) : `${path}\n`,
      );
    place.write(`${folder}/run_manifest.json`, text);
    return folder;
  }

  test("M02 M30 any two of the versions 0 to 3 compare; data from before version 3 are unknown, not changed", () => {
    for (const [index, a] of versions.entries()) {
      for (const b of versions.slice(index)) {
        const diff = compareBoth(a, b, place);
        const isThree = a === b || [a, b].every((name) => name === "run-of-the-origin-project");
        expect([a, b, diff.data.outcome]).toEqual([a, b, isThree ? "same" : "unknown"]);
        if (a === b) expect(diff.outcome).toBe("same");
      }
    }
    const { stdout } = place.colophon(["diff", "run-version-2", "run-of-the-origin-project"]);
    expect(stdout).toContain("data (predates provenance)");
    expect(stdout).toMatch(/\nA {10}run-version-2 .*manifest version 2\n/);
  });

  test("M30 what version 0 did not record is no difference to version 3", () => {
    const { environment, stages, artifacts } = compareBoth(
      "run-of-the-origin-project",
      "run-version-0",
      place,
    );
    const outcomeOf = (items: readonly { name: string; outcome: string }[], name: string) =>
      items.find((item) => item.name === name)?.outcome;
    expect(outcomeOf(environment.facts, "meridian_version")).toBe("unknown");
    expect(outcomeOf(stages.stages, "60_response_curves")).toBe("unknown");
    expect(outcomeOf(stages.stages, "70_optimisation")).toBe("unknown");
    expect(outcomeOf(artifacts.artifacts, "input_data_provenance")).toBeUndefined();
    const { stdout } = place.colophon(["diff", "run-of-the-origin-project", "run-version-0"]);
    expect(stdout).not.toMatch(/meridian_version {2}only in|response_curves {2}only in/);
    expect(stdout).toContain("not known: meridian_version (not recorded)");
  });

  test("M30 a record of data that is not what it should be is said, and is unknown", () => {
    const broken = writeOrigin("run-of-the-origin-project", "broken");
    place.write(`${broken}/00_run_metadata/input_data_provenance.json`, "{}");
    const { a, data } = compareBoth(broken, "run-of-the-origin-project", place);
    expect(a.warnings).toMatchObject([{ code: "FACTS_INVALID", pointer: "" }]);
    expect(data).toMatchObject({ outcome: "unknown", reason: "its provenance is not what it should be" });
    expect(place.colophon(["diff", broken, "run-of-the-origin-project"]).stdout).toMatch(
      /\nA {10}broken.*\n {11}△ FACTS_INVALID {2}00_run_metadata\/input_data_provenance\.json: names neither/,
    );
  });

  test("M30 two runs of version 3 on other data differ", () => {
    const other = writeOrigin("run-of-the-origin-project", "other", "b".repeat(64));
    place.write("other/00_run_metadata/config.resolved.yaml", "lr: 2\n");
    place.write("other/20_model_fit/meridian_model.binpb", "another model\n");
    const diff = compareBoth("run-of-the-origin-project", other, place);
    expect(diff.data).toMatchObject({ outcome: "changed", inputs: [{ name: "input", outcome: "changed" }] });
    expect(
      diff.artifacts.artifacts.filter(({ outcome }) => outcome !== "same").map(({ name }) => name),
    ).toEqual(["meridian_model"]);
    expect(diff.summary).toMatch(/^Two things differ: config_resolved, and data input\./);
    expect(diff.code).toMatchObject({ outcome: "unknown", reason: "no commit is recorded" });
  });
});
