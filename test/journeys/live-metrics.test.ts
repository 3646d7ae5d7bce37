import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type MetricPoint, readMetrics } from "../../src/store/metrics/read-journals.js";
import { watchRuns } from "./recorded-run.js";
import { makeRepository, type Repository } from "./repository.js";

const api = pathToFileURL(fileURLToPath(new URL("../../dist/index.js", import.meta.url))).href;

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write(".gitignore", "*.mjs\n");
  repository.commit("Ignore");
});
afterAll(() => repository.remove());

/** Runs a program that records itself, and reads what it logged. */
async function live(body: string, env: NodeJS.ProcessEnv = {}) {
  const newRuns = watchRuns(repository);
  repository.write(
    "live.mjs",
    `import { startRun, synthetic } from ${JSON.stringify(api)};
     import { mkdirSync, rmSync } from "node:fs";
     const run = await startRun({ dataProvenance: synthetic(42) });
     const refusal = (work) => { try { work(); } catch (error) { console.log(error.code + ": " + error.message); } };
     ${body}`,
  );
  const outcome = repository.call(process.execPath, ["live.mjs"], { env });
  const [folder = ""] = newRuns();
  const reading = readMetrics(folder);
  const points: MetricPoint[] = [];
  for await (const point of reading) points.push(point);
  const run = folder === "" ? undefined : JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8"));
  return { ...outcome, folder, points, problems: reading.problems, run };
}

const curve = (points: readonly MetricPoint[]) =>
  points.map(({ metric, step, value }) => [metric, step, value]);

describe("run.params, run.summary and run.tag", () => {
  test("are put on record when the run ends, without secrets", async () => {
    const { status, stdout, stderr, folder, run } = await live(`
      console.log(run.params({ layers: [1, 2], api_key: "sk-proj-0123456789abcdefghijABCD" }), run.tag("baseline"), run.summary({ best: 7 }));
      refusal(() => run.params(3));
      refusal(() => run.tag(" a"));
      await run.stage("10_fit", () => {});
      await run.finish();
      refusal(() => run.tag("late"));`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.slice(0, 40)),
    ).toEqual([
      "true true true",
      "BAD_ARGUMENT: what params reports must b",
      "BAD_ARGUMENT: a tag must be a text of 1 ",
      expect.stringMatching(/^RUN_FROZEN: /),
    ]);
    const lines = readFileSync(join(folder, "00_run_metadata/params.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { params: { layers: [1, 2], api_key: expect.stringMatching(/^«redacted:/) } },
      { tags: ["baseline"] },
      { summary: { best: 7 } },
    ]);
    expect(readdirSync(join(folder, "logs")).filter((name) => name.endsWith(".jsonl"))).toEqual([]);
    expect(run.stages.at(-1).artifacts.reported).toBe("00_run_metadata/params.jsonl");
  });
});

describe("a program that leaves its run without an end", () => {
  const body = (end: string) => `
    run.params({ layers: 3, api_key: "sk-proj-0123456789abcdefghijABCD" });
    run.tag("mine");
    for (let step = 0; step < 4; step += 1) run.log({ loss: 1 / (step + 1) }, { step });
    ${end}`;
  const facts = (folder: string, name: string) => join(folder, "00_run_metadata", name);
  const shown = (folder: string) => JSON.parse(repository.colophon(["show", "--json", folder]).stdout);
  const asked = (folder: string) =>
    repository
      .colophon(["ls", "--csv", "--columns", "id,metrics.loss,params.layers"])
      .stdout.split("\r\n")
      .find((line) => line.startsWith(basename(folder)));

  test.each([
    ["exits", "process.exit(3);", 3],
    ["throws", 'throw new Error("boom");', 1],
  ])("and %s has its metrics and reports on record", async (_how, end, status) => {
    const { folder, run, ...outcome } = await live(body(end));
    expect(outcome.status).toBe(status);
    expect(run.status).toBe("failed");
    const summary = JSON.parse(readFileSync(facts(folder, "metrics_summary.json"), "utf8"));
    expect(summary.metrics.loss).toMatchObject({ count: 4, last: { value: 0.25, step: 3 } });
    expect(readFileSync(facts(folder, "params.jsonl"), "utf8")).not.toContain("sk-proj");
    expect(existsSync(join(folder, "logs/reported.jsonl"))).toBe(false);
    expect(shown(folder)).toMatchObject({ metrics: { source: "record", metrics: { loss: { count: 4 } } } });
    expect(asked(folder)).toMatch(/,0\.25,3$/);
    expect(repository.colophon(["verify", folder]).status).toBe(0);
    expect(
      repository.call("sha256sum", ["-c", "SHA256SUMS"], {
        directory: folder.slice(repository.root.length + 1),
      }).status,
    ).toBe(0);
  });

  test("and has logged more than can be read on the way out is summed up by whoever reads it", async () => {
    const { folder, run } = await live(
      body(`
      const { appendFileSync } = await import("node:fs");
      const line = JSON.stringify({ step: 9, metrics: { loss: 9, note: 1 } }) + " ".repeat(1000) + "\\n";
      for (let at = 0; at < 36; at += 1) appendFileSync(run.folder + "/metrics.jsonl", line.repeat(1000));
      process.exit(3);`),
    );
    expect(run.status).toBe("failed");
    expect(existsSync(facts(folder, "metrics_summary.json"))).toBe(false);
    expect(existsSync(facts(folder, "params.jsonl"))).toBe(true);
    expect(shown(folder)).toMatchObject({
      metrics: { source: "journals", metrics: { loss: { count: 36_004, last: { value: 9 } } } },
    });
  });

  test("and is killed has them where they were said, and on record once it is recorded as lost", async () => {
    const killed = await live(body('process.kill(process.pid, "SIGKILL");'));
    const exited = await live(body("process.exit(3);"));
    const { folder } = killed;
    expect(killed.signal).toBe("SIGKILL");
    expect(shown(folder)).toMatchObject({
      state: "lost",
      metrics: { source: "journals", metrics: { loss: { count: 4 } } },
      tags: ["mine"],
    });
    const diff = JSON.parse(repository.colophon(["diff", "--json", folder, exited.folder]).stdout);
    expect(diff.metrics).toMatchObject({ outcome: "same" });
    expect(asked(folder)).toMatch(/,0\.25,3$/);
    expect(repository.colophon(["doctor", "--reconcile", folder]).status).toBe(0);
    expect(JSON.parse(readFileSync(facts(folder, "metrics_summary.json"), "utf8")).metrics.loss.count).toBe(
      4,
    );
    expect(readFileSync(facts(folder, "params.jsonl"), "utf8")).not.toContain("sk-proj");
    expect(existsSync(join(folder, "logs/reported.jsonl"))).toBe(true);
    expect(asked(folder)).toMatch(/,0\.25,3$/);
    expect(shown(folder)).toMatchObject({ tags: ["mine"], metrics: { source: "record" } });
    expect(repository.colophon(["validate", folder]).status).toBe(0);
  });
});

describe("run.log", () => {
  test("keeps every point, in and outside of stages", async () => {
    const { status, stderr, points, problems, run, folder } = await live(`
      await run.stage("10_fit", () => {
        for (let step = 0; step < 3; step += 1) run.log({ loss: 1 / (step + 1), "val/é": step }, { step });
      });
      console.log(run.log({ loss: NaN, norm: -Infinity }), run.log({ loss: 5 }, { step: 1, durable: true }), run.log({}));
      await run.finish();`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(curve(points)).toEqual([
      ["loss", 0, 1],
      ["val/é", 0, 0],
      ["loss", 1, 0.5],
      ["val/é", 1, 1],
      ["loss", 2, 1 / 3],
      ["val/é", 2, 2],
      ["loss", null, Number.NaN],
      ["norm", null, Number.NEGATIVE_INFINITY],
      ["loss", 1, 5],
    ]);
    expect(problems).toEqual([]);
    expect(points[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(run.status).toBe("completed");
    expect(readFileSync(join(folder, "metrics.jsonl"), "utf8").split("\n")[1]).toMatch(
      /^\{"step":1,"time":"[^"]+","metrics":\{"loss":0\.5,"val\/é":1\}\}$/,
    );
  });

  test("takes metrics, and says what is none (BAD_ARGUMENT, RUN_FROZEN)", async () => {
    const { stdout, points } = await live(`
      refusal(() => run.log({ loss: "0.3" }));
      refusal(() => run.log({ "": 1 }));
      refusal(() => run.log({ "a\\nb": 1 }));
      refusal(() => run.log([1]));
      refusal(() => run.log({ loss: 1 }, { step: "2" }));
      refusal(() => run.log({ loss: 1 }, { step: 2 ** 60 }));
      refusal(() => run.log({ loss: 1 }, { at: 2 }));
      refusal(() => run.log({ loss: 1 }, 2));
      refusal(() => run.log({ loss: 1 }, null));
      refusal(() => run.log({ loss: 1 }, { durable: 1 }));
      refusal(() => run.log(Object.fromEntries(Array.from({ length: 60000 }, (_, at) => ["a long name of a metric " + at, at]))));
      await run.fail(new Error("enough"));
      refusal(() => run.log({ loss: 1 }));`);
    expect(stdout.trim().split("\n")).toEqual([
      'BAD_ARGUMENT: the metric loss must be a number, found the string "0.3"',
      'BAD_ARGUMENT: the name of a metric is empty: ""',
      'BAD_ARGUMENT: the name of a metric holds a control character: "a\\nb"',
      "BAD_ARGUMENT: the metrics of log must be an object of numbers by name, found an array of 1",
      'BAD_ARGUMENT: step of log must be a number of at most 2^53 - 1, or null, found the string "2"',
      "BAD_ARGUMENT: step of log must be a number of at most 2^53 - 1, or null, found the integer 1152921504606847000",
      'BAD_ARGUMENT: an option of log must be step or durable, found the string "at"',
      "BAD_ARGUMENT: what follows the metrics of log must be an object such as { step: 3 }, found the integer 2",
      "BAD_ARGUMENT: what follows the metrics of log must be an object such as { step: 3 }, found null",
      "BAD_ARGUMENT: durable of log must be true or false, found the integer 1",
      "BAD_ARGUMENT: the metrics of one call must fit 1048576 bytes",
      expect.stringMatching(/^RUN_FROZEN: /),
    ]);
    expect(points).toEqual([]);
  });

  test("lets the program go on where nothing can be written, and says so once", async () => {
    const { status, stdout, stderr, points, run } = await live(`
      mkdirSync(run.folder + "/metrics.jsonl");
      console.log(run.log({ loss: 1 }), run.log({ loss: 2 }));
      rmSync(run.folder + "/metrics.jsonl", { recursive: true });
      console.log(run.log({ loss: 3 }));
      await run.stage("10_fit", () => {});
      await run.finish();`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "false false\ntrue\n" });
    expect(curve(points)).toEqual([["loss", null, 3]]);
    expect(run.status).toBe("completed");
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^colophon: metrics are not kept: .*EISDIR.*the program goes on$/),
      expect.stringMatching(/^colophon: 2 calls of log were not kept in .*metrics\.jsonl$/),
    ]);
  });

  test("does nothing in a process of a job that does not write the run", async () => {
    const { status, stdout, folder } = await live("console.log(run.isRecorded, run.log({ loss: 1 }));", {
      RANK: "1",
      WORLD_SIZE: "2",
    });
    expect({ status, stdout, folder }).toEqual({ status: 0, stdout: "false false\n", folder: "" });
  });
});
