import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { MetricsSummary, RunArtifacts, RunManifest } from "../../src/generated/types.js";
import { metrics_summary } from "../../src/generated/validators.js";
import { readMetrics } from "../../src/index.js";
import { defaultRules, kinds } from "../../src/kinds/table.js";
import { validateDocument } from "../../src/manifest/validate.js";
import { expectOutput } from "./matches-schema.js";
import { watchRuns } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
});
afterAll(() => repository.remove());

type Run = RunManifest & { readonly colophon: { readonly artifacts?: RunArtifacts } };

/** Runs a line of shell under Colophon. */
function wrapped(script: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const newRuns = watchRuns(repository);
  const outcome = repository.colophon(["run", "--synthetic-seed", "1", ...words, "--", "sh", "-c", script], {
    env,
  });
  const [folder = ""] = newRuns();
  const run = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")) as Run;
  expect(validateDocument(run, kinds.run, defaultRules({ profile: "load" }))).toEqual([]);
  const find = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : null;
  const text = find("00_run_metadata/metrics_summary.json");
  const summary = text === null ? null : (JSON.parse(text) as MetricsSummary);
  if (summary !== null) {
    metrics_summary(summary);
    expect(metrics_summary.errors).toBeNull();
  }
  return { ...outcome, folder, run, find, summary };
}

describe("a wrapped command that adds lines to $COLOPHON_METRICS", () => {
  test("has them summarised in a file that Git tracks and the sums cover", () => {
    const { status, summary, run, folder } = wrapped(`
      for step in 1 2 3; do echo "{\\"step\\":$step,\\"metrics\\":{\\"loss\\":0.$((5 - step)),\\"acc\\":0.$step}}" >> "$COLOPHON_METRICS"; done
      echo '{"step":4,"metrics":{"loss":NaN}}' >> "$COLOPHON_METRICS"
      echo '{"step":2,"metrics":{"loss":0.25}}' >> "$COLOPHON_METRICS"`);
    expect(status).toBe(0);
    expect(summary).toEqual({
      metrics_summary_version: 1,
      metrics: {
        loss: {
          count: 5,
          nan: 1,
          last: { value: 0.25, step: 2 },
          min: { value: 0.2, step: 3 },
          max: { value: 0.4, step: 1 },
        },
        acc: {
          count: 3,
          nan: 0,
          last: { value: 0.3, step: 3 },
          min: { value: 0.1, step: 1 },
          max: { value: 0.3, step: 3 },
        },
      },
      left_out: { secret: 0, beyond_the_first_names: 0 },
      unread: [],
    });
    const path = "00_run_metadata/metrics_summary.json";
    expect(run.stages.at(-1)?.artifacts.metrics_summary).toBe(path);
    expect(readFileSync(join(folder, "SHA256SUMS"), "utf8")).toContain(`  ${path}\n`);
    expect(
      repository.call("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
        directory: folder.slice(repository.root.length + 1),
      }).status,
    ).toBe(0);
    expect(repository.call("git", ["check-ignore", `${folder}/metrics.jsonl`]).status).toBe(0);
    expect(repository.call("git", ["check-ignore", `${folder}/${path}`]).status).toBe(1);
    expect(repository.colophon(["verify", folder]).status).toBe(0);
  });

  test("has what is no line counted, and goes on as it would", () => {
    const { status, summary, stderr } = wrapped(`
      echo 'epoch 3 loss 0.21' >> "$COLOPHON_METRICS"
      echo '{"metrics":{"loss":1}}' >> "$COLOPHON_METRICS"
      head -c 3000000 /dev/zero | tr '\\0' x >> "$COLOPHON_METRICS"; echo >> "$COLOPHON_METRICS"
      head -c 100000 /dev/urandom | tr -d '\\n' >> "$COLOPHON_METRICS"; echo >> "$COLOPHON_METRICS"
      printf '{"step":2,"metr' >> "$COLOPHON_METRICS"
      exit 7`);
    expect(status).toBe(7);
    expect(stderr).toMatch(/^┃ metrics +loss 1$/m);
    expect(stderr).toMatch(
      /^┃ +△ metrics\.jsonl: 3 lines not read as metrics, 1 line not written to the end \(line 1, 3, 4, 5\)$/m,
    );
    expect(summary?.metrics.loss).toMatchObject({ count: 1, last: { value: 1, step: null } });
    expect(summary?.unread).toEqual([
      { path: "metrics.jsonl", torn: 1, bad: 3, lines: [1, 3, 4, 5], reason: null },
    ]);
  });

  test("writes no summary where there is nothing to summarise", () => {
    const { run, summary, find } = wrapped("true");
    expect(summary).toBeNull();
    expect(find("00_run_metadata/params.jsonl")).toBeNull();
    expect(run.stages.at(-1)?.artifacts).not.toHaveProperty("metrics_summary");
  });

  test("keeps the names of metrics that look like secrets out of what Git tracks", () => {
    const { summary, find } = wrapped(
      `echo '{"metrics":{"AKIAIOSFODNN7EXAMPLA":1,"loss":2}}' >> "$COLOPHON_METRICS"`,
    );
    expect(summary).toMatchObject({ left_out: { secret: 1 }, metrics: { loss: { count: 1 } } });
    expect(find("00_run_metadata/metrics_summary.json")).not.toContain("AKIA");
  });

  test("ends as it ends when its journal is a folder, a link or a pipe", () => {
    for (const script of [
      'mkdir "$COLOPHON_METRICS"',
      'ln -s /etc/passwd "$COLOPHON_METRICS"',
      'mkfifo "$COLOPHON_METRICS"',
    ]) {
      const { status, summary, run } = wrapped(`${script}; exit 3`);
      expect(status).toBe(3);
      expect(run.status).toBe("failed");
      expect(summary).toMatchObject({ metrics: {}, unread: [{ path: "metrics.jsonl", torn: 0, bad: 0 }] });
    }
  });

  test("has the journals of all processes summarised as one; the first of them has the last word", () => {
    const { summary } = wrapped(`
      echo '{"step":9,"metrics":{"loss":1}}' >> "$COLOPHON_METRICS"
      echo '{"step":1,"metrics":{"loss":5,"only":2}}' >> "$COLOPHON_RUN_DIR/metrics.1.jsonl"`);
    expect(summary?.metrics).toMatchObject({
      loss: { count: 2, last: { value: 1, step: 9 }, max: { value: 5, step: 1 } },
      only: { count: 1 },
    });
  });
});

describe("a wrapped command that reports parameters, tags and artifacts", () => {
  const report = (line: object) =>
    `echo '${JSON.stringify(line)}' >> "$COLOPHON_RUN_DIR/logs/reported.jsonl"`;

  test("has them in params.jsonl, without secrets, and nowhere else", () => {
    const { run, find, folder, stderr } = wrapped(
      [
        report({
          time: "2026-11-20T10:42:07.120Z",
          params: { lr: 0.1, api_key: "sk-proj-0123456789abcdefghijABCD" },
        }),
        report({ tags: ["baseline", "AKIAIOSFODNN7EXAMPLA"], summary: { best_epoch: 7 } }),
        "echo nonsense >> $COLOPHON_RUN_DIR/logs/reported.jsonl",
      ].join("\n"),
    );
    const lines = (find("00_run_metadata/params.jsonl") ?? "").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: "2026-11-20T10:42:07.120Z",
        params: { lr: 0.1, api_key: expect.stringMatching(/^«redacted:/) },
      },
      { time: null, tags: ["baseline"], summary: { best_epoch: 7 } },
    ]);
    expect(existsSync(join(folder, "logs/reported.jsonl"))).toBe(false);
    expect(stderr).toContain("not read as a report: logs/reported.jsonl:3 ");
    expect(run.stages.at(-1)?.artifacts.reported).toBe("00_run_metadata/params.jsonl");
    expect(find("SHA256SUMS")).toContain("params.jsonl");
    expect(repository.colophon(["verify", folder]).status).toBe(0);
  });

  test("has artifacts kept as --artifact keeps them, and hears of those that are not", () => {
    repository.write("model.bin", "weights");
    const { status, run, find } = wrapped(
      [
        "printf first > $COLOPHON_RUN_DIR/../../../made.txt",
        report({ artifact: { name: "made", path: join(repository.root, "gone") } }),
        report({ artifact: { name: "made", path: join(repository.root, "made.txt") } }),
        report({ artifact: { name: "gone", path: join(repository.root, "gone") } }),
        report({ artifact: { name: "model", path: join(repository.root, "made.txt") } }),
        report({ artifact: { name: "environment", path: join(repository.root, "made.txt") } }),
        report({ artifact: { name: "a b", path: join(repository.root, "made.txt") } }),
      ].join("\n"),
      ["--artifact", "model=model.bin"],
    );
    expect(status).toBe(0);
    const { artifacts } = run.colophon;
    expect(Object.keys(artifacts?.entries ?? {}).filter((name) => !name.endsWith("_log"))).toEqual([
      "made",
      "model",
    ]);
    expect(artifacts?.entries.made).toMatchObject({ size_bytes: 5 });
    expect(artifacts?.missing?.map(({ name, reason }) => [name, reason])).toEqual([
      ["gone", expect.stringContaining("was not written")],
      ["model", "another artifact has its name"],
      ["environment", "its name is one of Colophon's own"],
      ["a b", expect.stringContaining("its name is not of letters")],
    ]);
    expect(find("00_run_metadata/params.jsonl")).toBeNull();
  });
});

describe("what a run measured and said", () => {
  const logged = (loss: number) => `
    for step in 0 1 2; do echo "{\\"step\\":$step,\\"metrics\\":{\\"loss\\":$step.${loss},\\"val/acc\\":0.123456789}}" >> "$COLOPHON_METRICS"; done
    echo '{"params":{"lr":0.2,"layers":3},"tags":["baseline"],"summary":{"best":7}}' >> "$COLOPHON_RUN_DIR/logs/reported.jsonl"`;

  test("is shown, aligned, and whole with --json", () => {
    const { folder } = wrapped(`${logged(5)}\necho nonsense >> "$COLOPHON_METRICS"`, ["--param", "lr=0.1"]);
    const { stdout, status } = repository.colophon(["show", folder]);
    expect(status).toBe(0);
    expect(stdout).toContain(
      [
        "metrics   name         last  step       min  step       max  step  points",
        "          loss          2.5     2       0.5     0       2.5     2       3",
        "          val/acc  0.123457     2  0.123457     0  0.123457     0       3",
      ].join("\n"),
    );
    expect(stdout).toMatch(/metrics\.jsonl: 1 line not read as metrics \(line 4\)/);
    expect(stdout).toMatch(/^params +layers 3 +lr 0\.1$/m);
    expect(stdout).toContain("lr was given as 0.1, then 0.2");
    expect(stdout).toMatch(/^summary +best 7$/m);
    expect(stdout).toMatch(/^tags +baseline$/m);
    const shown = expectOutput("cli_show", repository.colophon(["show", "--json", folder]).stdout);
    expect(shown).toMatchObject({
      tags: ["baseline"],
      parameters: { lr: 0.1, layers: 3 },
      reported: {
        params: { lr: 0.2, layers: 3 },
        summary: { best: 7 },
        contradictions: [{ name: "lr", values: [0.1, 0.2] }],
      },
      metrics: { source: "record", metrics: { loss: { count: 3, last: { value: 2.5, step: 2 } } } },
    });
    // What a program tagged its run with is a tag like any other.
    expect(repository.colophon(["tag", folder, "--remove", "baseline"]).status).toBe(0);
    expect(repository.colophon(["show", folder]).stdout).not.toMatch(/^tags/m);
  });

  test("is compared, behind what it was made from", () => {
    const [a, b] = [wrapped(logged(5)), wrapped(`${logged(6)}\n`)];
    const { stdout, status } = repository.colophon(["diff", a.folder, b.folder]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^metrics +loss +last 2\.5 → 2\.6 +min 0\.5 → 0\.6 +max 2\.5 → 2\.6$/m);
    expect(stdout).toMatch(/^ +val\/acc$|^ += val\/acc$/m);
    expect(stdout.indexOf("\nmetrics")).toBeGreaterThan(stdout.indexOf("\nparams"));
    const found = expectOutput(
      "cli_diff",
      repository.colophon(["diff", "--json", a.folder, b.folder]).stdout,
    );
    expect(found.metrics).toMatchObject({
      outcome: "changed",
      metrics: [
        { name: "loss", outcome: "changed", a: { last: { value: 2.5 } } },
        { name: "val/acc", outcome: "same" },
      ],
    });
    expect(repository.colophon(["diff", a.folder, a.folder]).status).toBe(0);
  });

  test("is found, sorted and listed by", () => {
    const [low, high] = [wrapped(`${logged(1)}`), wrapped(`${logged(9)}`)];
    const words = [
      "ls",
      "--where",
      "metrics.loss > 2 and params.layers = 3 and tag = 'baseline'",
      "--sort",
      "-metrics.loss",
      "--columns",
      "metrics.loss.max",
    ];
    const { stdout, stderr } = repository.colophon([...words, "--json"]);
    expect(stderr).toBe("");
    const listed = (JSON.parse(stdout) as { runs: { folder: string }[] }).runs.map(({ folder }) => folder);
    expect(listed[0]).toBe(high.folder);
    expect(listed).toContain(low.folder);
    expect(repository.colophon(words).stdout).toMatch(/2\.9/);
  });

  test("is read from its journals where the run has no end", async () => {
    const secret = "sk-proj-0123456789abcdefghijABCD";
    const said = JSON.stringify({ params: { api_key: secret } });
    const { folder } = wrapped(
      `${logged(5)}\necho '${said}' >> "$COLOPHON_RUN_DIR/logs/reported.jsonl"\nkill -9 $PPID; sleep 0.2`,
    );
    expect(existsSync(join(folder, "00_run_metadata/metrics_summary.json"))).toBe(false);
    const shown = expectOutput("cli_show", repository.colophon(["show", "--json", folder]).stdout);
    expect(shown).toMatchObject({
      state: "lost",
      tags: ["baseline"],
      parameters: { layers: 3 },
      metrics: { source: "journals", metrics: { loss: { count: 3 } } },
    });
    expect(JSON.stringify(shown)).not.toContain(secret);
    const points: number[] = [];
    for await (const { value } of readMetrics(folder)) points.push(value);
    expect(points).toHaveLength(6);
  });

  test("is judged when it is loaded (FACTS_INVALID, BAD_REPORT_LINE)", () => {
    const { folder } = wrapped(`${logged(5)}\nexit 4`);
    expect(repository.colophon(["show", folder]).stdout).toMatch(/^metrics +name/m);
    writeFileSync(
      join(folder, "00_run_metadata/metrics_summary.json"),
      '{"metrics_summary_version": 1, "metrics": {"loss": 3}}',
    );
    writeFileSync(join(folder, "00_run_metadata/params.jsonl"), '{"params":{"lr":1}}\n{"params":3}\n');
    const { stdout } = repository.colophon(["show", folder]);
    expect(stdout).toMatch(/FACTS_INVALID +00_run_metadata\/metrics_summary\.json/);
    expect(stdout).toMatch(/BAD_REPORT_LINE +00_run_metadata\/params\.jsonl:2 /);
    // The journals still say it.
    expect(stdout).toMatch(/^ +loss +2\.5/m);
    expect(repository.colophon(["verify", folder]).status).toBe(1);
  });
});

describe("under a launcher", () => {
  /** What torchrun and its kin do: several processes of one parent, each told its place. */
  const launcher = (command: string) => `
    import { spawn } from "node:child_process";
    for (const rank of [0, 1, 2]) {
      const env = { ...process.env, RANK: String(rank), WORLD_SIZE: "3", LOCAL_RANK: String(rank) };
      spawn(process.execPath, ${command}, { env, stdio: "inherit" });
    }`;
  const api = new URL("../../dist/index.js", import.meta.url).href;
  const ranksIn = async (folder: string) => {
    const ranks: (string | null)[] = [];
    for await (const { rank } of readMetrics(folder)) ranks.push(rank);
    return ranks;
  };

  test("the journals of all processes lie in the one run", async () => {
    const newRuns = watchRuns(repository);
    const script = 'echo "{\\"metrics\\":{\\"loss\\":$RANK}}" >> "$COLOPHON_METRICS"; sleep 1; exit 0';
    const words = [cli, "run", "--quiet", "--synthetic-seed", "1", "--", "sh", "-c", script];
    repository.write("launch.mjs", launcher(JSON.stringify(words)));
    expect(repository.call(process.execPath, ["launch.mjs"]).status).toBe(0);
    const [folder = "", ...others] = newRuns();
    expect(others).toEqual([]);
    expect(await ranksIn(folder)).toEqual([null, "1", "2"]);
  });

  test("so do those of programs that record themselves", async () => {
    const newRuns = watchRuns(repository);
    repository.write(
      "ranked.mjs",
      `import { startRun, synthetic } from ${JSON.stringify(api)};
       const run = await startRun({ dataProvenance: synthetic(1) });
       console.log(run.log({ loss: Number(process.env.RANK) }));
       await run.stage("10_wait", () => new Promise((resolve) => setTimeout(resolve, 1200)));
       await run.finish();`,
    );
    repository.write("launch.mjs", launcher('["ranked.mjs"]'));
    expect(repository.call(process.execPath, ["launch.mjs"]).stdout).toBe("true\n".repeat(3));
    const [folder = "", ...others] = newRuns();
    expect(others).toEqual([]);
    expect(await ranksIn(folder)).toEqual([null, "1", "2"]);
  });
});

test("under a launcher, processes beside the first one have a journal of their own", () => {
  const env = { RANK: "1", WORLD_SIZE: "2", LOCAL_RANK: "1", TORCHELASTIC_RUN_ID: "job7" };
  const other = repository.colophon(
    [
      "run",
      "--synthetic-seed",
      "1",
      "--",
      "sh",
      "-c",
      'echo "$COLOPHON_METRICS"; echo x >> "$COLOPHON_METRICS"',
    ],
    { env },
  );
  expect(other.stdout).toMatch(/\/metrics\.1\.jsonl\n$/);
  expect(readFileSync(other.stdout.trim(), "utf8")).toBe("x\n");
});
