import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
});
afterAll(() => repository.remove());

const canTrace = spawnSync("strace", ["-f", "true"]).status === 0;
if (!canTrace) console.log("skipped: strace does not work here");

/** What a line of the trace says of the records, or of the command: its first attempt to start counts. */
function stepOf(line: string): string | undefined {
  if (/ execve\("[^"]*\/true"/.test(line)) return "start";
  const synced = /fsync\(\d+<([^>]*\/records\/[^>]*)>/.exec(line)?.[1];
  if (synced !== undefined) return synced.includes(".tmp") ? "sync file" : "sync folder";
  return /rename\(".*", "[^"]*\/records\/[^"]*\/(\w+(?:\.json)?)"/.exec(line)?.[1];
}

describe("what a run writes", () => {
  (canTrace ? test : test.skip)("is on disk before the command starts, and when the run has ended", () => {
    const log = join(repository.root, "..", "calls");
    const traced = ["-f", "-y", "-o", log, "-e", "trace=execve,fsync,fdatasync,rename"];
    const words = ["run", "--quiet", "--synthetic-seed", "1", "--", "true"];
    // The first run also makes the folder of the records.
    repository.call(cli, words);
    expect(repository.call("strace", [...traced, process.execPath, cli, ...words]).status).toBe(0);
    const steps = readFileSync(log, "utf8")
      .split("\n")
      .flatMap((line) => stepOf(line) ?? []);
    expect(steps.filter((step, index) => step !== "start" || index === steps.indexOf("start"))).toEqual([
      ...["sync file", "manifest.json", "sync file", "run_manifest.json", "sync folder"],
      "start",
      ...["sync file", "run_manifest.json", "sync folder"],
      ...["sync file", "SHA256SUMS", "sync folder"],
    ]);
  });
});
