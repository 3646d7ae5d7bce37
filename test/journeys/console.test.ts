import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ConsoleFacts } from "../../src/generated/types.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
});
afterAll(() => repository.remove());

/** Runs a shell script with patterns; gives what its record says. */
function printed(script: string, patterns: readonly string[], more: readonly string[] = []) {
  repository.write("print.sh", script);
  const flags = patterns.flatMap((pattern) => ["--metric-pattern", pattern]);
  const outcome = repository.colophon([
    "run",
    "--synthetic-seed",
    "1",
    ...flags,
    ...more,
    "--",
    "sh",
    "print.sh",
  ]);
  return { ...outcome, ...recordOf(outcome.stderr) };
}

function recordOf(stderr: string) {
  const folder = join(repository.root, /record +(\S+)/.exec(stderr)?.[1] ?? "");
  const read = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : "";
  const journal = read("metrics.console.jsonl")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { step: number | null; metrics: object })
    .map(({ step, metrics }) => ({ step, metrics }));
  const run = JSON.parse(read("run_manifest.json")) as { colophon: { console?: ConsoleFacts } };
  return { folder, read, journal, run, facts: run.colophon.console };
}

describe("colophon run --metric-pattern", () => {
  test("reads the metrics of a script that only prints, and leaves what it prints alone", () => {
    const script =
      'for i in 1 2 3; do echo "epoch $i loss 0.$((5 - i))"; done; echo "epoch 4 loss nan" >&2; exit 3';
    const { status, stdout, stderr, journal, read, run, facts, folder } = printed(script, [
      "epoch {step} loss {loss}",
    ]);
    expect(status).toBe(3);
    expect(stdout).toBe("epoch 1 loss 0.4\nepoch 2 loss 0.3\nepoch 3 loss 0.2\n");
    expect(read("logs/stdout.log")).toBe(stdout);
    expect(journal.filter(({ step }) => step !== 4)).toEqual([
      { step: 1, metrics: { loss: 0.4 } },
      { step: 2, metrics: { loss: 0.3 } },
      { step: 3, metrics: { loss: 0.2 } },
    ]);
    expect(journal).toContainEqual({ step: 4, metrics: { loss: "NaN" } });
    expect(facts).toEqual({
      console_version: 1,
      streams: ["stdout", "stderr"],
      patterns: [{ pattern: "epoch {step} loss {loss}", lines: 4, no_numbers: 0, too_slow: 0 }],
      written: 4,
      lost: 0,
      lines_too_long: 0,
      whole: true,
    });
    expect(stderr).not.toContain("metric-pattern");
    expect(JSON.parse(read("00_run_metadata/metrics_summary.json")).metrics.loss).toMatchObject({
      count: 4,
      nan: 1,
    });
    expect(JSON.parse(read("00_run_metadata/command.json")).metric_patterns).toEqual([
      "epoch {step} loss {loss}",
    ]);
    expect(run).toBeDefined();
    expect(repository.colophon(["validate", folder]).status).toBe(0);
    expect(repository.colophon(["verify", folder]).status).toBe(0);
    expect(repository.git("status", "--porcelain", "--ignored", folder)).toContain("!! ");
  });

  test("is repeated by --from, and its curve is drawn", () => {
    const first = printed('echo "step 1 a 2"; echo "step 2 a 3"', ["step {step} a {a}"]);
    const again = repository.colophon(["run", "--from", first.folder]);
    expect(recordOf(again.stderr).journal).toEqual(first.journal);
    expect(first.journal).toHaveLength(2);
    const drawn = repository.colophon(["plot", first.folder, "--metric", "a"]);
    expect({ status: drawn.status, said: drawn.stdout.includes("a") }).toEqual({ status: 0, said: true });
  });

  test("says which pattern never matched, and which matched no numbers", () => {
    const { stderr, status } = printed("echo 'loss none'", ["acc {acc}", "loss (?<loss>.*)"]);
    expect(status).toBe(0);
    expect(stderr).toContain('--metric-pattern "acc {acc}" matched no line');
    expect(stderr).toContain('--metric-pattern "loss (?<loss>.*)" matched 1 text that is no number');
  });

  test("stops a pattern that takes for ever, and goes on with the others", () => {
    const script = `for i in 1 2 3 4 5; do echo "${"a".repeat(60)} $i"; done; echo 'loss 7'`;
    const { stdout, status, facts, journal, stderr } = printed(script, [
      String.raw`(?:(?:a+)+)+(?<x>\d)b`,
      "loss {loss}",
    ]);
    expect(status).toBe(0);
    expect(stdout.split("\n")).toHaveLength(7);
    expect(facts?.patterns.map(({ too_slow, lines }) => [too_slow, lines])).toEqual([
      [3, 0],
      [0, 1],
    ]);
    expect(journal).toEqual([{ step: null, metrics: { loss: 7 } }]);
    expect(stderr).toContain("took too long on 3 lines, and was used no more");
  });

  test("reads all of what comes faster than it can be read", () => {
    const script = `awk 'BEGIN { for (i = 0; i < 60000; i++) print "step " i " loss " i / 2 }'`;
    const { facts, stdout } = printed(script, ["step {step} loss {loss}"]);
    expect(stdout.length).toBeGreaterThan(1_200_000);
    expect(facts).toMatchObject({ written: 60_000, lost: 0, whole: true });
  });

  test("finishes the record when it is interrupted while the rest of a long log is searched", async () => {
    repository.write(
      "long.sh",
      `awk 'BEGIN { for (i = 0; i < 1500000; i++) print "step " i " loss " i / 2 }'; : >ended.tmp; mv ended.tmp ended`,
    );
    const words = ["run", "--synthetic-seed", "1", "--metric-pattern", "step {step} loss {loss}"];
    const tracker = spawn(process.execPath, [cli, ...words, "--", "sh", "long.sh"], {
      cwd: repository.root,
      env: repository.env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    tracker.stderr.on("data", (text) => {
      stderr += text;
    });
    const closed = new Promise((resolve) => tracker.on("close", (...how) => resolve(how)));
    while (!existsSync(join(repository.root, "ended"))) await setTimeout(5);
    // Once while its command may be ending, and again while the log is searched.
    for (let asked = 0; asked < 2; asked += 1) {
      await setTimeout(100);
      tracker.kill("SIGINT");
    }
    expect(await closed).toEqual([0, null]);
    const { run, facts, folder } = recordOf(stderr);
    expect(run).toMatchObject({ status: "completed" });
    expect(facts?.whole).toBe(facts?.written === 1_500_000);
    expect(repository.colophon(["validate", "--profile", "complete", folder]).status).toBe(0);
    repository.call("rm", ["ended"]);
  });

  test("says so where nothing of the output is kept", () => {
    const { stderr, facts } = printed("echo 'loss 1'", ["loss {loss}"], ["--capture", "none"]);
    expect(facts).toMatchObject({ streams: [], written: 0 });
    expect(stderr).toContain("no metrics were read out of the output, as none of it was kept");
  });

  test("stands in colophon.json too, for each stage of a pipeline, and a flag replaces it", () => {
    const stages = ["10_fit", "20_test"].map((name, index) => ({
      name,
      command: ["sh", "-c", `echo 'loss ${index}'; echo 'acc 5'`],
    }));
    repository.write(
      "colophon.json",
      JSON.stringify({ metricPatterns: ["loss {loss}"], pipelines: { both: { stages } } }),
    );
    const run = (...words: string[]) =>
      recordOf(repository.colophon(["run", "--synthetic-seed", "1", "--pipeline", "both", ...words]).stderr);
    const whole = run();
    expect(whole.journal).toEqual([0, 1].map((loss) => ({ step: null, metrics: { loss } })));
    expect(whole.facts).toMatchObject({ written: 2, patterns: [{ lines: 2 }] });
    expect(run("--metric-pattern", "acc {acc}").journal).toEqual(
      [5, 5].map((acc) => ({ step: null, metrics: { acc } })),
    );
    repository.write("colophon.json", JSON.stringify({ metricPatterns: ["loss"] }));
    const { status, stderr } = repository.colophon(["run", "--synthetic-seed", "1", "--", "true"]);
    expect({ status, named: stderr.includes("metricPatterns in colophon.json") }).toEqual({
      status: 2,
      named: true,
    });
    repository.write("colophon.json", "{}");
  });

  test("keeps no secret, neither of a pattern nor of the output", () => {
    const token = `ghp_${"A1b2C3d4E5f6".repeat(3)}`;
    const { folder, facts } = printed(`echo "token=${token} loss 1"`, [
      `token=${token} loss {loss}`,
      "loss {loss}",
    ]);
    expect(JSON.stringify(facts)).not.toContain(token);
    expect(facts?.patterns.map(({ lines }) => lines)).toEqual([0, 1]);
    expect(repository.call("grep", ["-rl", token, folder]).stdout).toBe("");
  });
});
