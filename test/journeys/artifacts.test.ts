import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RunArtifacts, RunManifest } from "../../src/generated/types.js";
import { makeRepository, type Outcome, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write(".gitignore", "out/\n");
  repository.commit("Ignore");
});
afterAll(() => repository.remove());

interface Recorded {
  readonly outcome: Outcome;
  /** Relative to the repository. */
  readonly folder: string;
  readonly run: RunManifest & { readonly colophon: { readonly artifacts: RunArtifacts } };
}

function record(script: string, ...flags: string[]): Recorded {
  const outcome = repository.colophon(["run", "--synthetic-seed", "1", ...flags, "--", "sh", "-c", script]);
  const folder = /record +(records\S+)/.exec(outcome.stderr)?.[1] ?? "";
  return { outcome, folder, run: JSON.parse(repository.read(`${folder}/run_manifest.json`)) };
}

const writeModel =
  "mkdir -p out/ckpt && printf weights >out/model.bin && printf a >out/ckpt/a && printf b >out/ckpt/b";

describe("colophon run --artifact", () => {
  test("copies a file and a folder, with their digests, and says so", () => {
    const { outcome, folder, run } = record(
      writeModel,
      "--artifact",
      "model=out/model.bin",
      "--artifact",
      "ckpt=out/ckpt",
    );
    expect(outcome.status).toBe(0);
    expect(run.stages.at(-1)).toMatchObject({
      name: "30_collect",
      artifacts: { model: "artifacts/model.bin", ckpt: "artifacts/ckpt" },
    });
    const { model, ckpt } = run.colophon.artifacts.entries;
    const digest = repository.call("sha256sum", ["out/model.bin"]).stdout.slice(0, 64);
    expect(model).toEqual({
      path: "artifacts/model.bin",
      sha256: digest,
      size_bytes: 7,
      form: "file",
      how: "copied",
      source: "out/model.bin",
      mtime_utc: expect.stringMatching(/Z$/),
    });
    expect(ckpt).toMatchObject({ form: "folder", size_bytes: 2, how: "copied" });
    expect(outcome.stderr).toContain("wrote      model  artifacts/model.bin  7 B");
    expect(repository.read(`${folder}/artifacts/ckpt/b`)).toBe("b");
    const { status, stdout } = repository.call("sha256sum", ["-c", "SHA256SUMS"], {
      directory: `${folder}/artifacts`,
    });
    expect([status, stdout]).toEqual([0, "ckpt/a: OK\nckpt/b: OK\nmodel.bin: OK\n"]);
  });

  test.each(["copy", "link"])("keeps files of any name in a folder: %s", (mode) => {
    const odd =
      'mkdir -p "out/odd/in" && printf a >"out/odd/in/$(printf "f\\377")" && printf b >out/odd/é && ln -sf é out/odd/link';
    const words = ["--artifact", "odd=out/odd", "--artifact-mode", mode];
    const { outcome, folder, run } = record(odd, ...words);
    expect(outcome.status).toBe(0);
    expect(run.colophon.artifacts.missing).toEqual([]);
    expect(run.colophon.artifacts.entries.odd).toMatchObject({ form: "folder", size_bytes: 3 });
    const names = readdirSync(Buffer.from(join(repository.root, folder, "artifacts/odd/in")), {
      encoding: "buffer",
    });
    expect(names).toEqual([Buffer.from([0x66, 0xff])]);
    const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: `${folder}/artifacts` });
    expect(sums.status).toBe(0);
    expect(repository.colophon(["verify", folder]).status).toBe(0);
    rmSync(join(repository.root, "out"), { recursive: true });
  });

  test("links where it is told to, so that the bytes are there once", () => {
    const { folder, run } = record(
      writeModel,
      "--artifact",
      "model=out/model.bin",
      "--artifact-mode",
      "link",
    );
    expect(run.colophon.artifacts.entries.model).toMatchObject({ how: "linked" });
    const inode = (path: string) => statSync(join(repository.root, path)).ino;
    expect(inode(`${folder}/artifacts/model.bin`)).toBe(inode("out/model.bin"));
  });

  test("keeps a reference where it is told to: the place and the digest", () => {
    const { folder, run } = record(
      writeModel,
      "--artifact",
      "model=out/model.bin",
      "--artifact-mode",
      "reference",
    );
    const entry = run.colophon.artifacts.entries.model!;
    expect(entry).toMatchObject({ how: "referenced", path: "artifacts/model.reference.json", size_bytes: 7 });
    expect(JSON.parse(repository.read(`${folder}/${entry.path}`))).toMatchObject({
      reference_version: 1,
      authored_path: "out/model.bin",
      resolved_path: join(repository.root, "out/model.bin"),
      sha256: entry.sha256,
    });
  });

  test("references what is above the cap, and says so", () => {
    const { outcome, run } = record(writeModel, "--artifact", "model=out/model.bin", "--artifact-cap", "6");
    expect(run.colophon.artifacts.entries.model).toMatchObject({ how: "referenced" });
    expect(outcome.stderr).toContain(
      "model  artifacts/model.reference.json  7 B  9a78…a18a  referenced, not copied".slice(0, 46),
    );
    expect(outcome.stderr).toContain("referenced, not copied");
  });

  test("leaves what the command wrote into the run folder where it is", () => {
    const { run } = record(
      'mkdir -p "$COLOPHON_RUN_DIR/artifacts" && echo x >"$COLOPHON_RUN_DIR/artifacts/own.txt"; ln -sfn "$COLOPHON_RUN_DIR" out/run',
      "--artifact",
      "own=out/run/artifacts/own.txt",
    );
    expect(run.colophon.artifacts.entries.own).toMatchObject({
      how: "written",
      path: "artifacts/own.txt",
      source: null,
    });
  });

  test("says what was not written, records it, and leaves the exit status alone", () => {
    const { outcome, run } = record("true", "--artifact", "model=out/never.bin");
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toContain("△ artifact model: out/never.bin was not written");
    expect(run.colophon.artifacts.missing).toEqual([
      { name: "model", source: "out/never.bin", reason: "out/never.bin was not written" },
    ]);
  });

  test("refuses a record of the run itself, and what cannot be read as a whole", () => {
    mkdirSync(join(repository.root, "out/empty"), { recursive: true });
    const { run } = record(
      'ln -sfn "$COLOPHON_RUN_DIR" out/run; mkdir -p out/pipe && mkfifo out/pipe/p 2>/dev/null; true',
      ...["own=out/run/manifest.json", "empty=out/empty", "pipe=out/pipe"].flatMap((artifact) => [
        "--artifact",
        artifact,
      ]),
    );
    expect(
      run.colophon.artifacts.missing!.map(({ name, reason }) => [
        name,
        reason.includes("\n") || reason === "",
      ]),
    ).toEqual([
      ["own", false],
      ["empty", false],
      ["pipe", false],
    ]);
    expect(run.colophon.artifacts.missing![0]!.reason).toBe(
      "out/run/manifest.json is or holds records of the run itself, and is no artifact",
    );
  });

  test("names an artifact that cannot be read or kept, and completes the record (ARTIFACT_UNREADABLE, ARTIFACT_NOT_KEPT)", () => {
    const { outcome, run } = record(
      'mkdir -p out; echo x >out/file; echo x >"$COLOPHON_RUN_DIR/artifacts"',
      ...["--artifact", "below=out/file/below", "--artifact", "kept=out/file"],
    );
    expect([outcome.status, run.status]).toEqual([0, "completed"]);
    expect(run.colophon.artifacts.missing!.map(({ reason }) => reason.replace(/:.*/, ""))).toEqual([
      "out/file/below cannot be kept",
      "artifacts cannot be written",
    ]);
  });

  test("keeps what a link names, not the link", () => {
    const { folder, run } = record(
      'mkdir -p out/ckpt && echo a >out/ckpt-7.bin && ln -sfn ckpt-7.bin out/latest.bin && ln -sfn "$PWD/out/ckpt-7.bin" out/absolute.bin && ln -sfn a out/ckpt/link && echo a >out/ckpt/a',
      ...["latest=out/latest.bin", "absolute=out/absolute.bin", "ckpt=out/ckpt"].flatMap((artifact) => [
        "--artifact",
        artifact,
      ]),
    );
    expect(run.colophon.artifacts.missing).toEqual([]);
    for (const name of ["latest.bin", "absolute.bin", "ckpt/link"]) {
      expect(lstatSync(join(repository.root, folder, "artifacts", name)).isFile()).toBe(true);
    }
    const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], { directory: `${folder}/artifacts` });
    expect([sums.status, sums.stdout.split("\n").length]).toEqual([0, 6]);
    expect(repository.colophon(["show", folder]).status).toBe(0);
  });

  test("refuses what is neither a file nor a folder, an empty folder, and what holds the records", () => {
    const { run } = record(
      "mkdir -p out/empty",
      ...["null=/dev/null", "empty=out/empty", "all=.", "records=records"].flatMap((artifact) => [
        "--artifact",
        artifact,
      ]),
    );
    expect(run.colophon.artifacts.missing!.map(({ reason }) => reason)).toEqual([
      "/dev/null is neither a file nor a folder",
      "out/empty is a folder without a file",
      ". is or holds records of the run itself, and is no artifact",
      "records is or holds records of the run itself, and is no artifact",
    ]);
  });

  test("says of an artifact that was there before that its stage did not write it", () => {
    const { outcome } = record("true", "--artifact", "gitignore=.gitignore");
    expect(outcome.stderr).toContain("gitignore is older than its stage, which did not write it");
  });

  test.each(["config_source", "environment", "stdout_log", "__proto__", "-x"])(
    "refuses the name %s (BAD_ARTIFACT_NAME)",
    (name) => {
      const { status, stderr } = repository.colophon([
        "run",
        "--synthetic-seed",
        "1",
        `--artifact=${name}=x`,
        "--",
        "true",
      ]);
      expect([status, stderr]).toEqual([2, expect.stringContaining("BAD_ARTIFACT_NAME")]);
    },
  );

  test("leaves no secret of a name, a path or a reason in the record (P5, SECRET_IN_ARTIFACT)", () => {
    const secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    const named = repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--artifact",
      `${secret}=x`,
      "--",
      "true",
    ]);
    expect([named.status, named.stderr]).toEqual([125, expect.stringContaining("SECRET_IN_ARTIFACT")]);
    const { folder } = record("true", "--artifact", `model=out/${secret}.bin`);
    expect(repository.read(`${folder}/run_manifest.json`)).not.toContain(secret);
    repository.write(
      "colophon.json",
      JSON.stringify({
        pipelines: { p: { stages: [{ name: "10_a", skippable: true, command: ["true"] }] } },
      }),
    );
    const { stderr } = repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--pipeline",
      "p",
      "--skip",
      `10_a=because ${secret}`,
    ]);
    expect(stderr).not.toContain(secret);
    const skipped = /^┃ record +(records\S+)/m.exec(stderr)![1]!;
    expect(repository.read(`${skipped}/run_manifest.json`)).toContain("because «redacted:");
    expect(repository.read(`${skipped}/run_manifest.json`)).not.toContain(secret);
    rmSync(join(repository.root, "colophon.json"));
  });

  test("leaves nothing for Git to add on a branch that has no records", () => {
    record(writeModel, "--artifact", "model=out/model.bin");
    repository.git("add", "records");
    repository.git("commit", "--quiet", "--message=Record");
    repository.git("checkout", "--quiet", "-b", "other", "HEAD~1");
    expect(repository.git("status", "--porcelain")).toBe("");
    repository.git("checkout", "--quiet", "main");
    repository.git("branch", "--quiet", "-D", "other");
  });

  test("keeps what a failed command left", () => {
    const { outcome, run } = record(`${writeModel}; exit 3`, "--artifact", "model=out/model.bin");
    expect(outcome.status).toBe(3);
    expect(run.status).toBe("failed");
    expect(run.colophon.artifacts.entries.model).toMatchObject({ size_bytes: 7 });
  });
});

describe("colophon run --from", () => {
  let source: Recorded;
  beforeAll(() => {
    repository.write("data/train.csv", "x,y\n1,2\n");
    repository.write("train.yaml", "lr: 0.1\nlayers: [64, 64]\n");
    repository.write("train.sh", 'echo "trained on $1"\n');
    repository.commit("Train");
    const words = [
      "run",
      "--data",
      "train=data/train.csv",
      "--config",
      "train.yaml",
      "--param",
      "seed=3",
      "--name",
      "baseline",
    ];
    const outcome = repository.colophon([...words, "--", "sh", "train.sh", "data/train.csv"]);
    const folder = /record +(records\S+)/.exec(outcome.stderr)![1]!;
    source = { outcome, folder, run: JSON.parse(repository.read(`${folder}/run_manifest.json`)) };
  });

  function repeat(
    ...words: string[]
  ): Recorded & { fact: (name: string) => unknown; manifest: Record<string, unknown> } {
    const outcome = repository.colophon(["run", "--from", source.folder.slice(-6), ...words]);
    const folder = /record +(records\S+)/.exec(outcome.stderr)?.[1] ?? "";
    const read = (path: string) => JSON.parse(repository.read(`${folder}/${path}`));
    return {
      outcome,
      folder,
      run: read("run_manifest.json"),
      fact: (name) => read(`00_run_metadata/${name}`),
      manifest: read("manifest.json"),
    };
  }

  test("runs the source's command again on its data, from its resolved parameters (M05, M36)", () => {
    const before = repository.call("sh", [
      "-c",
      `find ${source.folder} -type f | sort | xargs sha256sum`,
    ]).stdout;
    const { outcome, folder, run, fact, manifest } = repeat();
    expect([outcome.status, outcome.stdout]).toEqual([0, "trained on data/train.csv\n"]);
    expect(folder).not.toBe(source.folder);
    expect(run).toMatchObject({
      run_name: "baseline",
      config_path: `${source.folder}/00_run_metadata/config.source.yaml`,
    });
    expect(repository.read(`${folder}/00_run_metadata/config.source.yaml`)).toBe(
      "lr: 0.1\nlayers: [64, 64]\n",
    );
    const own = JSON.parse(repository.read(`${source.folder}/manifest.json`));
    expect(manifest).toMatchObject({ params: own.params, data_provenance: own.data_provenance });
    expect(fact("config.resolved.json")).toEqual(
      JSON.parse(repository.read(`${source.folder}/00_run_metadata/config.resolved.json`)),
    );
    expect(fact("command.json")).toMatchObject({ from: source.folder.split("/").at(-1) });
    expect(
      repository.call("sh", ["-c", `find ${source.folder} -type f | sort | xargs sha256sum`]).stdout,
    ).toBe(before);
  });

  test("lets what is typed win: parameters, data, the command", () => {
    const { manifest, outcome } = repeat(
      "--param",
      "lr=0.2",
      "--synthetic-seed",
      "7",
      "--",
      "sh",
      "-c",
      "echo other",
    );
    expect(outcome.stdout).toBe("other\n");
    expect(manifest).toMatchObject({
      params: { lr: 0.2, layers: [64, 64], seed: 3, argv: ["sh", "-c", "echo other"] },
      data_provenance: { kind: "synthetic", seed: 7 },
    });
  });

  test("runs where the source ran, from wherever it is typed", () => {
    mkdirSync(join(repository.root, "deep/er"), { recursive: true });
    const { stdout } = repository.colophon(["run", "--from", source.folder.slice(-6)], {
      directory: "deep/er",
    });
    expect(stdout).toBe("trained on data/train.csv\n");
  });

  test("reads the data anew, so that a change is seen", () => {
    writeFileSync(join(repository.root, "data/train.csv"), "x,y\n1,3\n");
    const { manifest } = repeat();
    expect(manifest.data_provenance).not.toEqual(
      JSON.parse(repository.read(`${source.folder}/manifest.json`)).data_provenance,
    );
    repository.git("checkout", "--quiet", "data/train.csv");
  });

  test("refuses a command that a secret was left out of, and a run that does not exist", () => {
    const secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    const { stderr } = repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--",
      "echo",
      `--token=${secret}`,
    ]);
    const suffix = /colophon +(\S+)/.exec(stderr)![1]!;
    const again = repository.colophon(["run", "--from", suffix]);
    expect([again.status, again.stderr]).toEqual([125, expect.stringContaining("COMMAND_REDACTED")]);
    expect(repository.colophon(["run", "--from", "zzzzzz"]).status).toBe(2);
    const both = repository.colophon(["run", "--from", suffix, "--pipeline", "x"]);
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("PIPELINE_AND_COMMAND")]);
  });

  test("leaves the record readable as it was written", () => {
    expect(readFileSync(join(repository.root, source.folder, "run_manifest.json"), "utf8")).toContain(
      '"completed"',
    );
  });
});
