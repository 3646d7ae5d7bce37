import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { parseGpuUsage } from "../../../src/environment/gpu-usage.js";
import { listedUsage } from "../../../src/environment/process-usage.js";
import { readTree, type TreeUsage } from "../../../src/process/sample/read-tree.js";
import { beginSampling, type Sample } from "../../../src/process/sample/sample.js";
import { sumSamples } from "../../../src/process/sample/sum-up.js";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-(pid as number), "SIGKILL");
    } catch {
      // All of it has ended.
    }
  }
});

/** A shell that says when all is there, and then sleeps until it is killed. */
async function start(script: string): Promise<number> {
  const child = spawn("sh", ["-c", `${script}\necho ready\nexec sleep 60`], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child.pid as number;
}

const onLinux = process.platform === "linux" ? test : test.skip;

describe("readTree", () => {
  onLinux("counts processes, memory, and what children had used when they were waited for", async () => {
    const burn = `node -e 'const b = Buffer.alloc(100e6, 1); const end = performance.now() + 400; while (performance.now() < end); process.exit(b[0] - 1)'`;
    const look = readTree(await start(`${burn}; sleep 60 & sleep 60 &`));
    const usage = look() as TreeUsage;
    expect(usage.processes).toBe(3);
    expect(usage.cpu_seconds).toBeGreaterThan(0.2);
    expect(usage.rss_bytes).toBeGreaterThan(100_000);
    expect(usage.rss_bytes).toBeLessThan(100e6);
    expect(usage.read_bytes).not.toBeNull();
  });

  onLinux("finds processes that begin later, and those that threads have started", async () => {
    const script = `
      const { Worker } = require("node:worker_threads");
      new Worker('require("node:child_process").spawn("sleep", ["60"])', { eval: true });
      setTimeout(() => console.log("later"), 700); setInterval(() => {}, 1000); console.log("first");`;
    const child = spawn(process.execPath, ["-e", script], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(child);
    const said = () => new Promise((resolve) => child.stdout?.once("data", resolve));
    await said();
    const look = readTree(child.pid as number);
    const first = look() as TreeUsage;
    expect(first.peak_process_bytes).toBeGreaterThanOrEqual(first.rss_bytes / first.processes);
    await said();
    for (let tries = 0; tries < 50 && look()?.processes !== 2; tries += 1) await setTimeout(100);
    expect(look()?.processes).toBe(2);
  });

  onLinux("gives nothing for a process that is gone", async () => {
    const pid = await start(":");
    const look = readTree(pid);
    expect(look()?.processes).toBe(1);
    const child = children[0] as ChildProcess;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(look()).toBeNull();
  });
});

describe("listedUsage", () => {
  test("finds the same processes by ps, and no counters", async () => {
    const pid = await start("sleep 60 &");
    expect(await listedUsage(pid)).toMatchObject({ processes: 2, cpu_seconds: null, read_bytes: null });
    expect((await listedUsage(pid))?.rss_bytes).toBeGreaterThan(100_000);
    expect(await listedUsage(2 ** 30)).toBeNull();
  });
});

const used: TreeUsage = {
  processes: 1,
  cpu_seconds: 1,
  rss_bytes: 10,
  peak_process_bytes: 20,
  read_bytes: 0,
  written_bytes: 0,
};

describe("beginSampling", () => {
  test("looks again and again until it is ended, and bears a look that fails", async () => {
    const found: Sample[] = [];
    let looks = 0;
    await new Promise<void>((resolve) => {
      const end = beginSampling({
        pid: 7,
        interval: 1,
        formatTime: () => "now",
        lookAtGpus: async () => [{ index: 0, utilization: 50, memory_bytes: 1 }],
        look: async () => {
          looks += 1;
          if (looks === 2) throw new Error("gone");
          return looks === 3 ? null : used;
        },
        found: (sample) => {
          found.push(sample);
          if (found.length === 3) resolve(end());
        },
      });
    });
    await setTimeout(30);
    expect(found).toHaveLength(3);
    expect(looks).toBe(5);
    expect(found[0]).toMatchObject({ time: "now", pid: 7, ...used });
    expect(found.filter(({ gpus }) => gpus !== undefined)).toHaveLength(1);
  });
});

describe("sumSamples", () => {
  test("adds up commands, keeps the most, and never lets a counter fall", () => {
    const sum = sumSamples();
    expect(sum.sum()).toBeNull();
    const at = (pid: number, seconds: number, more: Partial<Sample>) =>
      sum.add({ time: "", pid, seconds, ...used, ...more });
    at(1, 1, { cpu_seconds: 2, rss_bytes: 50, processes: 4 });
    at(1, 2, { cpu_seconds: 1.5, written_bytes: 5, gpus: [{ index: 1, utilization: 40, memory_bytes: 8 }] });
    at(2, 2, {
      cpu_seconds: 1,
      peak_process_bytes: 90,
      gpus: [
        { index: 1, utilization: null, memory_bytes: 9 },
        { index: 0, utilization: 100, memory_bytes: null },
      ],
    });
    sum.lose();
    expect(sum.sum()).toEqual({
      usage_version: 1,
      samples: 3,
      sampled_seconds: 4,
      cpu_seconds: 3,
      mean_cpu: 0.75,
      peak_rss_bytes: 50,
      peak_process_bytes: 90,
      read_bytes: 0,
      written_bytes: 5,
      most_processes: 4,
      gpus: [
        { index: 0, samples: 1, mean_utilization: 100, peak_memory_bytes: null },
        { index: 1, samples: 2, mean_utilization: 40, peak_memory_bytes: 9 },
      ],
      lost: 1,
    });
  });

  test("says null where the system did not tell", () => {
    const sum = sumSamples();
    sum.add({ time: "", pid: 1, seconds: 1, ...used, cpu_seconds: null, read_bytes: null });
    expect(sum.sum()).toMatchObject({
      cpu_seconds: null,
      mean_cpu: null,
      read_bytes: null,
      written_bytes: 0,
    });
  });
});

describe("parseGpuUsage", () => {
  test("reads what nvidia-smi prints, and leaves out what it does not tell", () => {
    expect(parseGpuUsage("0, 37, 1024\n1, [N/A], 3\n2, 5, [Not Supported]\nNo devices were found\n")).toEqual(
      [
        { index: 0, utilization: 37, memory_bytes: 1024 ** 3 },
        { index: 1, utilization: null, memory_bytes: 3 * 1024 ** 2 },
        { index: 2, utilization: 5, memory_bytes: null },
      ],
    );
  });
});
