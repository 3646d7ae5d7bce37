import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type {
  CommandFacts,
  Inputs,
  Machine,
  Manifest,
  Result,
  RunManifest,
  Source,
} from "../../src/generated/types.js";
import * as validators from "../../src/generated/validators.js";
import { defaultRules, kinds } from "../../src/kinds/table.js";
import { validateDocument } from "../../src/manifest/validate.js";
import { runFolders } from "./recorded-run.js";
import { cli, makeRepository, type Outcome, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write("data/train.csv", "x,y\n1,2\n3,4\n");
  repository.write("empty.sums", "");
  repository.write(
    "train.mjs",
    'console.log("loss 0.5", process.argv.slice(2).join(" ")); console.error("warned");\n',
  );
  repository.commit("Add training");
});
afterAll(() => repository.remove());

const node = process.execPath;

type Experiment = Manifest & {
  readonly colophon: {
    readonly source: Source;
    readonly machine: Machine;
    readonly command: CommandFacts;
    readonly inputs: Inputs;
  };
};
type Run = RunManifest & { readonly colophon: { readonly result: Result } };

interface Recorded {
  readonly id: string;
  readonly folder: string;
  readonly manifest: Experiment;
  readonly run: Run;
  readonly fact: (name: string) => Record<string, unknown>;
  readonly log: (name: string) => string;
}

const runsOf = (from: Repository, records?: string) =>
  runFolders(from, records).map((folder) => relative(from.root, folder));

/** The one run that `work` left. */
function recorded(work: () => Outcome, from = repository): Recorded & { outcome: Outcome } {
  const before = new Set(runsOf(from));
  const outcome = work();
  const [folder, ...others] = runsOf(from).filter((path) => !before.has(path));
  if (folder === undefined || others.length > 0) throw new Error(`no single run: ${outcome.stderr}`);
  const read = (path: string) => JSON.parse(from.read(`${folder}/${path}`));
  return {
    outcome,
    id: folder.split("/").at(-1)!,
    folder,
    manifest: read("manifest.json"),
    run: read("run_manifest.json"),
    fact: (name) => read(`00_run_metadata/${name}`),
    log: (name) => from.read(`${folder}/logs/${name}.log`),
  };
}

function hashesOf({ manifest: { data_provenance } }: Recorded): Record<string, string> {
  if (data_provenance.kind !== "external") throw new Error(`the provenance is ${data_provenance.kind}`);
  return data_provenance.hashes;
}

const run = (...words: string[]) => repository.colophon(["run", ...words]);

describe("colophon run", () => {
  test("leaves a valid record of what ran", () => {
    const {
      outcome,
      id,
      folder,
      manifest,
      run: manifestOfRun,
      fact,
      log,
    } = recorded(() =>
      run("--data", "train=data/train.csv", "--param", "lr=3e-4", "--", node, "train.mjs", "--epochs", "3"),
    );
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe("loss 0.5 --epochs 3\n");
    expect(outcome.stderr).toContain("warned\n");
    expect(manifest.experiment_id).toBe(id);
    expect(manifest.git).toEqual({ sha: repository.git("rev-parse", "HEAD"), branch: "main", dirty: false });
    expect(manifest.params).toEqual({ lr: 0.0003, argv: [node, "train.mjs", "--epochs", "3"] });
    const digest = createHash("sha256").update("x,y\n1,2\n3,4\n").digest("hex");
    expect(manifest.data_provenance).toEqual({ kind: "external", hashes: { train: digest } });
    expect(fact("input_data_provenance.json")).toMatchObject({
      authored_path: "data/train.csv",
      sha256: digest,
      row_count: 2,
      column_count: 2,
      ordered_columns: ["x", "y"],
    });
    expect(validateDocument(manifest, kinds.experiment, defaultRules())).toEqual([]);
    expect(validateDocument(manifestOfRun, kinds.run, defaultRules({ profile: "complete" }))).toEqual([]);
    expect(manifestOfRun).toMatchObject({ status: "completed", run_name: "node", output_dir: folder });
    expect(manifestOfRun.stages.map(({ name, status }) => [name, status])).toEqual([
      ["00_run_metadata", "completed"],
      ["20_execute", "completed"],
      ["30_collect", "completed"],
    ]);
    expect(manifestOfRun.colophon.result).toMatchObject({ exit_code: 0, signal: null, cause: "exit" });
    expect(log("stdout")).toBe("loss 0.5 --epochs 3\n");
    expect(log("stderr")).toBe("warned\n");
    expect(validators.environment(fact("environment.json"))).toBe(true);
    expect(validators.command(fact("command.json"))).toBe(true);
    expect(validators.input_data_provenance(fact("input_data_provenance.json"))).toBe(true);
    expect(fact("config.resolved.json")).toEqual(manifest.params);
    expect(repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: folder })).toMatchObject({
      status: 0,
    });
    expect(statSync(join(repository.root, folder, "logs/stdout.log")).mode & 0o777).toBe(0o600);
  });

  test("says at the start what is on record, and at the end what to type next", () => {
    const { outcome, id } = recorded(() => run("--synthetic-seed", "42", "--name", "baseline", "--", "true"));
    const suffix = id.slice(-6);
    expect(outcome.stderr).toMatch(new RegExp(`┃ colophon +${suffix}  baseline`));
    expect(outcome.stderr).toMatch(/┃ data +made from seed 42/);
    expect(outcome.stderr).toMatch(new RegExp(`┃ ✓ finished +${suffix}  baseline .* exit 0`));
    expect(outcome.stderr).toContain(`colophon commit ${suffix}`);
    expect(recorded(() => run("--quiet", "--synthetic-seed", "42", "--", "true")).outcome.stderr).toBe("");
  });

  test("speaks plainly where the locale or the user asks for it, and in colour only where asked", () => {
    const say = (env: NodeJS.ProcessEnv) =>
      repository.colophon(["run", "--data", "train=data/train.csv", "--", "true"], { env }).stderr;
    for (const env of [{ COLOPHON_ASCII: "1" }, { LANG: "C" }, { LANG: "de_DE.ISO-8859-1" }]) {
      expect(say(env)).toMatch(/^[\x20-\x7e\n]+$/);
    }
    expect(say({ LANG: "de_DE.UTF-8" })).toContain("┃");
    expect(say({ FORCE_COLOR: "1" })).toContain("\u001b[32m");
    expect(say({ FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\u001b");
    expect(say({})).not.toContain("\u001b");
  });

  test("changes nothing of the user's: index, HEAD, stash, config, refs and status stay as they were", () => {
    repository.write("edited.txt", "1");
    repository.git("add", "edited.txt");
    repository.write("edited.txt", "2");
    repository.write("untracked.txt", "u");
    const picture = () => ({
      index: createHash("sha256")
        .update(readFileSync(join(repository.root, ".git/index")))
        .digest("hex"),
      head: repository.read(".git/HEAD"),
      config: repository.read(".git/config"),
      stash: repository.git("stash", "list"),
      refs: repository.git("for-each-ref", "refs/heads", "refs/tags", "refs/remotes", "refs/stash"),
      status: repository
        .call("git", ["--no-optional-locks", "status", "--porcelain", "-uall"])
        .stdout.split("\n")
        .filter((line) => !/records\/(\.gitignore|\d{4}-\d{2}\/)/.test(line)),
    });
    const before = picture();
    const { manifest } = recorded(() => run("--synthetic-seed", "1", "--", "true"));
    expect(picture()).toEqual(before);
    expect(manifest.git.dirty).toBe(true);
    expect(manifest.colophon.source.counts).toMatchObject({ staged: 1, unstaged: 1, untracked: 1 });
    const refused = run("--dirty", "refuse", "--synthetic-seed", "1", "--", "touch", "was-run");
    expect(refused.status).toBe(125);
    expect(refused.stderr).toContain("DIRTY_TREE");
    expect(refused.stderr).toContain("untracked.txt");
    expect(existsSync(join(repository.root, "was-run"))).toBe(false);
    repository.git("rm", "--quiet", "--cached", "-f", "edited.txt");
    rmSync(join(repository.root, "edited.txt"));
    rmSync(join(repository.root, "untracked.txt"));
  });

  test("its own records never make the tree dirty, the user's files beside them do (git-74, git-75)", () => {
    expect(recorded(() => run("--synthetic-seed", "1", "--", "true")).manifest.git.dirty).toBe(false);
    expect(
      recorded(() => run("--dirty", "refuse", "--synthetic-seed", "1", "--", "true")).outcome.status,
    ).toBe(0);
    repository.write("records/notes.md", "mine");
    expect(recorded(() => run("--synthetic-seed", "1", "--", "true")).manifest.git.dirty).toBe(true);
    rmSync(join(repository.root, "records/notes.md"));
  });

  test("writes records/.gitignore, which leaves out what is large and nothing else", () => {
    const { folder } = recorded(() => run("--synthetic-seed", "1", "--", node, "train.mjs"));
    repository.write(`${folder}/metrics.jsonl`, "{}\n");
    repository.write(`${folder}/artifacts/model.bin`, "m");
    const untracked = repository.git("status", "--porcelain", "-uall", "--", folder);
    expect(untracked).toContain("manifest.json");
    expect(untracked).not.toMatch(/logs|metrics\.jsonl|artifacts/);
  });

  test("knows the folder it was started in, and where the data lies", () => {
    repository.write("deep/er/keep", "");
    const { manifest, fact } = recorded(() =>
      repository.colophon(["run", "--data", "train=../../data/train.csv", "--", "pwd"], {
        directory: "deep/er",
      }),
    );
    expect(manifest.colophon.source.cwd).toBe("deep/er");
    expect(fact("input_data_provenance.json")).toMatchObject({
      authored_path: "../../data/train.csv",
      resolved_path: join(repository.root, "data/train.csv"),
    });
    rmSync(join(repository.root, "deep"), { recursive: true });
  });

  test("takes parameters from a file, from flags and from the words, and reports clashes", () => {
    repository.write("conf.yaml", "lr: 0.1\nlayers: [64, 64]\nname: größe # a comment\n");
    const {
      manifest,
      outcome,
      run: record,
      folder,
      fact,
    } = recorded(() =>
      run("--synthetic-seed", "1", "--config", "conf.yaml", "-p", "lr=0.2", "--", "true", "--lr", "0.3"),
    );
    expect(manifest.params).toMatchObject({ lr: 0.2, layers: [64, 64], name: "größe" });
    expect(manifest.colophon.command.parameter_clashes).toEqual([
      { name: "lr", used: "param", ignored: "config" },
      { name: "lr", used: "param", ignored: "argv" },
    ]);
    expect(outcome.stderr).toContain("lr is given twice");
    expect(record.config_path).toBe("conf.yaml");
    expect(record.artifacts.config_source).toBe("00_run_metadata/config.source.yaml");
    expect(repository.read(`${folder}/00_run_metadata/config.source.yaml`)).toBe(
      repository.read("conf.yaml"),
    );
    expect(fact("config.resolved.json").lr).toBe(0.2);
    for (const [name, text] of [
      ["conf.json", '{"lr": 0.1, "deep": {"a": [1]}}'],
      ["conf.toml", "lr = 0.1\nday = 2026-11-20\n[deep]\na = [1]\n"],
    ] as const) {
      repository.write(name, text);
      expect(
        recorded(() => run("--synthetic-seed", "1", "--config", name, "--", "true")).manifest.params,
      ).toMatchObject({ lr: 0.1, deep: { a: [1] } });
    }
    for (const name of ["conf.yaml", "conf.json", "conf.toml"]) rmSync(join(repository.root, name));
  });

  test("takes every form of provenance (design §8)", () => {
    repository.write("data/sub/a.bin", "aaaa");
    const sums = repository.call("sh", ["-c", "sha256sum data/train.csv data/sub/a.bin"]).stdout;
    repository.write("SUMS", sums);
    const several = recorded(() =>
      run(
        "--data",
        "train=data/train.csv",
        "--data",
        "all=data",
        "--data-hash",
        `far=${"ab".repeat(32)}`,
        "--",
        "true",
      ),
    );
    expect(Object.keys(hashesOf(several)).sort()).toEqual(["all", "far", "train"]);
    expect(several.manifest.colophon.inputs.forms).toEqual({ train: "file", all: "folder", far: "declared" });
    expect(several.fact("input_data_provenance.json")).toMatchObject({
      inputs: {
        far: {
          authored_path: null,
          size_bytes: null,
        },
      },
    });
    const folderDigest = repository
      .call("sh", [
        "-c",
        "cd data && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum",
      ])
      .stdout.slice(0, 64);
    expect(hashesOf(several).all).toBe(folderDigest);
    const declared = recorded(() => run("--data-sums", "SUMS", "--", "true"));
    expect(Object.keys(hashesOf(declared)).sort()).toEqual(["data/sub/a.bin", "data/train.csv"]);
    const auto = recorded(() => run("--data", "auto", "--", "cat", "data/train.csv", "nothing.csv"));
    expect(Object.keys(hashesOf(auto))).toEqual(["data/train.csv"]);
    expect(
      recorded(() => run("--synthetic-seed", "-7", "--", "true")).fact("input_data_provenance.json"),
    ).toEqual({ provenance_version: 1, kind: "synthetic", seed: -7 });
    rmSync(join(repository.root, "data/sub"), { recursive: true });
    rmSync(join(repository.root, "SUMS"));
  });

  test.each([
    [[], 2, "NO_COMMAND"],
    [["--synthetic-seed", "1"], 2, "NO_COMMAND"],
    [["--synthetic-seed", "1", "true"], 2, "NO_COMMAND"],
    [["--synthetic-seed", "1", "--"], 2, "NO_COMMAND"],
    [["--synthetic-seed", "1", "--", ""], 2, "NO_COMMAND"],
    [["--synthetic-seed", "1", "--synthetic-seed", "2", "--", "true"], 2, "FLAG_TWICE"],
    [["--data", "x=.git", "--", "touch", "was-run"], 125, "DATA_HOLDS_PROJECT"],
    [["--data-sums", "nope", "--", "touch", "was-run"], 125, "FILE_NOT_FOUND"],
    [["--data-sums", ".", "--", "touch", "was-run"], 125, "NOT_A_FILE"],
    [
      [
        "--data",
        `${["gh", "p_"].join("")}A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8=train.mjs`,
        "--",
        "touch",
        "was-run",
      ],
      125,
      "SECRET_IN_INPUT",
    ],
    [["--bogus", "--", "true"], 2, "UNKNOWN_FLAG"],
    [["--synthetic-seed", "1.5", "--", "true"], 2, "BAD_SEED"],
    [["--synthetic-seed", "1", "--name", "", "--", "true"], 2, "BAD_FLAG_VALUE"],
    [["--synthetic-seed", "1", "--kill-after", "-1", "--", "true"], 2, "BAD_FLAG_VALUE"],
    [["--synthetic-seed", "1", "--dirty", "maybe", "--", "true"], 2, "BAD_FLAG_VALUE"],
    [["--", "touch", "was-run"], 125, "NO_PROVENANCE"],
    [["--data", "train=none.csv", "--", "touch", "was-run"], 125, "DATA_NOT_FOUND"],
    [["--data", "all=.", "--", "touch", "was-run"], 125, "DATA_HOLDS_PROJECT"],
    [["--data", "auto", "--", "touch", "was-run"], 125, "NO_DATA_NAMED"],
    [["--data-sums", "train.mjs", "--", "touch", "was-run"], 125, "BAD_SUMS_LINE"],
    [["--data-sums", "empty.sums", "--", "touch", "was-run"], 125, "NO_SUMS"],
    [["--synthetic-seed", "1", "--config", "none.yaml", "--", "touch", "was-run"], 125, "CONFIG_NOT_FOUND"],
    [["--synthetic-seed", "1", "--config", "train.mjs", "--", "touch", "was-run"], 125, "BAD_CONFIG_FILE"],
  ])("%j starts nothing: %d %s", (words, status, code) => {
    const before = runsOf(repository).length;
    const outcome = run(...(words as string[]));
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(code);
    expect(outcome.stderr).toMatch(/→ \S/);
    expect(runsOf(repository)).toHaveLength(before);
    expect(existsSync(join(repository.root, "was-run"))).toBe(false);
  });

  test.each([
    ["dup.json", '{"a": 1, "a": 2}'],
    ["nan.yaml", "x: .nan\n"],
    ["rounded.yaml", "big: 9007199254740993\n"],
    ["tagged.yaml", 'a: !!js/function "x"\n'],
    ["list.yaml", "- 1\n"],
    ["dup.yaml", "a: 1\na: 2\n"],
    ["bad.toml", "a = \n"],
    ["argv.json", '{"argv": 1}'],
  ])("the configuration %s is refused, and nothing is started", (name, text) => {
    repository.write(name, text);
    const outcome = run("--synthetic-seed", "1", "--config", name, "--", "touch", "was-run");
    expect(outcome).toMatchObject({ status: 125, stderr: expect.stringContaining("BAD_CONFIG_FILE") });
    expect(existsSync(join(repository.root, "was-run"))).toBe(false);
    rmSync(join(repository.root, name));
  });

  test("refuses with the line to type, made from the command's words", () => {
    const { stderr } = run("--", node, "train.mjs", "data/train.csv");
    expect(stderr).toContain(`colophon run --data train=data/train.csv -- ${node} train.mjs data/train.csv`);
    expect(stderr).toContain("A training seed is not a data seed");
  });

  test("fails loudly outside a repository and before the first commit (git-1, git-25)", () => {
    const unborn = makeRepository({ unborn: true });
    const outcome = unborn.colophon(["run", "--synthetic-seed", "1", "--", "touch", "was-run"]);
    expect(outcome).toMatchObject({ status: 125, stderr: expect.stringContaining("GIT_UNBORN") });
    rmSync(join(unborn.root, ".git"), { recursive: true });
    const nowhere = unborn.colophon(["run", "--synthetic-seed", "1", "--", "touch", "was-run"]);
    expect(nowhere).toMatchObject({ status: 125, stderr: expect.stringContaining("NOT_A_REPOSITORY") });
    expect(readdirSync(unborn.root).filter((name) => name !== ".colophon")).toEqual([]);
    unborn.remove();
  });

  test.each([0, 1, 2, 3, 77, 124, 125, 126, 127, 128, 130, 255])(
    "hands on the exit status %d, and never calls a failure completed",
    (status) => {
      const { outcome, run: record } = recorded(() =>
        run("--quiet", "--synthetic-seed", "1", "--", "sh", "-c", `exit ${status}`),
      );
      expect(outcome.status).toBe(status);
      expect(record.status).toBe(status === 0 ? "completed" : "failed");
      expect(record.colophon.result.exit_code).toBe(status);
      expect(validateDocument(record, kinds.run, defaultRules())).toEqual([]);
    },
  );

  test("a command that is not there, or may not be executed, is a failed run", () => {
    repository.write("plain.txt", "x", 0o644);
    const missing = recorded(() => run("--synthetic-seed", "1", "--", "no-such-program"));
    expect(missing.outcome.status).toBe(127);
    expect(missing.run).toMatchObject({
      status: "failed",
      colophon: { result: { exit_code: null, cause: "not_found" } },
    });
    const plain = recorded(() => run("--synthetic-seed", "1", "--", "./plain.txt"));
    expect(plain.outcome.status).toBe(126);
    expect(plain.run.colophon.result.cause).toBe("not_executable");
    rmSync(join(repository.root, "plain.txt"));
  });

  test("gives the command its run, and a run inside it names its parent", () => {
    const inner = `"${node}" "${cli}" run --quiet --synthetic-seed 2 --name inner -- printenv COLOPHON_RUN_ID COLOPHON_RUN_DIR COLOPHON_METRICS`;
    const before = new Set(runsOf(repository));
    const outcome = run("--quiet", "--synthetic-seed", "1", "--name", "outer", "--", "sh", "-c", inner);
    expect(outcome.status).toBe(0);
    const both = runsOf(repository)
      .filter((path) => !before.has(path))
      .map((path) => ({
        path,
        run: JSON.parse(repository.read(`${path}/run_manifest.json`)),
        manifest: JSON.parse(repository.read(`${path}/manifest.json`)),
      }));
    const [outer, child] = ["outer", "inner"].map((name) => both.find(({ run }) => run.run_name === name)!);
    expect(child!.manifest.colophon.command.parent).toBe(outer!.manifest.experiment_id);
    expect(outer!.manifest.colophon.command.parent).toBeNull();
    const dir = join(repository.root, child!.path);
    expect(outcome.stdout).toBe(`${child!.manifest.experiment_id}\n${dir}\n${dir}/metrics.jsonl\n`);
  });

  test("under a launcher only rank 0 writes the run; the others keep their output", () => {
    const before = runsOf(repository).length;
    const env = {
      RANK: "1",
      WORLD_SIZE: "2",
      LOCAL_RANK: "1",
      TORCHELASTIC_RUN_ID: "job7",
      MASTER_ADDR: "localhost",
    };
    const other = repository.colophon(
      ["run", "--synthetic-seed", "1", "--", "sh", "-c", "echo from one; exit 5"],
      { env },
    );
    expect(other).toMatchObject({ status: 5, stdout: "from one\n" });
    expect(runsOf(repository)).toHaveLength(before);
    const logs = repository.call("sh", ["-c", "cat .colophon/ranks/*/stdout.log"]);
    expect(logs.stdout).toContain("from one");
    const zero = recorded(() =>
      repository.colophon(["run", "--synthetic-seed", "1", "--", "true"], {
        env: { ...env, RANK: "0", LOCAL_RANK: "0" },
      }),
    );
    expect(zero.manifest.colophon.machine.rank).toMatchObject({ rank: 0 });
  });

  test("a requeued job names the attempt before", () => {
    const first = recorded(() =>
      repository.colophon(["run", "--synthetic-seed", "1", "--", "true"], { env: { SLURM_JOB_ID: "991" } }),
    );
    const second = recorded(() =>
      repository.colophon(["run", "--synthetic-seed", "1", "--", "true"], {
        env: { SLURM_JOB_ID: "991", SLURM_RESTART_COUNT: "1" },
      }),
    );
    expect(first.manifest.colophon.command.previous_attempt).toBeNull();
    expect(second.manifest.colophon.command.previous_attempt).toBe(first.id);
  });

  test("keeps a planted token out of every file, and says how many it left out", () => {
    const token = ["gh", "p_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("");
    repository.git("remote", "add", "origin", `https://ada:${token}@example.org/x.git`);
    repository.write("secret.yaml", `api_key: ${token}\nlr: 1\n`);
    repository.git("add", "secret.yaml");
    const words = [
      "--synthetic-seed",
      "1",
      "--name",
      `run-${token}`,
      "--config",
      "secret.yaml",
      "--param",
      `token=${token}`,
      "--",
      node,
      "-e",
      'console.log("key", process.argv[1]); console.error(process.argv[1])',
      token,
      `--password=${token}`,
      "--header",
      `Authorization: Bearer ${token}`,
    ];
    const { outcome, folder, manifest } = recorded(() =>
      repository.colophon(["run", ...words], { env: { MY_TOKEN: token } }),
    );
    expect(outcome.stdout).toBe(`key ${token}\n`);
    const found = repository.call("grep", ["-rlF", token, folder, ".colophon"]);
    expect(found.stdout).toBe("");
    expect(
      Object.values(manifest.colophon.command.redactions).reduce((a, b) => a + b, 0),
    ).toBeGreaterThanOrEqual(4);
    expect(outcome.stderr).toMatch(/secrets? left out of the record/);
    expect(manifest.colophon.source.remotes).toEqual([
      expect.objectContaining({ name: "origin", url: "https://example.org/x.git" }),
    ]);
    repository.git("remote", "remove", "origin");
    repository.git("rm", "--quiet", "--cached", "-f", "secret.yaml");
    rmSync(join(repository.root, "secret.yaml"));
  });

  test("a folder that cannot be written stops before the command, with a way out", () => {
    const blocked = makeRepository();
    writeFileSync(join(blocked.root, "records"), "a file stands here");
    const outcome = blocked.colophon(["run", "--synthetic-seed", "1", "--", "touch", "was-run"]);
    expect(outcome.status).toBe(125);
    expect(outcome.stderr).toMatch(/RECORDS_NOT_WRITABLE|PARENT_MISSING/);
    expect(existsSync(join(blocked.root, "was-run"))).toBe(false);
    blocked.remove();
  });

  test("a project may lie below the repository's root, and have its own names", () => {
    const inner = makeRepository();
    mkdirSync(join(inner.root, "study"));
    inner.write(
      "study/colophon.json",
      '{"records": "runs", "extensionNamespace": "acme", "data": {"syntheticSeed": 5}}',
    );
    inner.commit("study");
    expect(inner.colophon(["run", "--", "true"], { directory: "study" }).status).toBe(0);
    const [first] = runsOf(inner, "study/runs");
    const manifest = JSON.parse(inner.read(`${first}/manifest.json`));
    expect(manifest.data_provenance).toEqual({ kind: "synthetic", seed: 5 });
    expect(Object.keys(manifest)).toContain("acme");
    expect(manifest.git.dirty).toBe(false);
    expect(inner.colophon(["validate", "--json"], { directory: "study" }).status).toBe(0);
    inner.colophon(["run", "--", "true"], { directory: "study" });
    expect(JSON.parse(inner.read(`${runsOf(inner, "study/runs")[1]}/manifest.json`)).git.dirty).toBe(false);
    inner.remove();
  });

  test("reads colophon.json once, however many inputs there are", () => {
    const own = makeRepository();
    try {
      own.write("colophon.json", "{}\n");
      const inputs = ["a", "b", "c"].map((name) => `${name}=${own.write(`data/${name}.csv`, "x\n1\n")}`);
      own.git("add", ".");
      own.git("commit", "--quiet", "--message=Begin a study");
      const watch = own.write(
        ".git/watch.cjs",
        `const fs = require("node:fs");
        const { openSync } = fs;
        let reads = 0;
        fs.openSync = (path, ...rest) => {
          if (String(path).endsWith("/colophon.json")) reads += 1;
          return openSync(path, ...rest);
        };
        process.on("exit", () => fs.writeFileSync(".git/reads", String(reads)));`,
      );
      const words = ["run", ...inputs.flatMap((input) => ["--data", input]), "--", "true"];
      const outcome = own.call(node, ["--require", `./${watch}`, cli, ...words]);
      expect(outcome).toMatchObject({ status: 0 });
      expect(own.read(".git/reads")).toBe("1");
    } finally {
      own.remove();
    }
  });

  test("records that would lie outside the repository are refused: PROJECT_OUTSIDE_REPOSITORY", () => {
    const inner = makeRepository();
    writeFileSync(join(inner.root, "..", "colophon.json"), "{}");
    const outcome = inner.colophon(["run", "--synthetic-seed", "1", "--", "touch", "was-run"]);
    expect(outcome).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("PROJECT_OUTSIDE_REPOSITORY"),
    });
    expect(existsSync(join(inner.root, "was-run"))).toBe(false);
    inner.remove();
  });

  test("a hundred runs at once leave a hundred records (rel-F5, git-99)", async () => {
    const many = process.env.COLOPHON_TEST_LONG ? 100 : 16;
    const crowded = makeRepository();
    const { spawn } = await import("node:child_process");
    const statuses = await Promise.all(
      Array.from(
        { length: many },
        () =>
          new Promise((resolve) =>
            spawn(node, [cli, "run", "--quiet", "--synthetic-seed", "1", "--", "true"], {
              cwd: crowded.root,
              env: crowded.env,
              stdio: "ignore",
            }).on("close", resolve),
          ),
      ),
    );
    expect(statuses).toEqual(Array(many).fill(0));
    expect(runsOf(crowded)).toHaveLength(many);
    const outcome = crowded.colophon(["validate", "--json", "--profile", "complete", "records"]);
    expect(outcome.status).toBe(0);
    console.log(`${many} of ${many} concurrent runs recorded`);
    crowded.remove();
  });

  test("writes nowhere but below the repository's root, links included", () => {
    const linked = makeRepository();
    linked.call("sh", ["-c", "mkdir ../elsewhere && ln -s ../elsewhere records"]);
    const outcome = linked.colophon(["run", "--synthetic-seed", "1", "--", "touch", "was-run"]);
    expect(outcome).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("PROJECT_OUTSIDE_REPOSITORY"),
    });
    rmSync(join(linked.root, "records"));
    linked.write("colophon.json", '{"records": ".git/runs"}');
    expect(linked.colophon(["run", "--synthetic-seed", "1", "--", "true"])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("BAD_CONFIG"),
    });
    linked.write("colophon.json", '{"extensionNamespace": "run_name"}');
    expect(linked.colophon(["run", "--synthetic-seed", "1", "--", "true"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("BAD_NAMESPACE"),
    });
    rmSync(join(linked.root, "colophon.json"));
    linked.call("sh", ["-c", "mkfifo colophon.json"]);
    expect(linked.colophon(["run", "--synthetic-seed", "1", "--", "true"])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("BAD_CONFIG"),
    });
    rmSync(join(linked.root, "colophon.json"));
    rmSync(join(linked.root, ".colophon"), { recursive: true, force: true });
    linked.write(".colophon", "a file");
    expect(linked.colophon(["run", "--synthetic-seed", "1", "--", "true"])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining("STATE_NOT_WRITABLE"),
    });
    expect(runsOf(linked)).toEqual([]);
    linked.remove();
  });

  test("hands on words that are UTF-8, and refuses others instead of altering them: WORDS_NOT_UTF8", () => {
    const odd = ["a b", "\u00fc\ufffd", "$HOME", "'\"", "-x", "*", "", "new\nline", "\u{1f600}"];
    const echoed = run(
      "--quiet",
      "--synthetic-seed",
      "1",
      "--",
      node,
      "-e",
      "console.log(JSON.stringify(process.argv.slice(1)))",
      "--",
      ...odd,
    );
    expect(JSON.parse(echoed.stdout)).toEqual(odd);
    const broken = repository.call("sh", [
      "-c",
      `"${node}" "${cli}" run --synthetic-seed 1 -- touch was-run "$(printf 'f\\377')"`,
    ]);
    expect(broken).toMatchObject({ status: 2, stderr: expect.stringContaining("WORDS_NOT_UTF8") });
    expect(existsSync(join(repository.root, "was-run"))).toBe(false);
  });

  test("a copied record still validates, and its sums hold (promise P6 of portability)", () => {
    const { folder } = recorded(() => run("--synthetic-seed", "1", "--", "true"));
    const copy = join(repository.root, "..", "moved");
    cpSync(join(repository.root, folder), copy, { recursive: true });
    expect(repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: "../moved" }).status).toBe(0);
    expect(repository.colophon(["validate", copy]).status).toBe(0);
  });
});
