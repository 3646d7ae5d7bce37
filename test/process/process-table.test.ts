import { execFileSync, spawn } from "node:child_process";
import { afterEach, describe, expect, test } from "@jest/globals";
import { descendantsOf } from "../../src/process/process-table.js";

let group: number | undefined;
afterEach(() => {
  if (group !== undefined) process.kill(-group, "SIGKILL");
  group = undefined;
});

describe("descendantsOf", () => {
  test("finds children, theirs, and those of threads, as ps lists them", async () => {
    const script = `
      const { Worker } = require("node:worker_threads");
      const { spawn } = require("node:child_process");
      spawn("sh", ["-c", "sleep 60 & sleep 60 & sh -c 'sleep 60 & wait'; wait"]);
      const inThread = 'require("node:child_process").spawn("sleep", ["60"]).on("spawn", () => require("node:worker_threads").parentPort.postMessage(1))';
      new Worker(inThread, { eval: true }).on("message", () => console.log("ready"));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["-e", script], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    group = child.pid as number;
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const sorted = (pids: readonly number[]) => [...pids].sort((a, b) => a - b);
    while (listed(group).length < 6) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sorted(descendantsOf(group))).toEqual(sorted(listed(group)));
  });

  test("finds none of a process that is not there", () => {
    expect(descendantsOf(2 ** 22 + 1)).toEqual([]);
  });
});

function listed(root: number): number[] {
  const lines = execFileSync("ps", ["-axo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const all = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    all.flatMap(([pid, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(root);
}
