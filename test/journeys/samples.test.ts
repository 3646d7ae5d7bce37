import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { UsageFacts } from "../../src/generated/types.js";
import { sample_line } from "../../src/generated/validators.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

const api = pathToFileURL(fileURLToPath(new URL("../../dist/index.js", import.meta.url))).href;

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
  const lines = samplesIn(folder);
  const { usage } = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8")).colophon as {
    usage?: UsageFacts;
  };
  return { status, stdout, stderr, folder, shown, lines, usage };
}

/** The same of a program that records itself. */
function live(options: string, script: string) {
  repository.write(
    "live.mjs",
    `import { createRequire } from "node:module";
     import { startRun, synthetic } from ${JSON.stringify(api)};
     const require = createRequire(import.meta.url);
     const run = await startRun({ dataProvenance: synthetic(1), ...${options} });
     process.stdout.write(run.folder);
     ${script}
     await run.finish();`,
  );
  const { status, stdout: folder } = repository.call(process.execPath, ["live.mjs"]);
  const run = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8"));
  return { status, run, usage: run.colophon.usage as UsageFacts | undefined, lines: samplesIn(folder) };
}

function samplesIn(folder: string) {
  const path = join(folder, "samples.jsonl");
  const lines = existsSync(path)
    ? readFileSync(path, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];
  for (const line of lines) {
    sample_line(line);
    expect(sample_line.errors).toBeNull();
  }
  return lines;
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

  onLinux("are taken of a program that records itself, also while it computes without a pause", () => {
    const { usage, lines } = live("{}", work(2300));
    expect(lines.length).toBeGreaterThan(0);
    expect(usage).toMatchObject({ samples: lines.length, lost: 0 });
    expect(usage?.peak_process_bytes).toBeGreaterThan(80e6);
    expect(usage?.most_processes).toBeGreaterThanOrEqual(2);
    // What it had used before is not the run's.
    expect(usage?.cpu_seconds).toBeLessThan(Math.max(1, usage?.sampled_seconds ?? 0) * 8);
    expect(live("{}", `${work(1200)} process.exit(3);`)).toMatchObject({
      status: 3,
      run: { status: "failed" },
    });
  });

  test("are left out of a program that does not want them, and hold none up that ends", () => {
    expect(live("{ samples: false }", work(1300))).toMatchObject({ status: 0, lines: [], usage: undefined });
    expect(live("{}", "")).toMatchObject({ status: 0, lines: [], usage: undefined });
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
