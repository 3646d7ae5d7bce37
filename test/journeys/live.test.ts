import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Manifest, RunArtifacts, RunManifest } from "../../src/generated/types.js";
import { defaultRules, kinds } from "../../src/kinds/table.js";
import { validateDocument } from "../../src/manifest/validate.js";
import { watchRuns } from "./recorded-run.js";
import { makeRepository, type Outcome, type Repository } from "./repository.js";

const api = pathToFileURL(fileURLToPath(new URL("../../dist/index.js", import.meta.url))).href;
const open = `import { startRun, synthetic, external } from ${JSON.stringify(api)};
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const options = { params: { lr: 3e-4 }, dataProvenance: synthetic(42) };
const onDisk = (run) => JSON.parse(readFileSync(run.folder + "/run_manifest.json", "utf8"));
`;

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write(".gitignore", "*.bin\nscripts/\n");
  repository.write("data.csv", "a,b\n1,2\n");
  repository.write(
    "colophon.json",
    JSON.stringify({
      pipelines: {
        fit: {
          stages: [
            { name: "10_fit", command: ["true"] },
            { name: "20_plot", skippable: true, skip: "later" },
          ],
        },
      },
    }),
  );
  repository.commit("Data");
});
afterAll(() => repository.remove());

type Run = RunManifest & {
  readonly meridian_tools_version?: string;
  readonly colophon: { readonly artifacts?: RunArtifacts; readonly pipeline: { readonly name: string } };
};

interface Lived {
  readonly outcome: Outcome;
  readonly folder: string;
  readonly run: Run;
  readonly manifest: Manifest;
}

let scripts = 0;

/** Runs a program that records itself; what it prints last is the folder of its run. */
function live(body: string, env: NodeJS.ProcessEnv = {}): Lived {
  scripts += 1;
  const script = repository.write(`scripts/live-${scripts}.mjs`, `${open}${body}`);
  const newRuns = watchRuns(repository);
  const outcome = repository.call(process.execPath, [script], { env });
  const [folder = ""] = newRuns();
  return { outcome, ...readRecord(folder) };
}

function readRecord(folder: string): Omit<Lived, "outcome"> {
  if (folder === "") return { folder, run: {} as Run, manifest: {} as Manifest };
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const run = read("run_manifest.json") as Run;
  const profile = run.status === "completed" ? "complete" : "load";
  expect(validateDocument(run, kinds.run, defaultRules({ profile }))).toEqual([]);
  const manifest = read("manifest.json") as Manifest;
  expect(validateDocument(manifest, kinds.experiment, defaultRules())).toEqual([]);
  return { folder, run, manifest };
}

const stagesOf = ({ stages }: Run) => stages.map(({ name, status, message }) => [name, status, message]);

describe("startRun", () => {
  test("records stages, artifacts and the end, each on disk at once (M37)", () => {
    const { outcome, folder, run, manifest } = live(`
      const run = await startRun(options);
      console.log(onDisk(run).status, onDisk(run).stages.length);
      const result = await run.stage("20_model_fit", async (stage) => {
        console.log(onDisk(run).stages.at(-1).status);
        writeFileSync("model.bin", "weights");
        const kept = await stage.artifact("meridian_model", "model.bin");
        console.log(kept.path, kept.size_bytes);
        return 17;
      });
      console.log(result, onDisk(run).stages.at(-1).status);
      await run.stage("40_decomposition", (stage) => stage.skip("no media data"));
      writeFileSync("extra.bin", "x");
      await run.artifact("extra", "extra.bin");
      await run.finish();
      console.log(onDisk(run).status, run.run.status);`);
    expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
    expect(outcome.stdout.split("\n").slice(0, -1)).toEqual([
      "running 1",
      "running",
      "artifacts/meridian_model.bin 7",
      "17 completed",
      "completed completed",
    ]);
    expect(stagesOf(run)).toEqual([
      ["00_run_metadata", "completed", null],
      ["20_model_fit", "completed", null],
      ["40_decomposition", "skipped", "no media data"],
      ["99_collect", "completed", null],
    ]);
    expect(run.stages.at(-1)!.artifacts).toMatchObject({ extra: "artifacts/extra.bin" });
    expect(run.colophon.artifacts!.entries).toMatchObject({
      meridian_model: { how: "copied" },
      extra: { how: "copied" },
    });
    expect(manifest).toMatchObject({
      params: { lr: 3e-4 },
      data_provenance: { kind: "synthetic", seed: 42 },
    });
    for (const directory of [folder, join(folder, "artifacts")]) {
      const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], {
        directory: directory.slice(repository.root.length + 1),
      });
      expect([sums.status, sums.stderr]).toEqual([0, ""]);
    }
  });

  test("fails the stage and the run with the message of what a stage throws, and throws it on", () => {
    const { outcome, run } = live(
      `
      const run = await startRun(options);
      try {
        await run.stage("10_fit", () => { throw new RangeError("the loss is NaN"); });
      } catch (error) {
        console.log(error.name, onDisk(run).status);
      }`,
    );
    expect([outcome.status, outcome.stdout]).toEqual([0, "RangeError failed\n"]);
    expect(run).toMatchObject({ status: "failed" });
    expect(stagesOf(run)[1]).toEqual(["10_fit", "failed", "the loss is NaN"]);
  });

  test("leaves no secret of a message in the record", () => {
    const { folder } = live(`
      const run = await startRun(options);
      await run.fail(new Error("401 for https://me:hunter2secret@example.com/x"));`);
    expect(readFileSync(join(folder, "run_manifest.json"), "utf8")).not.toContain("hunter2secret");
  });

  test.each([
    ["exits with 0", "process.exit(0);", 0],
    ["exits with 3", "process.exit(3);", 3],
    ["throws", 'throw new Error("boom");', 1],
    ["just ends", "", 0],
  ])("a process that %s without finish is recorded as failed, never completed", (_, last, status) => {
    const { outcome, run } = live(`const run = await startRun(options);
      await run.stage("10_fit", () => {});
      ${last}`);
    expect(outcome.status).toBe(status);
    expect(run).toMatchObject({ status: "failed" });
    expect(run.finished_at).not.toBeNull();
  });

  test("a process that exits inside a stage fails that stage, with the status", () => {
    const { run } = live(
      'const run = await startRun(options); await run.stage("10_fit", () => process.exit(4));',
    );
    expect(stagesOf(run).at(-1)).toEqual([
      "10_fit",
      "failed",
      "the process ended with status 4, without finish()",
    ]);
  });

  test("a process that is killed leaves a run that says it is running", async () => {
    const script = repository.write(
      "scripts/killed.mjs",
      `${open}const run = await startRun(options); await run.stage("10_fit", () => new Promise((resolve) => { console.log(run.folder); setTimeout(resolve, 60000); }));`,
    );
    const child = spawn(process.execPath, [script], {
      cwd: repository.root,
      env: repository.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let folder = "";
    child.stdout.on("data", (chunk) => {
      folder += chunk;
    });
    for (let waited = 0; !folder.includes("\n") && waited < 20_000; waited += 10) await setTimeout(10);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    const { run } = readRecord(folder.trim());
    expect(run).toMatchObject({ status: "running", finished_at: null });
    expect(stagesOf(run).at(-1)).toEqual(["10_fit", "running", null]);
  });

  test("`await using` fails a run that was left without finish", () => {
    const { run } = live(`
      const run = await startRun(options);
      await run[Symbol.asyncDispose]();
      await run[Symbol.asyncDispose]();`);
    expect(run.status).toBe("failed");
    const finished = live(
      "const run = await startRun(options); await run.finish(); await run[Symbol.asyncDispose]();",
    );
    expect(finished.run.status).toBe("completed");
  });

  test("does not change a run that has ended (C27)", () => {
    const { outcome, run } = live(`
      const run = await startRun(options);
      await run.finish();
      for (const late of [() => run.finish(), () => run.fail("late"), () => run.artifact("a", "data.csv"), () => run.stage("10_late", () => {})])
        await late().catch(({ name, code }) => console.log(name, code));`);
    expect(outcome.stdout).toBe("LifecycleError RUN_FROZEN\n".repeat(4));
    expect(run.status).toBe("completed");
  });

  test.each([
    ['run.stage("fit", () => {})', "BAD_STAGE_NAME"],
    ['run.stage("99_last", () => {})', "BAD_STAGE_NAME"],
    ['run.stage("20_b", () => {}).then(() => run.stage("10_a", () => {}))', "STAGE_OUT_OF_ORDER"],
    ['run.stage("20_b", () => run.stage("30_c", () => {}))', "STAGE_OPEN"],
    ['run.stage("20_b", () => run.finish())', "STAGE_OPEN"],
    ['run.stage("20_b", (stage) => stage.skip(" "))', "NO_SKIP_REASON"],
    [
      'run.stage("20_b", async (stage) => { await stage.artifact("a", "data.csv"); stage.skip("late"); })',
      "STAGE_HAS_ARTIFACTS",
    ],
    ['run.artifact("a", "data.csv").then(() => run.artifact("a", "data.csv"))', "ARTIFACT_TWICE"],
    ['run.artifact("a b", "data.csv")', "BAD_ARTIFACT_NAME"],
    ['run.artifact("a", "nowhere.bin")', "ARTIFACT_NOT_WRITTEN"],
    ['run.artifact("a", run.folder + "/manifest.json")', "ARTIFACT_IS_RECORD"],
  ])("refuses %s with %s", (call, code) => {
    const { outcome, run } = live(`
      const run = await startRun(options);
      await ${call}.catch(({ code }) => console.log(code));`);
    expect(outcome.stdout).toBe(`${code}\n`);
    expect(run.status).toBe("failed");
  });

  test("follows the stages of a pipeline of colophon.json, and is not complete without them", () => {
    const { outcome, run } = live(`
      const run = await startRun({ ...options, pipeline: "fit" });
      await run.finish().catch(({ code, message }) => console.log(code, message));
      await run.stage("20_plot", () => {}).catch(({ code }) => console.log(code));
      await run.stage("10_fit", () => {});
      await run.stage("20_plot", (stage) => stage.skip("no display"));
      await run.finish();`);
    expect(outcome.stdout).toBe(
      "RUN_INCOMPLETE a run of the pipeline fit is not complete without 10_fit, 20_plot\nSTAGE_OUT_OF_ORDER\n",
    );
    expect(run).toMatchObject({ status: "completed", colophon: { pipeline: { name: "fit" } } });
    const unknown = live(
      'await startRun({ ...options, pipeline: "nope" }).catch(({ code }) => console.log(code));',
    );
    expect([unknown.outcome.stdout, unknown.folder]).toEqual(["NO_SUCH_PIPELINE\n", ""]);
  });

  test("records the seven stages of the origin project's pipeline, diagnostics and all (M21-M28)", () => {
    const { run, outcome } = live(`
      const run = await startRun({ ...options, pipeline: "meridian", versions: { meridian_tools_version: "0.3.0", meridian_version: null } });
      writeFileSync("diagnostics.json", "{}");
      await run.stage("10_validation", (stage) => stage.skip("nothing to validate"));
      await run.stage("20_model_fit", () => {});
      await run.stage("30_model_assessment", () => {});
      await run.stage("40_decomposition", () => {});
      await run.stage("60_response_curves", (stage) => stage.skip("absent"));
      await run.stage("70_optimisation", (stage) => stage.skip("absent"));
      await run.finish().catch(({ code, message }) => console.log(code, message));`);
    expect(outcome.stdout).toContain(
      "RUN_INCOMPLETE a run of the pipeline meridian is not complete without diagnostics_bundle",
    );
    expect(run.status).toBe("failed");
    const whole = live(`
      const run = await startRun({ ...options, pipeline: "meridian", versions: { meridian_tools_version: "0.3.0", meridian_version: null } });
      await run.stage("10_validation", (stage) => stage.skip("nothing to validate"));
      await run.stage("20_model_fit", () => {});
      await run.stage("30_model_assessment", (stage) => stage.artifact("diagnostics_bundle", "diagnostics.json"));
      await run.stage("40_decomposition", () => {});
      await run.stage("60_response_curves", (stage) => stage.skip("absent"));
      await run.stage("70_optimisation", (stage) => stage.skip("absent"));
      await run.finish();`);
    expect(whole.outcome.stderr).toBe("");
    expect(whole.run).toMatchObject({
      status: "completed",
      meridian_tools_version: "0.3.0",
      meridian_version: null,
      artifacts: { diagnostics_bundle: "artifacts/diagnostics_bundle.json" },
    });
    expect(whole.run.stages).toHaveLength(7);
  });

  test("digests the data it is given, and refuses to start without provenance", () => {
    const { manifest } = live(
      'const run = await startRun({ data: { train: "data.csv" } }); await run.finish();',
    );
    expect(manifest.data_provenance).toMatchObject({
      kind: "external",
      hashes: { train: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const none = live("await startRun({}).catch(({ name, code }) => console.log(name, code));");
    expect([none.outcome.stdout, none.folder]).toEqual(["RefusedError NO_PROVENANCE\n", ""]);
    const both = live(
      'await startRun({ ...options, data: { train: "data.csv" } }).catch(({ code }) => console.log(code));',
    );
    expect(both.outcome.stdout).toBe("TWO_PROVENANCES\n");
  });

  test("has no command that --from could run again, until one is typed (NOTHING_TO_REPEAT)", () => {
    const { folder } = live("const run = await startRun(options); await run.finish();");
    const refused = repository.colophon(["run", "--from", folder.slice(-6)]);
    expect([refused.status, refused.stderr]).toEqual([125, expect.stringContaining("NOTHING_TO_REPEAT")]);
    expect(repository.colophon(["run", "--from", folder.slice(-6), "--", "echo", "again"]).stdout).toBe(
      "again\n",
    );
  });

  test("has an artifact on record when its call returns (P2)", () => {
    const { outcome } = live(`
      const run = await startRun(options);
      const names = () => Object.keys(onDisk(run).colophon.artifacts.entries).join();
      await run.artifact("whole", "data.csv");
      console.log(names());
      await run.stage("10_fit", async (stage) => {
        await stage.artifact("model", "data.csv");
        console.log(names(), JSON.stringify(onDisk(run).stages.at(-1).artifacts));
        void stage.artifact("late", "data.csv");
      });
      console.log(JSON.stringify(onDisk(run).stages.at(-1).artifacts));
      await run.finish();`);
    expect(outcome.stdout.split("\n").slice(0, -1)).toEqual([
      "whole",
      'model,whole {"model":"artifacts/model.csv"}',
      '{"late":"artifacts/late.csv","model":"artifacts/model.csv"}',
    ]);
  });

  test("keeps what was acknowledged when the process then exits, with sums and the reason", () => {
    const { folder, run } = live(`
      const run = await startRun(options);
      await run.artifact("whole", "data.csv");
      process.exit(0);`);
    expect(run).toMatchObject({
      status: "failed",
      colophon: {
        artifacts: { entries: { whole: { path: "artifacts/whole.csv" } } },
        failure: { message: "the process ended with status 0, without finish()" },
      },
    });
    const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], {
      directory: folder.slice(repository.root.length + 1),
    });
    expect([sums.status, sums.stderr]).toEqual([0, ""]);
  });

  test("says why it failed where no stage is to blame", () => {
    const { run } = live(
      'const run = await startRun(options); await run.stage("10_a", () => {}); await run.fail(new Error("disk melted"));',
    );
    expect(run).toMatchObject({ status: "failed", colophon: { failure: { message: "disk melted" } } });
  });

  test("lets the caller hear of its own error, whatever that says and whatever the record suffers", () => {
    const { outcome, run } = live(`
      const run = await startRun(options);
      await run.stage("10_a", () => { throw new Error("bad \\ud800 " + "x".repeat(5000)); }).catch(({ message }) => console.log(message.length));`);
    expect(outcome.stdout).toBe("5006\n");
    expect(run.stages.at(-2)!.message).toMatch(/^bad \ufffd x+ … and 3006 more characters$/);
    const gone = live(
      `
      import { rmSync } from "node:fs";
      const run = await startRun(options);
      console.log(await run.stage("10_a", () => { rmSync(run.folder, { recursive: true }); return 17; }));
      await run.finish().catch(({ name }) => console.log(name));`
        .replace("import { rmSync }", "import { rmSync as remove }")
        .replace("rmSync(run", "remove(run"),
    );
    expect([gone.outcome.status, gone.outcome.stdout]).toEqual([0, "17\nFileError\n"]);
    expect(gone.outcome.stderr).toContain("could not be written");
  });

  test.each([
    ["{ params: [1], dataProvenance: synthetic(1) }", "BAD_ARGUMENT"],
    ["{ dataProvenance: null }", "BAD_ARGUMENT"],
    ['{ dataProvenance: { kind: "x" } }', "BAD_ARGUMENT"],
    ["{ ...options, paramz: {} }", "UNKNOWN_OPTION"],
    ['{ ...options, artifactMode: "zz" }', "BAD_ARGUMENT"],
  ])("refuses to start with %s: %s", (given, code) => {
    const { outcome, folder } = live(`await startRun(${given}).catch(({ code }) => console.log(code));`);
    expect([outcome.stdout, folder]).toEqual([`${code}\n`, ""]);
  });

  test.each([
    ['run.artifact("num", 5)', "BAD_ARGUMENT"],
    ['run.artifact("a", "data.csv", { mode: "zz" })', "BAD_ARGUMENT"],
    ['run.artifact("config_source", "data.csv")', "BAD_ARTIFACT_NAME"],
    ['run.artifact("ghp_0123456789abcdefghijABCDEFGHIJ012345", "data.csv")', "SECRET_IN_ARTIFACT"],
    ['run.stage("30_x")', "BAD_ARGUMENT"],
  ])("refuses %s with %s, and goes on", (call, code) => {
    const { outcome, run } = live(`
      const run = await startRun(options);
      await ${call}.catch(({ code }) => console.log(code));
      await run.finish();`);
    expect([outcome.stdout, run.status]).toEqual([`${code}\n`, "completed"]);
  });

  test("has no place for an artifact outside the stages of the origin project's pipeline (STAGE_NEEDED)", () => {
    const { outcome } = live(`
      const run = await startRun({ ...options, pipeline: "meridian", versions: { meridian_tools_version: "0.3.0", meridian_version: null } });
      await run.artifact("diagnostics_bundle", "data.csv").catch(({ code }) => console.log(code));`);
    expect(outcome.stdout).toBe("STAGE_NEEDED\n");
  });

  test("names the run it was started inside of, and leaves the record to rank 0 (RUN_OF_ANOTHER_RANK)", () => {
    const id = "20261120T104207Z_3f9c2e1_k3f9q2";
    const { folder } = live("const run = await startRun(options); await run.finish();", {
      COLOPHON_RUN_ID: id,
    });
    expect(JSON.parse(readFileSync(join(folder, "00_run_metadata/command.json"), "utf8")).parent).toBe(id);
    const follower = live(
      `const run = await startRun(options);
       console.log(run.isRecorded, await run.stage("10_fit", async (stage) => [5, await stage.artifact("a", "data.csv")]));
       try { run.id } catch ({ code }) { console.log(code) }
       await run.finish();`,
      { RANK: "1", WORLD_SIZE: "2", LOCAL_RANK: "1" },
    );
    expect([follower.folder, follower.outcome.stdout]).toEqual([
      "",
      "false [ 5, null ]\nRUN_OF_ANOTHER_RANK\n",
    ]);
  });
});
