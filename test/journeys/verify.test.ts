import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { sha256 } from "../../src/manifest/digest.js";
import { asksForLook, type CheckResult, type VerifiedRun } from "../../src/operations/verify/result.js";
import { isRoot, testIf } from "../files/scratch.js";
import { photograph } from "../git/scratch.js";
import { expectOutput } from "./matches-schema.js";
import { runFolders } from "./recorded-run.js";
import { done, keepAsItIs, makeRepository, type Repository, repositoryAt } from "./repository.js";

/** The recorded repository; every test works on a copy of its own, in the same place. */
let repository: Repository;
let restore: () => void;
let id: string;

const script = [
  "printf 'epoch 1\\nepoch 2\\n'",
  "echo careful >&2",
  "mkdir -p model/parts",
  "echo weights > model/a.bin",
  "echo more > model/parts/b.bin",
  "echo scores > scores.csv",
  "echo elsewhere > big.bin",
].join("; ");

beforeAll(() => {
  repository = makeRepository();
  const { write, commit, git } = repository;
  write("data/train.csv", "x,y\n1,2\n3,4\n");
  write("data/images/a.png", "A");
  write("data/images/deep/b.png", "B");
  write("train.py", "print(1)\n");
  write(".gitignore", "model/\nscores.csv\nbig.bin\n");
  commit("Data");
  const inputs = ["--data", "train=data/train.csv", "--data", "images=data/images"];
  const outputs = ["--artifact", "model=model", "--artifact", "scores=scores.csv"];
  done(repository.colophon(["run", ...inputs, ...outputs, "--", "sh", "-c", script]));
  id = runIds()[0] as string;
  git("add", "records");
  git("commit", "--quiet", "--message=Run");
  restore = keepAsItIs(repository.root);
});

beforeEach(() => restore());

afterAll(() => repository.remove());

const runIds = () => runFolders(repository).map((folder) => basename(folder));
const folder = () => runFolders(repository).find((folder) => basename(folder) === id) as string;
const month = () => dirname(runFolders(repository)[0] as string);
const at = (path: string) => join(folder(), path);

interface Verified {
  readonly status: number | null;
  readonly run: VerifiedRun;
  readonly trouble: readonly (readonly [string, string, string])[];
  readonly stderr: string;
}

/** Trouble is what is not well and weighs. */
function verify(in_: Repository = repository, ...words: string[]): Verified {
  const { status, stdout, stderr } = in_.colophon(["verify", "--json", ...words]);
  expect(stderr).not.toContain("this is a fault of Colophon");
  const { runs } = expectOutput("cli_verify", stdout) as unknown as { runs: VerifiedRun[] };
  const run = runs[0] as VerifiedRun;
  const told = run.checks.filter(({ state, severity }) => state !== "ok" && severity === "error");
  return { status, run, stderr, trouble: told.map(({ check, subject, state }) => [check, subject, state]) };
}

function one({ run }: Verified, check: string, subject: string): CheckResult {
  const found = run.checks.filter((result) => result.check === check && result.subject === subject);
  expect(found).toHaveLength(1);
  return found[0] as CheckResult;
}

/** Every file of the run that is held to something; in folders that ignore themselves Git's own file is not. */
function recordedFiles(): string[] {
  return readdirSync(folder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".gitignore")
    .map((entry) => relative(folder(), join(entry.parentPath, entry.name)));
}

/** What is done to a file of a run, given the file's path. */
type Harm = readonly [path: string, harm: (file: string) => void];

/**
 * Does each harm to a copy of the run of its own, verifies them all beside one that nothing is done to, and expects that the file
 * harmed is named, of each copy, as something that somebody has to look at.
 */
function expectNamed(harms: readonly Harm[]): void {
  const place = join(repository.root, "..", "harmed");
  const copies = [...harms.keys(), "unharmed"].map((name) => join(place, `${name}`, id));
  for (const copy of copies) cpSync(folder(), copy, { recursive: true, preserveTimestamps: true });
  for (const [index, [path, harm]] of harms.entries()) harm(join(copies[index] as string, path));
  const { status, stdout, stderr } = repository.colophon(["verify", "--json", ...copies]);
  expect([status, stderr.includes("fault of Colophon")]).toEqual([1, false]);
  const { runs } = expectOutput("cli_verify", stdout) as unknown as { runs: VerifiedRun[] };
  expect(runs).toHaveLength(copies.length);
  const named = new Map(
    runs.map((run) => [run.folder, run.checks.filter(asksForLook).map((check) => JSON.stringify(check))]),
  );
  for (const [index, [path]] of harms.entries())
    expect(named.get(copies[index] as string)).toContainEqual(expect.stringContaining(path));
  expect(named.get(copies.at(-1) as string)).toEqual([]);
  const told = repository.colophon(["verify", ...copies]);
  expect([told.status, told.stderr.includes("fault of Colophon")]).toEqual([1, false]);
  const blocks = told.stdout.split(/^(?=\S)/m);
  expect(blocks).toHaveLength(copies.length);
  for (const path of new Set(harms.map(([path]) => path)))
    expect(blocks.filter((block) => block.includes(path)).length).toBeGreaterThanOrEqual(
      harms.filter(([harmed]) => harmed === path).length,
    );
  rmSync(place, { recursive: true });
}

const human = () => repository.colophon(["verify", id]);

describe("colophon verify", () => {
  test("says in one line that a run is as it was recorded (K08)", () => {
    const { status, stdout, stderr } = repository.colophon(["verify"]);
    expect([status, stdout]).toEqual([0, `✓ ${id.slice(-6)}  verified\n`]);
    expect(stderr).toBe("┃ ✓ 1 run: 1 verified\n");
    const verified = verify();
    expect(verified.run.verdict).toBe("verified");
    expect([...new Set(verified.run.checks.map(({ check }) => check))]).toEqual([
      "schema",
      "bytes",
      "sums",
      "inputs",
      "artifacts",
      "commit",
      "snapshot",
    ]);
    expect(one(verified, "inputs", "train")).toMatchObject({
      state: "ok",
      path: join(repository.root, "data/train.csv"),
    });
    expect(one(verified, "commit", "reachable")).toMatchObject({ found: "main" });
    expect(one(verified, "commit", "pushed")).toMatchObject({ state: "ok", found: "no remote" });
  });

  test("finds and names one flipped byte, in whichever file it is", () => {
    const files = recordedFiles();
    expect(files.length).toBeGreaterThan(12);
    const flip = (file: string, at: (length: number) => number, bit: number) => {
      const bytes = readFileSync(file);
      const offset = at(bytes.length);
      bytes[offset] = (bytes[offset] as number) ^ bit;
      writeFileSync(file, bytes);
    };
    expectNamed(
      files.flatMap((path): Harm[] => [
        [path, (file) => flip(file, () => 0, 0x01)],
        [path, (file) => flip(file, (length) => length >> 1, 0x20)],
        [path, (file) => flip(file, (length) => length - 1, 0x08)],
      ]),
    );
  }, 120_000);

  test("finds and names each file that is gone", () => {
    expectNamed(recordedFiles().map((path): Harm => [path, (file) => rmSync(file)]));
  }, 60_000);

  test("truncated files and garbage never crash it", () => {
    const garbage = [
      "",
      "{",
      "[]",
      "null",
      '{"a":',
      "\0\0\0",
      "\ufeff{}",
      `${'{"a":'.repeat(100)}1`,
      '{"__proto__":1}',
    ];
    const harmed = [
      "manifest.json",
      "run_manifest.json",
      "SHA256SUMS",
      "artifacts/SHA256SUMS",
      "00_run_metadata/input_data_provenance.json",
    ];
    expectNamed(
      harmed.flatMap((path): Harm[] => [
        ...garbage.map((text): Harm => [path, (file) => writeFileSync(file, text)]),
        [path, (file) => truncateSync(file, statSync(file).size >> 1)],
      ]),
    );
  }, 120_000);

  test("tells a log that was appended to", () => {
    appendFileSync(at("logs/stdout.log"), "epoch 3\n");
    const verified = verify();
    expect(verified.trouble).toEqual([["artifacts", "stdout_log", "differs"]]);
    expect(one(verified, "artifacts", "stdout_log").reason).toBe(
      "logs/stdout.log: its digest and size differ: 16 bytes were recorded, 24 bytes are there",
    );
    expect(human().stdout).toMatch(
      /✗ \w{6} {2}differs\n {4}artifacts {2}stdout_log {2}differs {2}logs\/stdout\.log: /,
    );
  });

  test("tells missing, size, digest and a folder's digest of inputs apart", () => {
    const path = join(repository.root, "data/train.csv");
    writeFileSync(path, "x,y\n1,2\n3,5\n");
    const other = verify();
    expect(other.trouble).toEqual([["inputs", "train", "differs"]]);
    expect(one(other, "inputs", "train")).toMatchObject({
      expected: expect.stringMatching(/^sha256:/),
      found: `sha256:${sha256("x,y\n1,2\n3,5\n")}`,
      reason: "data/train.csv: its digest differs, its size does not",
    });
    writeFileSync(path, "x,y\n");
    expect(one(verify(), "inputs", "train")).toMatchObject({
      expected: "12 bytes",
      found: "4 bytes",
      state: "differs",
    });
    rmSync(path);
    expect(verify().trouble).toEqual([["inputs", "train", "missing"]]);
    mkdirSync(path);
    expect(verify().trouble).toEqual([["inputs", "train", "differs"]]);
    rmSync(path, { recursive: true });
    writeFileSync(path, "x,y\n1,2\n3,4\n");
    writeFileSync(join(repository.root, "data/images/c.png"), "C");
    expect(verify().trouble).toEqual([["inputs", "images", "differs"]]);
    rmSync(join(repository.root, "data/images"), { recursive: true });
    mkdirSync(join(repository.root, "data/images"));
    expect(verify().trouble).toEqual([["inputs", "images", "differs"]]);
    rmSync(join(repository.root, "data/images"), { recursive: true });
    expect(verify().trouble).toEqual([["inputs", "images", "missing"]]);
    repository.call("mkfifo", ["data/images"]);
    expect(verify().trouble).toEqual([["inputs", "images", "unreadable"]]);
  });

  test("a file that only looks unchanged is read again: same size, same time of modification", () => {
    const path = join(repository.root, "data/train.csv");
    expect(human().status).toBe(0);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "x,y\n9,9\n9,9\n");
    utimesSync(path, atime, mtime);
    expect(verify().trouble).toEqual([["inputs", "train", "differs"]]);
  });

  testIf(!isRoot, "root may read everything")("tells what may not be read", () => {
    for (const path of [
      at("manifest.json"),
      at("artifacts/scores.csv"),
      join(repository.root, "data/train.csv"),
    ]) {
      chmodSync(path, 0);
      const { status, trouble } = verify();
      expect(status).toBe(1);
      expect(trouble.map(([, , state]) => state)).toContain("unreadable");
      chmodSync(path, 0o644);
    }
    chmodSync(at("artifacts"), 0);
    expect(verify().trouble.map(([, , state]) => state)).toContain("unreadable");
    chmodSync(at("artifacts"), 0o755);
  });

  test("tells files that came later: tracked ones differ, artifacts are a notice, notes are welcome", () => {
    writeFileSync(at("extra.txt"), "later");
    expect(verify().trouble).toEqual([["sums", "extra.txt", "differs"]]);
    rmSync(at("extra.txt"));
    writeFileSync(at("artifacts/later.csv"), "later");
    const verified = verify();
    expect(verified.trouble).toEqual([]);
    expect(one(verified, "sums", "artifacts/later.csv")).toMatchObject({
      severity: "notice",
      state: "differs",
    });
    rmSync(at("artifacts/later.csv"));
    done(repository.colophon(["tag", id, "baseline"]));
    expect(verify()).toMatchObject({ status: 0, trouble: [] });
  });

  test("a record that was only reformatted says so beside its digest", () => {
    const document = JSON.parse(readFileSync(at("manifest.json"), "utf8"));
    writeFileSync(at("manifest.json"), JSON.stringify(document));
    const verified = verify();
    expect(verified.trouble).toEqual([["sums", "manifest.json", "differs"]]);
    expect(one(verified, "bytes", "manifest.json")).toMatchObject({ state: "differs", severity: "notice" });
  });

  test("a folder with another name disagrees with its experiment", () => {
    renameSync(folder(), join(month(), `${id.slice(0, -6)}zzzzzz`));
    const verified = verify();
    expect(verified.trouble).toEqual([["schema", "id", "differs"]]);
    expect(one(verified, "schema", "id")).toMatchObject({ expected: id, found: `${id.slice(0, -6)}zzzzzz` });
  });

  test("follows no link out of the run folder", () => {
    const outside = join(repository.root, "secret.txt");
    writeFileSync(outside, "scores\n");
    rmSync(at("artifacts/scores.csv"));
    symlinkSync(outside, at("artifacts/scores.csv"));
    expect(verify().trouble).toEqual([
      ["sums", "artifacts/scores.csv", "differs"],
      ["artifacts", "scores", "differs"],
    ]);
    rmSync(at("artifacts"), { recursive: true });
    symlinkSync(join(repository.root, "data"), at("artifacts"));
    expect(verify().trouble[0]).toEqual(["sums", "artifacts", "unreadable"]);
    rmSync(at("manifest.json"));
    symlinkSync("manifest.json", at("manifest.json"));
    expect(verify().trouble[0]).toEqual(["schema", "manifest.json", "unreadable"]);
  });

  test("a list that names paths outside reads none of them", () => {
    const line = `${sha256("x")}  ../../../README.md\n${sha256("x")}  /etc/passwd\n`;
    writeFileSync(at("SHA256SUMS"), readFileSync(at("SHA256SUMS"), "utf8") + line);
    const { trouble, run } = verify();
    expect(trouble).toEqual([
      ["sums", "../../../README.md", "differs"],
      ["sums", "/etc/passwd", "differs"],
    ]);
    expect(run.checks.filter(({ check, found }) => check === "sums" && found !== null)).toMatchObject([
      { found: "outside the run folder" },
      { found: "outside the run folder" },
      { state: "ok" },
    ]);
  });

  test("changes nothing but its own caches", () => {
    const without = (photo: Record<string, string>) =>
      Object.fromEntries(Object.entries(photo).filter(([path]) => !path.startsWith(".colophon")));
    const before = without(photograph(repository.root));
    appendFileSync(at("logs/stderr.log"), "!");
    appendFileSync(at("logs/stderr.log"), "");
    done({ ...human(), status: 0 });
    const after = without(photograph(repository.root));
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual([relative(repository.root, at("logs/stderr.log"))]);
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });
});

describe("colophon verify, elsewhere", () => {
  const clone = (...words: string[]): Repository => {
    const place = `${repository.root}.clone`;
    rmSync(place, { recursive: true, force: true });
    repository.git("clone", "--quiet", ...words, `file://${repository.root}`, place);
    return repositoryAt(place, repository.env);
  };

  test("what Git leaves out is not here in a clone, and no difference", () => {
    const there = clone();
    const { status, run, trouble } = verify(there);
    expect([status, run.verdict]).toEqual([0, "verified"]);
    expect(trouble).toEqual([
      ["sums", "artifacts/SHA256SUMS", "not-here"],
      ["artifacts", "model", "not-here"],
      ["artifacts", "scores", "not-here"],
      ["artifacts", "stderr_log", "not-here"],
      ["artifacts", "stdout_log", "not-here"],
    ]);
    expect(one(verify(there), "commit", "pushed")).toMatchObject({ found: "origin/main", state: "ok" });
    expect(there.colophon(["verify"]).stdout).toBe(`✓ ${id.slice(-6)}  verified  5 not here\n`);
    // What is there is still held to its record.
    there.write("data/train.csv", "changed");
    expect(verify(there).status).toBe(1);
  });

  test("a shallow clone does not know the commit", () => {
    const { status, run, trouble } = verify(clone("--depth=1"));
    expect([status, run.verdict]).toEqual([0, "unknown"]);
    expect(trouble).toContainEqual(["commit", "commit", "unknown"]);
  });

  test("says what was not pushed, as information", () => {
    const there = clone();
    there.write("train.py", "print(2)\n");
    there.git("commit", "--quiet", "--all", "--message=Edit");
    done(there.colophon(["run", "--synthetic-seed", "3", "--", "true"]));
    const newest = readdirSync(join(there.root, relative(repository.root, month())))
      .sort()
      .at(-1) as string;
    const verified = verify(there, newest);
    expect(verified).toMatchObject({ status: 0, trouble: [] });
    expect(one(verified, "commit", "pushed")).toMatchObject({ found: "not pushed", severity: "notice" });
    expect(one(verified, "inputs", "synthetic seed")).toMatchObject({ found: "seed 3" });
    expect(there.colophon(["verify", newest]).stdout).toBe(`✓ ${newest.slice(-6)}  verified  not pushed\n`);
  });

  test("a commit that was collected as garbage is missing (git-43)", () => {
    const { git } = repository;
    git("checkout", "--quiet", "--orphan", "other");
    git("commit", "--quiet", "--message=Squashed");
    git("branch", "--quiet", "-D", "main");
    git("reflog", "expire", "--expire=now", "--all");
    git("gc", "--quiet", "--prune=now");
    const verified = verify();
    expect(verified.status).toBe(1);
    expect(verified.trouble).toEqual([["commit", "commit", "missing"]]);
    expect(human().stdout).toMatch(/commit {2,}commit {2}missing {2}is not in this repository/);
  });

  test("a commit that only its id still names is told, and is no difference", () => {
    const { git } = repository;
    git("checkout", "--quiet", "--orphan", "other");
    git("commit", "--quiet", "--message=Squashed");
    git("branch", "--quiet", "-D", "main");
    const verified = verify();
    expect(verified).toMatchObject({ status: 0, trouble: [] });
    expect(one(verified, "commit", "reachable")).toMatchObject({ severity: "notice", found: "its id only" });
  });

  test("a run folder outside of any repository is held to what it holds itself", () => {
    const place = `${repository.root}.alone`;
    cpSync(folder(), join(place, id), { recursive: true });
    const alone = repositoryAt(place, repository.env);
    const { status, run, trouble } = verify(alone, join(place, id));
    // The data is found where it was recorded; without a repository the commit cannot be looked for.
    expect([status, run.verdict, trouble]).toEqual([0, "unknown", [["commit", "commit", "unknown"]]]);
    expect(readdirSync(place)).toEqual([id]);
    rmSync(place, { recursive: true });
  });

  test("takes ids, their ends, folders, folders of runs and the records of another project", () => {
    const words = [
      id,
      id.slice(-6),
      folder(),
      at("run_manifest.json"),
      month(),
      join(month(), ".."),
      "records",
    ];
    for (const word of words) expect([word, verify(repository, word).run.id]).toEqual([word, id]);
    const outside = repositoryAt(join(repository.root, "data"), repository.env);
    expect(verify(outside, "../records").run.id).toBe(id);
    const { stdout } = repository.colophon(["verify", "--json", id, month(), id.slice(-6)]);
    expect(JSON.parse(stdout).summary).toEqual({ runs: 1, verified: 1, differs: 0, unknown: 0 });
  });

  test("a word that names no run is a usage error, a folder that holds none could not be verified", () => {
    expect(repository.colophon(["verify", "nosuch"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("NO_SUCH_RUN"),
    });
    expect(repository.colophon(["verify", "./data"])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("NOT_A_RUN"),
    });
    expect(repository.colophon(["verify", "--jsno"]).status).toBe(2);
  });

  test("without any run there is nothing to verify", () => {
    rmSync(month(), { recursive: true });
    expect(repository.colophon(["verify"])).toMatchObject({ status: 0, stdout: "" });
    const { stdout, status } = repository.colophon(["verify", "--json"]);
    expect(status).toBe(0);
    expect(expectOutput("cli_verify", stdout)).toEqual({
      runs: [],
      summary: { runs: 0, verified: 0, differs: 0, unknown: 0 },
    });
  });

  test("what another branch has of a run is not known here", () => {
    for (const name of ["manifest.json", "run_manifest.json", "SHA256SUMS", "00_run_metadata"])
      rmSync(at(name), { recursive: true });
    const { status, run } = verify();
    expect([status, run.verdict, run.checks.length]).toEqual([0, "unknown", 1]);
  });

  test("half a run differs, and says what is missing", () => {
    rmSync(at("run_manifest.json"));
    const { status, trouble } = verify();
    expect(status).toBe(1);
    expect(trouble.slice(0, 2)).toEqual([
      ["schema", "run_manifest.json", "missing"],
      ["sums", "run_manifest.json", "missing"],
    ]);
  });
});

describe("colophon verify, many runs", () => {
  /** The run again and again, each under an id of its own. */
  function multiply(count: number): void {
    for (let number = 0; number < count; number += 1) {
      const other = `${id.slice(0, -6)}${number.toString(36).padStart(6, "0")}`;
      const place = join(month(), other);
      cpSync(folder(), place, { recursive: true });
      for (const name of ["manifest.json", "run_manifest.json"])
        writeFileSync(join(place, name), readFileSync(join(place, name), "utf8").replaceAll(id, other));
      const listed = readFileSync(join(place, "SHA256SUMS"), "utf8").trimEnd().split("\n");
      const sums = listed.map(
        (line) => `${sha256(readFileSync(join(place, line.slice(66))))}  ${line.slice(66)}\n`,
      );
      writeFileSync(join(place, "SHA256SUMS"), sums.join(""));
    }
  }

  test("300 runs take a line each, and Git is asked about all of them together", () => {
    multiply(299);
    appendFileSync(join(month(), runIds()[123] as string, "logs/stdout.log"), "!");
    const calls = join(repository.root, "../git-calls");
    const wrapper = join(repository.root, "../bin");
    mkdirSync(wrapper, { recursive: true });
    const git = repository.call("sh", ["-c", "command -v git"]).stdout.trim();
    writeFileSync(join(wrapper, "git"), `#!/bin/sh\necho call >> '${calls}'\nexec '${git}' "$@"\n`, {
      mode: 0o755,
    });
    const { status, stdout, stderr } = repository.colophon(["verify"], {
      env: { PATH: `${wrapper}:${repository.env.PATH}` },
    });
    expect(status).toBe(1);
    expect(stdout.split("\n").filter((line) => line.startsWith("✓"))).toHaveLength(299);
    expect(stdout).toContain("stdout_log");
    // Before it stands how far it is, where that takes longer than a second.
    expect(stderr).toMatch(
      /(^|\n)┃ ✗ 300 runs: 299 verified, 1 differs\n┃ exit 1: something differs, is missing or cannot be read\n$/,
    );
    expect(readFileSync(calls, "utf8").trim().split("\n").length).toBeLessThanOrEqual(6);
  }, 60_000);

  test("one JSON object holds them all, oldest first", () => {
    multiply(9);
    const { stdout } = repository.colophon(["verify", "--json"]);
    const { runs, summary } = expectOutput("cli_verify", stdout) as unknown as {
      runs: VerifiedRun[];
      summary: object;
    };
    expect(runs.map((run) => run.id)).toEqual(runIds());
    expect(summary).toEqual({ runs: 10, verified: 10, differs: 0, unknown: 0 });
  });
});

describe("colophon verify, what lies outside of the run", () => {
  const newest = () =>
    runIds()
      .sort((a, b) => statSync(join(month(), a)).ctimeMs - statSync(join(month(), b)).ctimeMs)
      .at(-1) as string;

  test("reads what a reference names", () => {
    const words = [
      "--synthetic-seed",
      "1",
      "--artifact-mode",
      "reference",
      "--artifact",
      "big=big.bin",
      "--artifact",
      "all=model",
    ];
    done(repository.colophon(["run", ...words, "--", "sh", "-c", script]));
    const run = newest();
    expect(verify(repository, run)).toMatchObject({ status: 0, trouble: [] });
    writeFileSync(join(repository.root, "big.bin"), "elsewherE\n");
    writeFileSync(join(repository.root, "model/parts/b.bin"), "less\n");
    const changed = verify(repository, run);
    expect(changed.trouble).toEqual([
      ["artifacts", "all", "differs"],
      ["artifacts", "big", "differs"],
    ]);
    expect(one(changed, "artifacts", "big").path).toBe(join(repository.root, "big.bin"));
    rmSync(join(repository.root, "big.bin"));
    expect(one(verify(repository, run), "artifacts", "big")).toMatchObject({
      state: "missing",
      reason: "big.bin is gone",
    });
  });

  test("means paths from where the command ran, and those of colophon.json from the project", () => {
    repository.write("colophon.json", JSON.stringify({ data: { files: { train: "data/train.csv" } } }));
    repository.write("sub/own.csv", "a\n1\n");
    repository.write("sub/data/train.csv", "another file of that name\n");
    repository.commit("Config");
    done(repository.colophon(["run", "--", "true"], { directory: "sub" }));
    const configured = newest();
    done(repository.colophon(["run", "--data", "own=own.csv", "--", "true"], { directory: "sub" }));
    const typed = newest();
    expect(verify(repository, configured)).toMatchObject({ status: 0, trouble: [] });
    expect(one(verify(repository, typed), "inputs", "own")).toMatchObject({
      state: "ok",
      path: join(repository.root, "sub/own.csv"),
    });
  });

  test("finds data again where the clone has it", () => {
    const place = `${repository.root}.moved`;
    rmSync(place, { recursive: true, force: true });
    renameSync(repository.root, place);
    const moved = repositoryAt(place, repository.env);
    const verified = verify(moved, id);
    expect(verified).toMatchObject({ status: 0, trouble: [] });
    expect(one(verified, "inputs", "images").path).toBe(join(place, "data/images"));
    renameSync(place, repository.root);
  });

  test("a declared digest was never read, and is not known", () => {
    done(repository.colophon(["run", "--data-hash", `far=${sha256("far")}`, "--", "true"]));
    const verified = verify(repository, newest());
    expect(verified).toMatchObject({
      status: 0,
      run: { verdict: "unknown" },
      trouble: [["inputs", "far", "unknown"]],
    });
    expect(one(verified, "inputs", "far").reason).toBe("declared, never read");
  });
});
