import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { identifyProcess } from "../../src/process/identify-process.js";
import {
  parseLsof,
  startedAtOf,
  startTimeOf,
  usersOf,
  writersBelow,
} from "../../src/process/observe-process.js";

let folder: string;
let ends: (() => void)[];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "colophon-observe-")));
  ends = [];
});

afterEach(() => {
  for (const end of ends) end();
  rmSync(folder, { recursive: true, force: true });
});

/** A shell that says `ready` when it has done what it was told; it lives until the test ends. */
async function startShell(script: string, cwd = "/"): Promise<number> {
  const child = spawn("/bin/sh", ["-c", script], { cwd, stdio: ["pipe", "pipe", "inherit"] });
  ends.push(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child.pid as number;
}

async function startDead(): Promise<number> {
  const child = spawn("/bin/true");
  await once(child, "exit");
  return child.pid as number;
}

describe("startTimeOf (rel-R62)", () => {
  test("is what a process says of itself", () => {
    const { start_time, pid } = identifyProcess();
    expect(startTimeOf(pid)).toBe(start_time);
  });

  test("tells a process from one that started later", async () => {
    const first = await startShell("echo ready; read -r end");
    await setTimeout(30);
    const second = await startShell("echo ready; read -r end");
    expect(startTimeOf(second)).toBeGreaterThan(startTimeOf(first) as number);
  });

  test("is null for a process that has ended", async () => {
    expect(startTimeOf(await startDead())).toBeNull();
  });

  test("is null for a zombie, which `kill -0` would call alive", async () => {
    // `sleep` takes the place of the shell before its child ends, and never asks how it did.
    const child = spawn("/bin/sh", ["-c", "sleep 0.3 & echo $!; exec sleep 20"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    ends.push(() => child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    for (let waited = 0; startTimeOf(pid) !== null && waited < 5000; waited += 20) await setTimeout(20);
    expect(process.kill(pid, 0)).toBe(true);
    expect([startTimeOf(pid), startedAtOf(pid)]).toEqual([null, null]);
  });
});

describe("startedAtOf", () => {
  test("gives the time by the clock, to the second or so", async () => {
    const before = Date.now();
    const startedAt = startedAtOf(await startShell("echo ready; read -r end"));
    expect(Math.abs((startedAt as number) - before)).toBeLessThan(60_000);
  });

  test("is null for a process that has ended", async () => {
    expect(startedAtOf(await startDead())).toBeNull();
  });
});

describe("writersBelow", () => {
  test("names a process that has a file there open for writing, and none that reads or stands there", async () => {
    writeFileSync(join(folder, "stdout.log"), "a line\n");
    const writer = await startShell(`exec 3>>${folder}/stdout.log; echo ready; read -r end`);
    await startShell(`exec 3<${folder}/stdout.log; echo ready; read -r end`);
    await startShell("echo ready; read -r end", folder);
    expect(writersBelow(folder)).toEqual([writer]);
  });

  test("is empty where nobody writes, and where there is no such folder", () => {
    expect(writersBelow(folder)).toEqual([]);
    expect(writersBelow(join(folder, "nothing"))).toEqual([]);
  });

  test("reads what lsof says on systems without /proc", () => {
    const output =
      "p12\ncpython\nfcwd\na \nf3\naw\np14\ncless\nf4\nar\np15\ncsh\nfcwd\na \np16\ncvim\nf5\nau\n";
    expect(parseLsof(output)).toEqual([12, 15, 16]);
    expect(parseLsof("")).toEqual([]);
    expect(parseLsof(null)).toBeNull();
  });
});

describe("usersOf", () => {
  test("names whoever stands in a folder, and whoever has something open that lost its name", async () => {
    const standing = await startShell("echo ready; read -r end", folder);
    const holding = await startShell(`exec 3>${folder}/fifo; rm ${folder}/fifo; echo ready; read -r end`);
    expect(usersOf(folder)?.sort()).toEqual([standing, holding].sort());
  });
});
