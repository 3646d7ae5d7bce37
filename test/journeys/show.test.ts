import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { example, inputFact, type Json, writeOriginRun, writeRecord } from "../operations/records/records.js";
import { expectOutput } from "./matches-schema.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
let processes: ChildProcess[];

beforeEach(() => {
  repository = makeRepository();
  processes = [];
});

afterEach(async () => {
  for (const child of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(ended));
  repository.remove();
});

const records = () => join(repository.root, "records/2026-11");

function show(...words: string[]) {
  const { status, stdout, stderr } = repository.colophon(["show", ...words]);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

const facts = (...words: string[]) => expectOutput("cli_show", show(...words, "--json")) as Json;

/** Started, and left to go on. */
function start(words: readonly string[]) {
  const child = spawn(process.execPath, [cli, ...words], {
    cwd: repository.root,
    env: repository.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => {
    said.stdout += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    said.stderr += bytes.toString();
  });
  processes.push(child);
  return { child, said };
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise<number | null>((resolve) => child.on("close", resolve));

async function until(isSo: () => boolean) {
  while (!isSo()) await setTimeout(20);
}

const runningId = () =>
  JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs[0]?.id as string | undefined;

describe("colophon show", () => {
  test("shows what a run is, line by line", () => {
    writeRecord(records(), {
      change: (run) => {
        run.stages[1].artifacts.model = "artifacts/model.bin";
        run.colophon.artifacts = {
          artifacts_version: 1,
          entries: {
            model: {
              path: "artifacts/model.bin",
              sha256: "ab".repeat(32),
              size_bytes: 7,
              form: "file",
              how: "copied",
              source: "model.bin",
            },
          },
        };
      },
    });
    const experiment = example("experiment-synthetic");
    expect(show("k3f9q2", "--utc").split("\n")).toEqual([
      "k3f9q2  train.py  ✓ completed  53.0 s  2026-11-20 10:42Z",
      "stages    run_metadata ✓ 0.4 s → execute ✓ 0.4 s → collect ✓ 0.4 s",
      expect.stringMatching(
        new RegExp(`^code {6}${experiment.git.sha.slice(0, 7)} ${experiment.git.branch} `),
      ),
      "data      made from seed 42",
      expect.stringMatching(/^params {4}/),
      expect.stringMatching(/^env {7}node 20/),
      "artifacts model  artifacts/model.bin  7 B  abab…abab  not here",
      "record    records/2026-11/20261120T104207Z_3f9c2e1_k3f9q2",
      "next      colophon show k3f9q2 --log      colophon tag k3f9q2 TAG",
      "",
    ]);
  });

  test("prints with --json what its schema says", () => {
    writeRecord(records());
    expect(facts("k3f9q2")).toMatchObject({
      id: "20261120T104207Z_3f9c2e1_k3f9q2",
      state: "completed",
      version: 3,
      elapsed_seconds: 53,
      stages: [{ name: "00_run_metadata" }, { name: "20_execute" }, { name: "30_collect" }],
      notes: [],
      findings: [],
      logs_scanned: true,
    });
  });

  test("says what a run of the program itself is made from, and what was left out of it", () => {
    repository.write("train.csv", "a,b\n1,2\n3,4\n");
    const token = `ghp_${"a1B2".repeat(9)}`;
    const words = [
      "run",
      "-q",
      "--data",
      "train=train.csv",
      "-p",
      "lr=3e-4",
      "--",
      "sh",
      "-c",
      "echo $0; exit 3",
      token,
    ];
    expect(repository.colophon(words).status).toBe(3);
    const id = runningId() as string;
    const text = show(id);
    expect(text).toMatch(/✗ failed/);
    expect(text).toMatch(/execute failed: exit status 3/);
    expect(text).toMatch(/data {6}train {2}\w{4}…\w{4} {2}12 B {2}2 rows/);
    expect(text).toMatch(/params {4}lr 0\.0003/);
    expect(text).toMatch(/2 secrets left out: github/);
    expect(text).not.toContain(token);
    expect(facts(id)).toMatchObject({
      state: "failed",
      inputs: [{ name: "train", bytes: 12, rows: 2, path: "train.csv" }],
      parameters: { lr: 0.0003 },
      logs: [
        { stream: "stdout", kept: true },
        { stream: "stderr", kept: true, bytes: 0 },
      ],
    });
  });

  test("shows a run of the origin project, and what its version did not record (M30)", () => {
    const folder = writeOriginRun(repository.root, "tail_20260402_073500");
    const text = show("tail_20260402_073500", "--utc");
    expect(text).toMatch(/my-project_blocked_tail {2}✓ completed {2}7 m 15 s {2}2026-04-02 07:35Z/);
    expect(text).toMatch(/response_curves · skipped → optimisation · skipped/);
    expect(text).toMatch(/response_curves skipped: No `response_curves` section/);
    writeFileSync(join(folder, "run_manifest.json"), JSON.stringify(example("run-version-0")));
    expect(facts("./tail_20260402_073500").defaulted).toContain("/config_path");
    const old = show("./tail_20260402_073500");
    expect(old).toMatch(/data {6}unknown: predates provenance/);
    expect(old).toMatch(/version {3}0, which did not record .* and \d+ more/);
  });

  test("says of a reference that it is one, and of whom its digest is", () => {
    const big = "0123456789abcdef".repeat(1000);
    repository.write("model.bin", big);
    const words = ["run", "-q", "--synthetic-seed", "1", "--artifact", "model=model.bin"];
    repository.colophon([...words, "--artifact-mode", "reference", "--", "true"]);
    const id = runningId() as string;
    expect(show(id)).toMatch(
      /artifacts model {2}artifacts\/model\.reference\.json {2}16\.0 kB {2}\w{4}…\w{4} {2}referenced, not copied\n/,
    );
    const [model] = (facts(id).artifacts as Json[]).filter(({ name }) => name === "model");
    expect(model).toMatchObject({
      how: "referenced",
      bytes: big.length,
      sha256: createHash("sha256").update(big).digest("hex"),
      absolute: expect.stringMatching(/model\.reference\.json$/),
      mtime_utc: expect.stringMatching(/Z$/),
    });
  });

  test("says why a run failed where no stage is to blame", () => {
    const { edit } = writeRecord(records(), { status: "failed" });
    edit((run) => {
      run.stages = run.stages.slice(0, 1);
      run.artifacts = Object.fromEntries(
        Object.entries(run.artifacts).filter(([name]) => name in run.stages[0].artifacts),
      );
      delete run.colophon.result;
      run.colophon.failure = { failure_version: 1, message: "the program threw:\nno such column" };
    });
    expect(show("k3f9q2")).toMatch(/\n {10}failed: the program threw:\n {12}no such column\n/);
    expect(facts("k3f9q2").failure).toBe("the program threw:\nno such column");
    expect(repository.colophon(["ls"]).stdout).toContain("failed: the program threw:");
    const [listed] = JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs;
    expect(listed.failure).toBe("the program threw:\nno such column");
  });

  test("says what is wrong with a record of the data, and takes it for none (M29)", () => {
    const folder = writeOriginRun(repository.root, "tail");
    writeFileSync(join(folder, "00_run_metadata/input_data_provenance.json"), "{}\n");
    const text = show("./tail");
    expect(text).toMatch(/\ndata {6}unknown: no record of it can be read\n/);
    expect(text).toMatch(/△ FACTS_INVALID {2}00_run_metadata\/input_data_provenance\.json: names neither/);
    expect(facts("./tail").findings).toMatchObject([{ code: "FACTS_INVALID", pointer: "", line: 1 }]);
    const whole = { ...inputFact, provenance_version: "1.0", row_count: 1, gone: undefined };
    writeFileSync(join(folder, "00_run_metadata/input_data_provenance.json"), JSON.stringify(whole));
    expect(show("./tail")).toMatch(/\ndata {6}data\/train\.csv {2}abab…abab {2}10 B {2}1 row\n/);
  });

  test("gives a note the lines it was written in", () => {
    writeRecord(records());
    repository.colophon(["note", "k3f9q2", "flat after epoch 3:\ntry a lower rate\u001b[2J"]);
    expect(show("k3f9q2")).toMatch(
      /\nnotes {5}\S+ \S+ {2}.*: flat after epoch 3:\n {12}try a lower rate\\u001b\[2J\n/,
    );
  });

  test("says what to type so that it can be typed", () => {
    const { folder, put } = writeRecord(join(repository.root, "sp äö"));
    const next = (...words: string[]) => {
      const [, line] = /\nnext {6}(.*)\n$/.exec(show(...words)) as RegExpExecArray;
      return (line as string).split("      ").map((one) => one.replace(/ TAG$/, " baseline"));
    };
    const lines = next(folder);
    expect(lines).toEqual([`colophon show '${folder}' --log`, `colophon tag '${folder}' baseline`]);
    for (const line of lines) {
      const { status } = repository.call("sh", [
        "-c",
        `colophon() { "${process.execPath}" "${cli}" "$@"; }; ${line}`,
      ]);
      expect([line, status]).toEqual([line, 0]);
    }
    put("run_manifest.json", `${JSON.stringify(example("run-completed"))}${" ".repeat(9_000_000)}`);
    const { status, stderr } = repository.colophon(["show", folder]);
    const [, line] = /(colophon show --max-bytes .*)\n/.exec(stderr) as RegExpExecArray;
    expect([status, line]).toEqual([3, expect.stringMatching(/--max-bytes 90\d+ '\/.*sp äö\/.*'$/)]);
    const { status: again } = repository.call("sh", [
      "-c",
      `colophon() { "${process.execPath}" "${cli}" "$@"; }; ${line}`,
    ]);
    expect(again).toBe(0);
    expect(repository.colophon(["ls", "--max-bytes", "10000000", "sp äö"]).stdout).toContain("completed");
    expect(repository.colophon(["diff", "--max-bytes", "10000000", folder, folder]).status).toBe(0);
    for (const command of ["show", "ls", "diff"]) {
      const refused = repository.colophon(
        [command, "--max-bytes", "many", folder, folder].slice(0, command === "diff" ? 5 : 4),
      );
      expect([refused.status, refused.stderr]).toEqual([
        2,
        expect.stringContaining(`colophon ${command} --max-bytes`),
      ]);
    }
  });

  test("takes an id, its beginning or end, and a path; nothing else, and one of them", () => {
    const { id } = writeRecord(records());
    for (const word of [
      id,
      id.slice(0, 10),
      "q2",
      `records/2026-11/${id}`,
      `records/2026-11/${id}/run_manifest.json`,
    ])
      expect(facts(word).id).toBe(id);
    const refusal = (...words: string[]) => {
      const { status, stderr } = repository.colophon(["show", ...words]);
      return [status, stderr];
    };
    expect(refusal()).toEqual([2, expect.stringContaining("NO_RUN_NAMED")]);
    expect(refusal(id, id)).toEqual([2, expect.stringContaining("NO_RUN_NAMED")]);
    expect(refusal("zzzzzz")).toEqual([2, expect.stringContaining("NO_SUCH_RUN")]);
    expect(refusal(id, "--json", "--follow")).toEqual([2, expect.stringContaining("BAD_FLAG_VALUE")]);
    expect(refusal("records")).toEqual([3, expect.stringContaining("NOT_A_RUN")]);
    rmSync(join(records(), id, "00_run_metadata/environment.json"));
    expect(refusal(id)).toEqual([3, expect.stringMatching(/ARTIFACT_GONE.*environment of 30_collect/s)]);
  });

  test("prints the output as it was, each stream to its own", () => {
    const bytes = 'printf "a\\033[31m\\377\\n"; printf "err\\n" >&2';
    repository.colophon(["run", "-q", "--synthetic-seed", "1", "--", "sh", "-c", bytes]);
    const { status, stdout, stderr } = repository.call("sh", [
      "-c",
      `"$0" "$1" show "$2" --log | od -An -c; "$0" "$1" show "$2" --log > /dev/null`,
      process.execPath,
      cli,
      runningId() as string,
    ]);
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toBe(" a 033 [ 3 1 m 377 \\n ");
    expect(stderr).toBe("err\nerr\n");
  });

  test("says so where no output is here", () => {
    const { folder } = writeRecord(records());
    rmSync(join(folder, "logs"), { recursive: true });
    const { status, stderr } = repository.colophon(["show", "k3f9q2", "--log"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("LOG_NOT_HERE")]);
    expect(show("k3f9q2")).not.toContain("--log");
  });
});

describe("colophon show --follow", () => {
  test("passes the output on while the run goes on, says how its stages go, and ends with it", async () => {
    const gate = join(repository.root, "gate");
    const script = `echo one; while [ ! -e ${gate} ]; do sleep 0.05; done; echo two; echo err >&2; exit 4`;
    start(["run", "-q", "--synthetic-seed", "1", "--", "sh", "-c", script]);
    await until(() => runningId() !== undefined);
    const id = runningId() as string;
    expect(repository.colophon(["show", id]).stdout).toMatch(
      new RegExp(`● running.*next {6}colophon show ${id.slice(-6)} --follow`, "s"),
    );
    const { child, said } = start(["show", id, "--follow"]);
    await until(() => said.stdout === "one\n");
    writeFileSync(gate, "");
    expect(await ended(child)).toBe(0);
    expect(said.stdout).toBe("one\ntwo\n");
    expect(said.stderr.replaceAll(/\d+\.\d s/g, "N s").split("\n")).toEqual([
      "┃ ✓ run_metadata  completed  N s",
      "┃ ● execute  running",
      expect.stringMatching(/^(err|┃ .*)$/),
      expect.stringMatching(/^(err|┃ ✗ execute {2}failed {2}N s {2}exit status 4)$/),
      expect.stringMatching(/^┃ ✓ collect {2}completed {2}N s$/),
      expect.stringMatching(/^┃ ✗ failed in execute: exit status 4 {2}\w{6} {2}sh {2}N s$/),
      "",
    ]);
  });

  test("ends when the run is found to be lost", async () => {
    const { child: tracker } = start([
      "run",
      "-q",
      "--synthetic-seed",
      "1",
      "--",
      "sh",
      "-c",
      "echo $$ > pid.new; mv pid.new pid; exec sleep 30",
    ]);
    await until(() => runningId() !== undefined);
    const id = runningId() as string;
    const { child, said } = start(["show", id, "--follow"]);
    await until(() => said.stderr.includes("execute  running"));
    await until(() => existsSync(join(repository.root, "pid")));
    tracker.kill("SIGKILL");
    process.kill(Number(repository.read("pid")), "SIGKILL");
    expect(await ended(child)).toBe(0);
    expect(said.stderr).toMatch(/┃ △ lost in execute {2}\w{6} {2}sh/);
    expect(facts(id)).toMatchObject({ state: "lost", elapsed_seconds: null, logs_scanned: false });
    expect(show(id)).toContain("log not scanned");
  });

  test("follows a run that cannot be looked at from here until its record has an end", async () => {
    const { put } = writeRecord(records(), { status: "running" });
    const { child, said } = start(["show", "k3f9q2", "--follow"]);
    await until(() => said.stdout.includes("epoch 1"));
    expect(said.stderr).toMatch(/^┃ △ .*; followed until it has an end\n/);
    put("run_manifest.json.new", example("run-completed"));
    renameSync(
      join(records(), runningId() as string, "run_manifest.json.new"),
      join(records(), runningId() as string, "run_manifest.json"),
    );
    expect(await ended(child)).toBe(0);
    expect(said.stderr).toMatch(/┃ ✓ completed, 3 stages {2}k3f9q2 {2}train\.py {2}53\.0 s\n$/);
  });

  test("shows a run that has ended at once", () => {
    writeRecord(records());
    expect(show("k3f9q2", "--follow")).toBe(show("k3f9q2"));
    expect(existsSync(join(records(), "20261120T104207Z_3f9c2e1_k3f9q2"))).toBe(true);
  });
});
