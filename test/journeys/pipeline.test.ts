import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { CommandFacts, Pipeline, RunArtifacts, RunManifest } from "../../src/generated/types.js";
import { defaultRules, kinds } from "../../src/kinds/table.js";
import { validateDocument } from "../../src/manifest/validate.js";
import { runFolders } from "./recorded-run.js";
import { cli, makeRepository, type Outcome, type Repository } from "./repository.js";

/** Five real commands on the penguins that ship with Colophon: prepare, fit, assess, one that is skipped, plot. */
const stages = {
  "prepare.mjs": `import { readFileSync, writeFileSync } from "node:fs";
    const rows = readFileSync("penguins.csv", "utf8").trim().split("\\n").map((line) => line.split(","));
    const [head, ...rest] = rows;
    const columns = ["bill_length_mm", "body_mass_g"].map((name) => head.indexOf(name));
    const clean = rest.map((row) => columns.map((at) => Number(row[at]))).filter((row) => row.every((n) => n > 0));
    writeFileSync("clean.json", JSON.stringify(clean));
    console.log("kept " + clean.length + " of " + rest.length);`,
  "fit.mjs": `import { readFileSync, writeFileSync } from "node:fs";
    const rows = JSON.parse(readFileSync("clean.json", "utf8"));
    const mean = (at) => rows.reduce((sum, row) => sum + row[at], 0) / rows.length;
    const [x, y] = [mean(0), mean(1)];
    const slope = rows.reduce((sum, row) => sum + (row[0] - x) * (row[1] - y), 0) / rows.reduce((sum, row) => sum + (row[0] - x) ** 2, 0);
    writeFileSync("model.json", JSON.stringify({ slope, intercept: y - slope * x }));
    console.log("slope " + slope.toFixed(3));`,
  "assess.mjs": `import { readFileSync, writeFileSync } from "node:fs";
    const rows = JSON.parse(readFileSync("clean.json", "utf8"));
    const { slope, intercept } = JSON.parse(readFileSync("model.json", "utf8"));
    const error = Math.sqrt(rows.reduce((sum, [x, y]) => sum + (y - slope * x - intercept) ** 2, 0) / rows.length);
    writeFileSync(process.env.COLOPHON_RUN_DIR + "/assessment.json", JSON.stringify({ rmse: error }) + "\\n");
    console.log(process.env.COLOPHON_STAGE, "rmse " + error.toFixed(1));`,
  "plot.mjs": `import { writeFileSync } from "node:fs";
    writeFileSync("plot.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");`,
} as const;

const node = (script: string) => [process.execPath, script];
const pipelines = {
  penguins: {
    stages: [
      { name: "10_prepare", command: node("prepare.mjs"), artifacts: { clean: "clean.json" } },
      { name: "20_fit", command: node("fit.mjs"), artifacts: { model: "model.json" } },
      { name: "30_assess", command: node("assess.mjs") },
      { name: "40_decompose", skippable: true, skip: "penguins have no media data" },
      { name: "60_plot", skippable: true, command: node("plot.mjs"), artifacts: { plot: "plot.svg" } },
    ],
    promoted: ["model", "plot"],
    required_to_complete: ["model"],
    versions: { penguins_version: "1.2" },
  },
  reporting: {
    stages: [
      {
        name: "10_fit",
        command: [
          process.execPath,
          "-e",
          `const fs = require("node:fs"), line = (said) => fs.appendFileSync(process.env.COLOPHON_RUN_DIR + "/logs/reported.jsonl", JSON.stringify(said) + "\\n");
          fs.writeFileSync("partial.bin", "half");
          line({ artifact: { name: "partial", path: process.cwd() + "/partial.bin" } });
          line({ artifact: { name: "never", path: process.cwd() + "/never.bin" } });
          process.exit(7)`,
        ],
      },
      { name: "20_never", command: ["true"] },
    ],
  },
  broken: {
    stages: [
      { name: "10_works", command: [process.execPath, "-e", "console.log(1)"] },
      { name: "20_breaks", command: [process.execPath, "-e", "process.exit(7)"] },
      { name: "30_never", command: [process.execPath, "-e", "console.log('never')"] },
    ],
  },
  forgetful: {
    stages: [{ name: "10_fit", command: [process.execPath, "-e", ""], artifacts: { model: "never.bin" } }],
    required_to_complete: ["model"],
  },
  slow: {
    stages: [10, 20, 30, 40, 50].map((number) => ({
      name: `${number}_wait`,
      command: [
        process.execPath,
        "-e",
        `setTimeout(() => require("fs").appendFileSync(process.env.DONE, "${number} "), 150)`,
      ],
    })),
  },
  stubborn: {
    stages: [
      { name: "10_ignores", command: ["sh", "-c", "trap '' TERM; echo ready; sleep 1"] },
      { name: "20_next", command: ["sh", "-c", "echo next"] },
    ],
  },
};

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write(
    "penguins.csv",
    readFileSync(new URL("../../examples/data/penguins.csv", import.meta.url), "utf8"),
  );
  for (const [name, text] of Object.entries(stages)) repository.write(name, text);
  repository.write("colophon.json", JSON.stringify({ pipelines }));
  repository.write(".gitignore", "clean.json\nmodel.json\nplot.svg\n");
  repository.commit("Add penguins");
});
afterAll(() => repository.remove());

type Run = RunManifest & {
  readonly penguins_version?: string;
  readonly colophon: { readonly pipeline: Pipeline; readonly artifacts: RunArtifacts };
};

function newest(): string {
  const times = runFolders(repository).map(
    (folder) =>
      [
        readFileSync(join(folder, "manifest.json"), "utf8").match(/"timestamp_utc": "(.*)"/)![1]!,
        folder,
      ] as const,
  );
  return times.sort().at(-1)![1];
}

function readRun(folder: string): Run {
  const run = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")) as Run;
  const profile = run.status === "completed" ? "complete" : "load";
  expect(validateDocument(run, kinds.run, defaultRules({ profile }))).toEqual([]);
  return run;
}

function runPipeline(name: string, ...flags: string[]): { outcome: Outcome; folder: string; run: Run } {
  const outcome = repository.colophon([
    "run",
    "--pipeline",
    name,
    "--data",
    "penguins=penguins.csv",
    ...flags,
  ]);
  const folder = newest();
  return { outcome, folder, run: readRun(folder) };
}

describe("colophon run --pipeline", () => {
  test("runs its commands in order, skips one with its reason, and keeps what they leave (M13-M18)", () => {
    const { outcome, folder, run } = runPipeline("penguins");
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe(
      "kept 342 of 344\nslope 87.415\n30_assess rmse 645.4\n".replace(
        "645.4",
        outcome.stdout.match(/rmse (\S+)/)![1]!,
      ),
    );
    expect(run.stages.map(({ name, status, message }) => [name, status, message])).toEqual([
      ["00_run_metadata", "completed", null],
      ["10_prepare", "completed", null],
      ["20_fit", "completed", null],
      ["30_assess", "completed", null],
      ["40_decompose", "skipped", "penguins have no media data"],
      ["60_plot", "completed", null],
      ["99_collect", "completed", null],
    ]);
    expect(run.artifacts).toMatchObject({ model: "artifacts/model.json", plot: "artifacts/plot.svg" });
    expect(run.artifacts).not.toHaveProperty("clean");
    expect(run.penguins_version).toBe("1.2");
    expect(run.colophon.artifacts.entries.model).toMatchObject({
      how: "copied",
      source: "model.json",
      form: "file",
    });
    expect(readFileSync(join(folder, "logs/20_fit/stdout.log"), "utf8")).toMatch(/^slope /);
    const sums = repository.call("sha256sum", ["-c", "SHA256SUMS"], {
      directory: folder.slice(repository.root.length + 1),
    });
    expect([sums.status, sums.stdout]).toEqual([0, expect.stringContaining("assessment.json: OK")]);
    const kept = repository.call("sha256sum", ["-c", "SHA256SUMS"], {
      directory: `${folder.slice(repository.root.length + 1)}/artifacts`,
    });
    expect([kept.status, kept.stdout]).toEqual([0, "clean.json: OK\nmodel.json: OK\nplot.svg: OK\n"]);
    const copy = JSON.parse(readFileSync(join(folder, "00_run_metadata/pipeline.json"), "utf8"));
    expect(copy).toEqual(run.colophon.pipeline);
    const command = JSON.parse(
      readFileSync(join(folder, "00_run_metadata/command.json"), "utf8"),
    ) as CommandFacts;
    expect(command).toMatchObject({ argv: [], stages: { "20_fit": node("fit.mjs") } });
    expect(JSON.parse(readFileSync(join(folder, "00_run_metadata/config.resolved.json"), "utf8"))).toEqual(
      {},
    );
  });

  test("means what colophon.json says from where it lies, wherever it is typed", () => {
    const config = { pipelines, data: { files: { penguins: "penguins.csv" } } };
    repository.write("colophon.json", JSON.stringify(config));
    repository.write("deep/er/README", "");
    for (const words of [
      ["--pipeline", "penguins"],
      ["--", "true"],
    ]) {
      const { status, stderr } = repository.colophon(["run", ...words], { directory: "deep/er" });
      expect([status, stderr]).toEqual([0, expect.stringContaining("344 rows")]);
    }
    repository.git("checkout", "--quiet", "colophon.json");
  });

  test("says each stage on stderr as it goes", () => {
    const { outcome } = runPipeline("penguins", "--skip", "60_plot=not today");
    expect(outcome.stderr).toMatch(/→ 10_prepare\n┃ ✓ 10_prepare {2}\S+ s\n/);
    expect(outcome.stderr).toContain("· 40_decompose  skipped: penguins have no media data\n");
    expect(outcome.stderr).toContain("· 60_plot  skipped: not today\n");
  });

  test("keeps what a stage reported before it failed, and says what was not there", () => {
    const { outcome, run, folder } = runPipeline("reporting");
    expect(outcome.status).toBe(7);
    expect(run.stages.map(({ name, status }) => [name, status])).toEqual([
      ["00_run_metadata", "completed"],
      ["10_fit", "failed"],
    ]);
    expect(run.stages.at(-1)?.artifacts).toMatchObject({ partial: "artifacts/partial.bin" });
    expect(readFileSync(join(folder, "artifacts/partial.bin"), "utf8")).toBe("half");
    const { entries, missing = [] } = run.colophon.artifacts;
    expect(entries.partial).toMatchObject({ how: "copied", path: "artifacts/partial.bin" });
    expect(missing.map(({ name }) => name)).toEqual(["never"]);
    expect(outcome.stderr).toMatch(/wrote +partial/);
    expect(repository.colophon(["verify", folder]).status).toBe(0);
  });

  test("stops at the first failure, with its status, and records what came before it (M43)", () => {
    const { outcome, run, folder } = runPipeline("broken");
    expect([outcome.status, outcome.stdout]).toEqual([7, "1\n"]);
    expect(run.status).toBe("failed");
    expect(run.stages.map(({ name, status, message }) => [name, status, message])).toEqual([
      ["00_run_metadata", "completed", null],
      ["10_works", "completed", null],
      ["20_breaks", "failed", "exit status 7"],
    ]);
    expect(existsSync(join(folder, "SHA256SUMS"))).toBe(true);
  });

  test("fails a stage that did not leave an artifact that the pipeline requires", () => {
    const { outcome, run } = runPipeline("forgetful");
    expect(outcome.status).toBe(1);
    expect(run.stages.at(-2)).toMatchObject({
      name: "10_fit",
      status: "failed",
      message: "artifact model: never.bin was not written",
    });
    expect(run.colophon.artifacts.missing).toEqual([
      { name: "model", source: "never.bin", reason: "never.bin was not written" },
    ]);
  });

  test("does not begin a stage after a signal that asked it to end", async () => {
    const tracker = spawn(process.execPath, [cli, "run", "--pipeline", "stubborn", "--synthetic-seed", "1"], {
      cwd: repository.root,
      env: repository.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let out = "";
    tracker.stdout.on("data", (chunk) => {
      out += chunk;
    });
    while (!out.includes("ready")) await setTimeout(10);
    tracker.kill("SIGTERM");
    const status = await new Promise((resolve) => tracker.on("exit", resolve));
    expect([status, out]).toEqual([1, "ready\n"]);
    expect(readRun(newest()).stages.at(-2)).toMatchObject({
      name: "20_next",
      status: "failed",
      message: "not started: SIGTERM arrived before",
    });
  });

  test.each([
    [["--pipeline", "nope"], "NO_SUCH_PIPELINE"],
    [["--pipeline", "meridian"], "NO_SUCH_PIPELINE"],
    [["--pipeline", "penguins", "--skip", "60_plot="], "BAD_FLAG_VALUE"],
    [["--pipeline", "penguins", "--skip", "20_fit"], "NOT_SKIPPABLE"],
    [["--pipeline", "penguins", "--skip", "21_fit"], "NO_SUCH_STAGE"],
    [["--pipeline", "penguins", "--", "true"], "PIPELINE_AND_COMMAND"],
    [["--skip", "20_fit", "--", "true"], "SKIP_WITHOUT_PIPELINE"],
    [["--artifact", "a=x", "--artifact", "a=y", "--", "true"], "ARTIFACT_TWICE"],
    [["--artifact", "a b=x", "--", "true"], "BAD_ARTIFACT_NAME"],
    [["--artifact", "a=", "--", "true"], "BAD_FLAG_VALUE"],
    [["--artifact-cap", "much", "--", "true"], "BAD_FLAG_VALUE"],
  ])("refuses %j with %s, and nothing is run", (words, code) => {
    const before = readdirSync(join(repository.root, "records/"), { recursive: true }).length;
    const { status, stderr } = repository.colophon(["run", "--synthetic-seed", "1", ...words]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(code)]);
    expect(readdirSync(join(repository.root, "records/"), { recursive: true }).length).toBe(before);
  });
});

describe("colophon run --from a pipeline's run", () => {
  test("runs the very commands, skips and artifacts again, whatever colophon.json says by now", () => {
    const { folder } = runPipeline("penguins", "--skip", "60_plot=not today");
    const changed = {
      ...pipelines,
      penguins: { stages: [{ name: "10_other", command: [process.execPath, "-e", "console.log('v2')"] }] },
    };
    repository.write("colophon.json", JSON.stringify({ pipelines: changed }));
    const { status, stdout } = repository.colophon(["run", "--from", folder.slice(-6)]);
    repository.git("checkout", "--quiet", "colophon.json");
    expect([status, stdout.split("\n")[0]]).toEqual([0, "kept 342 of 344"]);
    const run = readRun(newest());
    expect(run.stages.map(({ name, status, message }) => [name, status, message])).toEqual(
      readRun(folder).stages.map(({ name, status, message }) => [name, status, message]),
    );
    expect(Object.keys(run.colophon.artifacts.entries)).toEqual(
      Object.keys(readRun(folder).colophon.artifacts.entries),
    );
    expect(run.penguins_version).toBe("1.2");
  });
});

describe("a pipeline whose tracker is killed with SIGKILL after a stage (M37, P3)", () => {
  const rounds = process.env.COLOPHON_TEST_LONG ? 50 : 6;

  test(`leaves a valid prefix that is running, ${rounds} times`, async () => {
    const prefixes = new Map<number, number>();
    for (let round = 0; round < rounds; round += 1) {
      const done = join(repository.root, "..", `done-${round}`);
      const known = newest();
      const tracker = spawn(process.execPath, [cli, "run", "--pipeline", "slow", "--synthetic-seed", "1"], {
        cwd: repository.root,
        env: { ...repository.env, DONE: done },
        stdio: "ignore",
      });
      const exited = new Promise((resolve) => tracker.once("exit", resolve));
      const said = () => (existsSync(done) ? readFileSync(done, "utf8") : "");
      const stagesDone = () => said().split(" ").length - 1;
      while (stagesDone() <= round % 5) await setTimeout(3);
      await setTimeout((round * 13) % 60);
      tracker.kill("SIGKILL");
      await exited;
      const folder = newest();
      expect(folder).not.toBe(known);
      const run = readRun(folder);
      if (run.status === "completed") continue;
      expect(run).toMatchObject({ status: "running", finished_at: null });
      const names = ["00_run_metadata", "10_wait", "20_wait", "30_wait", "40_wait", "50_wait", "99_collect"];
      expect(run.stages.map(({ name }) => name)).toEqual(names.slice(0, run.stages.length));
      prefixes.set(run.stages.length, (prefixes.get(run.stages.length) ?? 0) + 1);
    }
    process.stderr.write(
      `killed after a stage: ${rounds}; prefixes by length: ${JSON.stringify([...prefixes])}\n`,
    );
  }, 300_000);
});
