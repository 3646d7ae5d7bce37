import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { eachAtMost, isLong, makeFolder, pause, plainEnv, removePlace, until, wordsOf } from "./wrapped.js";

afterAll(removePlace);

const kills = isLong ? 1000 : 100;

interface KilledRun {
  readonly log: string;
  readonly passedOn: string;
}

/** Starts `command`, kills the tracker when `moment` has passed, and waits until the command has finished and all is copied. */
async function killTracker(command: string, moment: (folder: string) => Promise<unknown>, last: string) {
  const folder = makeFolder();
  const out = openSync(join(folder, "out"), "a");
  const line = `${command}; echo >'${folder}/done'`;
  const tracker = spawn(process.execPath, wordsOf(folder, ["sh", "-c", line]), {
    env: plainEnv,
    stdio: ["ignore", out, "ignore"],
    detached: true,
  });
  closeSync(out);
  await until(() => existsSync(join(folder, "started.json")), "the start");
  await moment(folder);
  tracker.kill("SIGKILL");
  await until(() => existsSync(join(folder, "done")), "the command to finish without its tracker");
  const read = (): KilledRun => ({
    log: readFileSync(join(folder, "logs/stdout.log"), "latin1"),
    passedOn: readFileSync(join(folder, "out"), "latin1"),
  });
  await until(() => read().log.endsWith(last) && read().passedOn.endsWith(last), `${last} in the log`);
  return { ...read(), folder };
}

describe("a tracker that is killed", () => {
  /**
   * Between taking bytes from the pipe and parking them lies an instant in which they are nowhere else. It cannot be closed without a
   * second process that reads; a kill hits it rarely, and then costs what was just read. Everything else is exact.
   */
  test(`never stops the command, and leaves its log whole (${kills} kills)`, async () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`);
    const command = 'i=0; while [ $i -lt 100 ]; do echo "line $i"; i=$((i+1)); sleep 0.001; done';
    let whole = 0;
    const faults: string[] = [];
    await eachAtMost(3, [...Array(kills).keys()], async (kill) => {
      const { log } = await killTracker(command, () => pause((kill * 61) % 170), "line 99\n");
      const got = log.split("\n").slice(0, -1);
      if (got.join() === lines.join()) whole += 1;
      else if (!isGap(got, lines)) faults.push(log);
    });
    process.stderr.write(`killed trackers: ${kills}; commands finished: ${kills}; logs whole: ${whole}\n`);
    expect(faults).toEqual([]);
    expect(whole).toBeGreaterThanOrEqual(kills * 0.9);
  }, 600_000);

  test("leaves the beginning of a line in the log", async () => {
    const { log, passedOn } = await killTracker(
      "printf 'half a '; sleep 0.5; echo line",
      () => pause(250),
      "line\n",
    );
    expect([log, passedOn]).toEqual(["half a line\n", "half a line\n"]);
  });

  test("leaves lines with any byte, in order and once", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const file = join(makeFolder(), "bytes");
    writeFileSync(file, bytes);
    const { log } = await killTracker(
      `cat '${file}'; sleep 0.4; cat '${file}'; echo end`,
      () => pause(200),
      "end\n",
    );
    expect(log).toBe(`${bytes.toString("latin1")}${bytes.toString("latin1")}end\n`);
  });

  test("leaves both streams, each in its log", async () => {
    const folder = makeFolder();
    const line = `for n in 1 2 3 4; do echo out $n; echo err $n >&2; sleep 0.15; done; echo >'${folder}/done'`;
    const tracker = spawn(process.execPath, wordsOf(folder, ["sh", "-c", line]), {
      env: plainEnv,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let [out, err] = ["", ""];
    tracker.stdout.on("data", (chunk) => {
      out += chunk;
    });
    tracker.stderr.on("data", (chunk) => {
      err += chunk;
    });
    await until(() => out.includes("out 2"), "output");
    await pause(50);
    tracker.kill("SIGKILL");
    await until(() => err.includes("err 4") && out.includes("out 4"), "the rest of the output");
    await until(() => existsSync(join(folder, "done")), "the end of the command");
    expect(out).toBe("out 1\nout 2\nout 3\nout 4\n");
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe(out);
    expect(readFileSync(join(folder, "logs/stderr.log"), "latin1")).toBe(err);
  });

  test("whose reader has gone too never stops the command", async () => {
    const folder = makeFolder();
    const line = `seq 20000; sleep 0.4; seq 20000; echo >'${folder}/done'`;
    const tracker = spawn(process.execPath, wordsOf(folder, ["sh", "-c", line]), {
      env: plainEnv,
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    await new Promise((resolve) => tracker.stdout.once("data", resolve));
    tracker.stdout.destroy();
    await pause(200);
    tracker.kill("SIGKILL");
    await until(() => existsSync(join(folder, "done")), "the end of the command");
    const log = join(folder, "logs/stdout.log");
    await until(() => readFileSync(log, "latin1").split("\n").length === 40_001, "the whole log");
  });
});

/** `got` is `lines` without one run of them; at the gap two lines may have become one. */
function isGap(got: readonly string[], lines: readonly string[]): boolean {
  const head = lines.findIndex((line, index) => got[index] !== line);
  let tail = 0;
  while (tail < got.length - head && got.at(-1 - tail) === lines.at(-1 - tail)) tail += 1;
  return got.length < lines.length && head + tail >= got.length - 1;
}

describe("processes that outlive the command", () => {
  test("keep writing into its log, and their numbers are recorded", async () => {
    const folder = makeFolder();
    const line = "(sleep 3; echo late; sleep 0.2; echo later) & echo $!; exit 5";
    const tracker = spawn(process.execPath, wordsOf(folder, ["sh", "-c", line]), {
      env: plainEnv,
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    let out = "";
    tracker.stdout.on("data", (chunk) => {
      out += chunk;
    });
    await until(() => tracker.exitCode !== null, "the tracker's end");
    expect([tracker.exitCode, out.includes("late")]).toEqual([5, false]);
    const { orphans, logs } = JSON.parse(readFileSync(join(folder, "end.json"), "utf8"));
    if (existsSync("/proc/self/fd")) expect(orphans).toContain(Number(out));
    expect(logs.stdout).toMatchObject({ kept: true, complete: false });
    await until(() => out.endsWith("late\nlater\n"), "what came later");
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe(out);
  });
});
