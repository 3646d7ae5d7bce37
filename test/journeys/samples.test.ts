import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { UsageFacts } from "../../src/generated/types.js";
import { sample_line } from "../../src/generated/validators.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
});
afterAll(() => repository.remove());

function run(script: string, ...words: string[]) {
  const { status, stdout, stderr } = repository.colophon([
    "run",
    "--synthetic-seed",
    "1",
    ...words,
    "--",
    process.execPath,
    "-e",
    script,
  ]);
  const shown = /record +(\S+)/.exec(stderr)?.[1] ?? "";
  const folder = join(repository.root, shown);
  const lines = existsSync(join(folder, "samples.jsonl"))
    ? readFileSync(join(folder, "samples.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];
  for (const line of lines) {
    sample_line(line);
    expect(sample_line.errors).toBeNull();
  }
  const { usage } = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")).colophon as {
    usage?: UsageFacts;
  };
  return { status, stdout, stderr, folder, shown, lines, usage };
}

/** Fills 80 MB and computes, for so long, in a child too. */
const work = (milliseconds: number) => `
  const held = Buffer.alloc(80e6, 1);
  require("node:fs").writeFileSync("out.bin", held.subarray(0, 8e6));
  require("node:child_process").spawn("sleep", ["${milliseconds / 1000}"]);
  const end = performance.now() + ${milliseconds};
  while (performance.now() < end) held[0] += 1;`;

const onLinux = process.platform === "linux" ? test : test.skip;

describe("samples of what a command uses", () => {
  onLinux("stand in a journal, their sum in the record and in show", () => {
    const { status, lines, usage, stderr, shown, folder } = run(work(2600));
    expect(status).toBe(0);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(6);
    const [last] = lines.slice(-1);
    expect(usage).toMatchObject({ samples: lines.length, sampled_seconds: last.seconds, lost: 0 });
    expect(usage?.peak_rss_bytes).toBeGreaterThan(80e6);
    expect(usage?.cpu_seconds).toBeGreaterThan(0.1);
    expect(usage?.most_processes).toBeGreaterThanOrEqual(2);
    expect(stderr).toMatch(/used +\S+ MB of memory at most/);
    expect(repository.colophon(["show", shown]).stdout).toMatch(
      /used +\S+ MB of memory at most {2}\S+ s of CPU/,
    );
    expect(expectOutput("cli_show", repository.colophon(["show", "--json", shown]).stdout).usage).toEqual(
      usage,
    );
    expect(repository.git("status", "--porcelain", "--ignored=matching", folder)).toContain("samples.jsonl");
    expect(repository.colophon(["verify", shown]).status).toBe(0);
  });

  test("are not made up where a command is over before the first look", () => {
    const { status, lines, usage, stderr } = run("process.exit(7)");
    expect({ status, lines, usage }).toEqual({ status: 7, lines: [], usage: undefined });
    expect(stderr).not.toMatch(/used +/);
  });

  test("are left out by --no-samples, and by colophon.json", () => {
    expect(run("setTimeout(() => {}, 1300)", "--no-samples")).toMatchObject({
      status: 0,
      lines: [],
      usage: undefined,
    });
    repository.write("colophon.json", '{"samples": false}');
    expect(run("setTimeout(() => {}, 1300)")).toMatchObject({ status: 0, lines: [], usage: undefined });
    repository.write("colophon.json", "{}");
  });

  onLinux("do not disturb the command where the journal cannot be written", () => {
    const script = `require("node:fs").mkdirSync(process.env.COLOPHON_RUN_DIR + "/samples.jsonl"); setTimeout(() => console.log("fine"), 1500)`;
    const { status, stderr, stdout } = repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--",
      process.execPath,
      "-e",
      script,
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "fine\n" });
    expect(stderr).toMatch(/\d samples? not written/);
  });
});
