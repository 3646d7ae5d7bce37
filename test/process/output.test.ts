import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { descendantsOf } from "../../src/process/process-table.js";
import {
  isLong,
  makeFolder,
  pause,
  plainEnv,
  readEnd,
  removePlace,
  until,
  wordsOf,
  wrap,
} from "./wrapped.js";

afterAll(removePlace);

const onProc = existsSync("/proc/self/fd") ? test : test.skip;
const megabytes = isLong ? 1024 : 64;

function runInShell(line: string, folder: string) {
  return spawnSync("sh", ["-c", line], {
    env: { ...plainEnv, NODE: process.execPath, FOLDER: folder },
    encoding: "latin1",
    maxBuffer: 1 << 28,
  });
}

/** The supervised command as text for a shell line. */
function words(folder: string, command: string, options = {}): string {
  const quoted = wordsOf(folder, ["sh", "-c", command], options).map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  return `"$NODE" ${quoted.join(" ")}`;
}

describe("the command's output", () => {
  test("reaches both streams and both logs byte for byte", async () => {
    const folder = makeFolder();
    const [one, two] = [randomBytes(5_000_003), randomBytes(3_000_001)];
    writeFileSync(join(folder, "one"), one);
    writeFileSync(join(folder, "two"), two);
    const { stdout, stderr, log, end } = await wrap([
      "sh",
      "-c",
      `cat '${folder}/one' & cat '${folder}/two' >&2; wait`,
    ]);
    expect([stdout.equals(one), stderr.equals(two)]).toEqual([true, true]);
    expect([log("stdout").equals(one), log("stderr").equals(two)]).toEqual([true, true]);
    expect(end.logs).toEqual({
      merged: false,
      stdout: {
        kept: true,
        reason: null,
        bytes: 5_000_003,
        dropped_bytes: 0,
        redactions: {},
        complete: true,
      },
      stderr: {
        kept: true,
        reason: null,
        bytes: 3_000_001,
        dropped_bytes: 0,
        redactions: {},
        complete: true,
      },
    });
  });

  test("keeps its last line, which has no end, and an empty stream is an empty log", async () => {
    const { log, stdout } = await wrap(["printf", "no end"]);
    expect([stdout.toString(), log("stdout").toString(), log("stderr").toString()]).toEqual([
      "no end",
      "no end",
      "",
    ]);
  });

  test("is passed on as it is, and logged without secrets", async () => {
    const { stdout, log, end } = await wrap(["sh", "-c", "printf 'hun'; sleep 0.1; echo ter2 and more"]);
    expect(stdout.toString()).toBe("hunter2 and more\n");
    expect(log("stdout").toString()).toBe("* and more\n");
    expect(end.logs.stdout.redactions).toEqual({ word: 1 });
  });

  test("keeps the order of both streams when they are one file", () => {
    const folder = makeFolder();
    const lines = Array.from({ length: 300 }, (_, n) => `${n}\n`);
    const command = "n=0; while [ $n -lt 300 ]; do echo $n; n=$((n+1)); echo $n >&2; n=$((n+1)); done";
    const { stdout } = runInShell(`${words(folder, command)} 2>&1 | cat`, folder);
    expect(stdout).toBe(lines.join(""));
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe(lines.join(""));
    expect(readEnd(folder).logs.merged).toBe(true);
    expect(readdirSync(join(folder, "logs"))).toEqual(["stdout.log"]);
  });

  test("has logs that nobody else may read, and leaves no pipe behind", async () => {
    const { folder } = await wrap(["true"]);
    expect(statSync(join(folder, "logs/stdout.log")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "live"))).toEqual([]);
  });

  test(`flows without loss at full speed (${megabytes} MiB)`, () => {
    const folder = makeFolder();
    const command = `head -c ${megabytes * 1024 * 1024} /dev/zero | tr '\\0' 'abcdefg\\n'`;
    const { stdout } = runInShell(`${words(folder, command)} | sha256sum`, folder);
    const plain = execFileSync("sh", ["-c", `${command} | sha256sum`], { encoding: "latin1" });
    expect(stdout).toBe(plain);
    expect(statSync(join(folder, "logs/stdout.log")).size).toBe(megabytes * 1024 * 1024);
  }, 300_000);

  test("that nobody reads any more is kept, and the command ends as it would", () => {
    const folder = makeFolder();
    const line = `${words(folder, "seq 100000; exit 6")} | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync("bash", ["-c", line], {
      env: { ...plainEnv, NODE: process.execPath },
      encoding: "latin1",
    });
    expect(stdout).toBe("1\n6\n");
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1").split("\n")).toHaveLength(100_001);
  });

  test("is kept when stdout is closed from the start", () => {
    const folder = makeFolder();
    expect(runInShell(`${words(folder, "echo heard; exit 4")} >&-`, folder).status).toBe(4);
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe("heard\n");
  });

  test("waits for a slow reader without holding up signals", async () => {
    const folder = makeFolder();
    const command = "trap 'echo told >&2; exit 3' TERM; head -c 3000000 /dev/zero & wait";
    const tracker = spawn(process.execPath, wordsOf(folder, ["sh", "-c", command]), {
      env: plainEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let heard = "";
    tracker.stderr.on("data", (chunk) => {
      heard += chunk;
    });
    await until(() => existsSync(join(folder, "started.json")), "the start");
    await pause(300);
    tracker.kill("SIGTERM");
    await until(
      () => heard.includes("told"),
      "the command to hear of the signal while nobody reads its output",
    );
    let count = 0;
    tracker.stdout.on("data", (chunk) => {
      count += chunk.length;
    });
    await until(() => tracker.exitCode !== null, "the end");
    expect(tracker.exitCode).toBe(3);
    await until(() => count === 3_000_000, "all of the output");
  });

  onProc("is waited for, and kept whole, while its reader lets the tracker wait", () => {
    const folder = makeFolder();
    const { stdout } = runInShell(`${words(folder, "head -c 200000 /dev/zero")} | (sleep 3; wc -c)`, folder);
    const { logs, orphans } = readEnd(folder);
    expect([stdout.trim(), orphans]).toEqual(["200000", []]);
    expect(logs.stdout).toMatchObject({ bytes: 200_000, complete: true });
  });

  onProc("goes through a pipe that somebody else sets to non-blocking", () => {
    const folder = makeFolder();
    // Node sets its own stdout so, and with it everybody's.
    const other = `"$NODE" -e 'process.stdout.write(""); setTimeout(() => {}, 1000)'`;
    const line = `(${other} & sleep 0.3; ${words(folder, "head -c 3000000 /dev/zero")}; wait) | (sleep 1; wc -c)`;
    expect(runInShell(line, folder).stdout.trim()).toBe("3000000");
  });

  test("is not kept with --capture=none, and the record says so", async () => {
    const { stdout, end, folder } = await wrap(["echo", "through"], { options: { capture: "none" } });
    expect(stdout.toString()).toBe("through\n");
    expect(end.logs.stdout).toMatchObject({ kept: false, reason: "--capture=none" });
    expect(readdirSync(join(folder, "logs"))).toEqual([]);
  });

  test("goes through when no log can be made, and the record says why", async () => {
    const outcome = await wrapWithoutLogs(["sh", "-c", "echo through; exit 8"]);
    expect([outcome.stdout, outcome.status]).toEqual(["through\n", 8]);
    expect(outcome.end.logs.stdout).toMatchObject({ kept: false, bytes: 8 });
    expect(outcome.end.logs.stdout.reason).toMatch(/^its log could not be made: ENOENT/);
  });

  const fullDisk = mayMount() ? test : test.skip;
  fullDisk(
    `goes on when the disk is full, and what was not logged is counted${mayMount() ? "" : " (skipped: no right to mount)"}`,
    () => {
      const folder = makeFolder();
      const inner = `mount -t tmpfs -o size=64k tmpfs "$FOLDER/logs" && ${words(folder, "seq 30000; exit 6")} | tail -1; wc -c <"$FOLDER/logs/stdout.log"`;
      const { stdout } = spawnSync("unshare", ["-m", "sh", "-c", inner], {
        env: { ...plainEnv, NODE: process.execPath, FOLDER: folder },
        encoding: "latin1",
      });
      const [last, logged] = stdout.trim().split(/\s+/).map(Number);
      const { stdout: log } = readEnd(folder).logs;
      expect([last, readEnd(folder).exitCode]).toEqual([30_000, 6]);
      expect([log.bytes, log.dropped_bytes]).toEqual([168_894, 168_894 - (logged ?? 0)]);
      expect(log.dropped_bytes).toBeGreaterThan(0);
    },
  );

  fullDisk("passes on what the memory has no room for, and counts it as dropped", () => {
    const folder = makeFolder();
    const mounts = ["/dev/shm", '"$FOLDER/live"'].map(
      (place) => `mount -t tmpfs -o size=100k tmpfs ${place}`,
    );
    const inner = `${mounts.join(" && ")} && ${words(folder, "seq 90000; exit 6")} | cksum; umount "$FOLDER/live"`;
    const { stdout } = spawnSync("unshare", ["-m", "sh", "-c", inner], {
      env: { ...plainEnv, NODE: process.execPath, FOLDER: folder },
      encoding: "latin1",
    });
    const plain = execFileSync("sh", ["-c", "seq 90000 | cksum"], { encoding: "latin1" });
    expect(stdout).toBe(plain);
    const { stdout: log } = readEnd(folder).logs;
    expect(log).toMatchObject({ bytes: 528_894, complete: true });
    expect(log.bytes - log.dropped_bytes).toBe(statSync(join(folder, "logs/stdout.log")).size);
    expect(log.dropped_bytes).toBeGreaterThan(0);
  });
});

function mayMount(): boolean {
  return spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;
}

async function wrapWithoutLogs(argv: readonly string[]) {
  const folder = makeFolder();
  rmSync(join(folder, "logs"), { recursive: true });
  const { stdout, status } = spawnSync(process.execPath, wordsOf(folder, argv), {
    env: plainEnv,
    encoding: "latin1",
  });
  return { stdout, status, end: readEnd(folder) };
}

describe("when something of ours is killed, the output", () => {
  /** Starts a command that prints two lines, one of them after `victim` of the keeper's processes has been killed. */
  async function killOne(count: number, victim: (keeper: number) => number) {
    let killed = 0;
    const outcome = await wrap(["sh", "-c", `echo one; read line; echo two; seq ${count}; exit 7`], {
      meanwhile: async ({ tracker, says }) => {
        await says("one");
        killed = victim(
          childrenOf(tracker.pid as number).find((pid) => wordsOfProcess(pid).includes("drain")) as number,
        );
        process.kill(killed, "SIGKILL");
        await pause(200);
        tracker.stdin?.end("go on\n");
      },
    });
    return { ...outcome, killed };
  }
  onProc("still arrives without the keeper, and the record says that the log ends early", async () => {
    const { stdout, status, end, log } = await killOne(3_000_000, (keeper) => keeper);
    const numbers = Array.from({ length: 3_000_000 }, (_, n) => `${n + 1}\n`).join("");
    expect(stdout.toString() === `one\ntwo\n${numbers}`).toBe(true);
    expect(status).toBe(7);
    expect(end.logs.stdout).toMatchObject({ kept: true, complete: false });
    expect(stdout.includes(log("stdout"))).toBe(true);
  });

  for (const name of ["tee", "dd"]) {
    onProc(`goes on without the ${name}, and what was lost is counted`, async () => {
      const { stdout, status, end, log } = await killOne(
        300_000,
        (keeper) => descendantsOf(keeper).find((pid) => wordsOfProcess(pid)[0] === name) as number,
      );
      expect(status).toBe(7);
      expect(stdout.toString().endsWith("300000\n")).toBe(true);
      expect(log("stdout").toString()).toBe(stdout.toString());
      expect(end.logs.stdout.bytes - end.logs.stdout.dropped_bytes).toBe(log("stdout").length);
      expect(end.logs.stdout.complete).toBe(true);
    });
  }
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean).map(Number);
}

function wordsOfProcess(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
}

describe("the command", () => {
  test("reads our stdin, all of it, as its own", async () => {
    const input = randomBytes(2_000_000);
    const { stdout } = await wrap(["sha256sum"], { input });
    expect(stdout.toString()).toBe(`${createHash("sha256").update(input).digest("hex")}  -\n`);
  });

  test("has no descriptor of ours but its three", async () => {
    const program = 'console.log(require("fs").readdirSync("/dev/fd").length)';
    const plain = spawnSync(process.execPath, ["-e", program], { env: plainEnv, encoding: "latin1" });
    const { stdout } = await wrap([process.execPath, "-e", program]);
    expect(stdout.toString()).toBe(plain.stdout);
  });

  test("leaves the descriptors it shares with us as blocking as they were", () => {
    const folder = makeFolder();
    const line = `(${words(folder, "sleep 0.2")}; grep flags /proc/self/fdinfo/1 >&2) | cat`;
    const plain = runInShell("(grep flags /proc/self/fdinfo/1 >&2) | cat", folder).stderr;
    if (plain.includes("flags")) expect(runInShell(line, folder).stderr).toBe(plain);
    else expect(existsSync("/proc/self/fdinfo")).toBe(false);
  });

  test("never starts when the drain is abandoned, and nothing stays behind", async () => {
    const { status, stdout, folder } = await wrap(["echo", "no"], { options: { abandon: true } });
    expect([status, stdout.toString()]).toEqual([125, ""]);
    expect(readdirSync(join(folder, "live"))).toEqual([]);
  });
});
