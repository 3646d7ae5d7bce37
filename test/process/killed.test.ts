import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { eachAtMost, isLong, makeFolder, pause, plainEnv, removePlace, until, wordsOf } from "./wrapped.js";

afterAll(removePlace);

const kills = isLong ? 1000 : 100;

interface KilledRun {
  readonly log: string;
  readonly passedOn: string;
}

/** Milliseconds after the start, or a step of its own (`kill-at.cjs`). */
type Moment = number | string;

const killAt = fileURLToPath(new URL("kill-at.cjs", import.meta.url));

/** Starts `command`, kills the tracker at `moment`, and waits until all that the command prints has arrived on both ways. */
async function killTracker(command: string, moment: Moment, whole: string): Promise<KilledRun> {
  const folder = makeFolder();
  const [out, log] = [join(folder, "out"), join(folder, "logs/stdout.log")];
  const stdout = openSync(out, "a");
  const line = `${command}; echo >'${folder}/done'`;
  const step = typeof moment === "string";
  const tracker = spawn(
    process.execPath,
    [...(step ? ["--require", killAt] : []), ...wordsOf(folder, ["sh", "-c", line])],
    {
      env: step ? { ...plainEnv, KILL_AT: moment } : plainEnv,
      stdio: ["ignore", stdout, "ignore"],
      detached: true,
    },
  );
  closeSync(stdout);
  if (step) {
    await until(() => tracker.signalCode !== null || tracker.exitCode !== null, "the tracker's end");
    expect([moment, tracker.signalCode]).toEqual([moment, "SIGKILL"]);
  } else {
    await until(() => existsSync(join(folder, "started.json")), "the start");
    await pause(moment);
    tracker.kill("SIGKILL");
  }
  await until(() => existsSync(join(folder, "done")), "the command to finish without its tracker");
  const last = whole.slice(-8);
  const arrived = (path: string) => readTail(path, last.length) === last;
  await until(() => arrived(log) && arrived(out), "all of the output").catch(() => {}); // The caller compares.
  const killed = { log: readFileSync(log, "latin1"), passedOn: readFileSync(out, "latin1") };
  await until(() => isRemoved(folder), "the keeper to leave");
  return killed;
}

function readTail(path: string, length: number): string {
  const descriptor = openSync(path, "r");
  const bytes = Buffer.alloc(length);
  const count = readSync(descriptor, bytes, 0, length, Math.max(0, fstatSync(descriptor).size - length));
  closeSync(descriptor);
  return bytes.toString("latin1", 0, count);
}

/** Logs are large here; the keeper has them open for a moment longer. */
function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true });
    return true;
  } catch {
    return !existsSync(folder);
  }
}

/** Kills trackers of `command` at `moments` spread evenly over so many milliseconds; `whole` is what it prints. */
async function killMany(
  name: string,
  command: string,
  whole: string,
  [times, moments]: readonly [number, number],
) {
  let [logs, outputs] = [0, 0];
  await eachAtMost(3, [...Array(times).keys()], async (time) => {
    const { log, passedOn } = await killTracker(command, (time * 61) % moments, whole);
    if (log === whole) logs += 1;
    if (passedOn === whole) outputs += 1;
  });
  process.stderr.write(
    `${name}: killed trackers: ${times}; logs whole: ${logs}; outputs whole: ${outputs}\n`,
  );
  expect([logs, outputs]).toEqual([times, times]);
}

describe("a tracker that is killed (rel-R1, P1, P2)", () => {
  test(`never stops the command, and leaves its log and its output whole (${kills} kills)`, async () => {
    const whole = Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join("");
    // Each sleep is a process of its own: one for every ten lines, or they would cost more than all the rest.
    const command =
      'i=0; while [ $i -lt 100 ]; do echo "line $i"; i=$((i+1)); [ $((i % 10)) != 0 ] || sleep 0.02; done';
    await killMany("some lines", command, whole, [kills, 170]);
  }, 1_200_000);

  test(`leaves them whole while the spool is made short again and again (${kills / 5} kills)`, async () => {
    const block = Array.from({ length: 8_000 }, (_, n) => `${n} of a command that prints a lot\n`).join("");
    const file = join(makeFolder(), "block");
    writeFileSync(file, block);
    const command = `i=0; while [ $i -lt 40 ]; do cat '${file}'; i=$((i+1)); sleep 0.005; done; echo the end`;
    await killMany("megabytes", command, `${block.repeat(40)}the end\n`, [kills / 5, 400]);
  }, 1_200_000);

  test(`leaves them whole at full speed, without a line end (${kills / 10} kills)`, async () => {
    const whole = `${"no end ".repeat(50_000_000 / 7 + 1).slice(0, 50_000_000)}the end\n`;
    const command = "yes 'no end ' | tr -d '\\n' | head -c 50000000; echo the end";
    await killMany("full speed", command, whole, [kills / 10, 300]);
  }, 1_200_000);

  test("leaves them whole at each of its own steps", async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) =>
      n % 50 === 0 ? `${n} hunter2 and more\n` : `${n} of a command that prints a lot\n`,
    );
    const whole = `${lines.join("").repeat(30)}the end\n`;
    const file = join(makeFolder(), "block");
    writeFileSync(file, whole);
    const moments = ["before", "after"].flatMap((when) => [
      ...["move,1", "truncate,1"].map((step) => `${step},${when}`),
      ...[3, 4, 9, 40, 140].map((number) => `note,${number},${when}`),
    ]);
    for (const number of [1, 20, 140]) moments.push(`log,${number},half`);
    let [logs, outputs] = [0, 0];
    await eachAtMost(2, moments, async (moment) => {
      const { log, passedOn } = await killTracker(`cat '${file}'`, moment, whole);
      if (log.replaceAll("*", "hunter2") === whole) logs += 1;
      if (passedOn === whole) outputs += 1;
    });
    process.stderr.write(
      `killed at ${moments.length} steps; logs whole: ${logs}; outputs whole: ${outputs}\n`,
    );
    expect([logs, outputs]).toEqual([moments.length, moments.length]);
  }, 600_000);

  test("leaves the beginning of a line in the log", async () => {
    const { log, passedOn } = await killTracker(
      "printf 'half a '; sleep 0.5; echo line",
      250,
      "half a line\n",
    );
    expect([log, passedOn]).toEqual(["half a line\n", "half a line\n"]);
  });

  test("leaves lines with any byte, in order and once", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const file = join(makeFolder(), "bytes");
    writeFileSync(file, bytes);
    const whole = `${bytes.toString("latin1")}${bytes.toString("latin1")}end\n`;
    const { log } = await killTracker(`cat '${file}'; sleep 0.4; cat '${file}'; echo end`, 200, whole);
    expect(log).toBe(whole);
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
    const log = (name: string) => readFileSync(join(folder, `logs/${name}.log`), "latin1");
    await until(() => log("stdout").length === out.length && log("stderr").length === err.length, "the logs");
    expect([log("stdout"), log("stderr")]).toEqual([out, err]);
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
    const log = () => readFileSync(join(folder, "logs/stdout.log"), "latin1");
    await until(() => log().length === out.length, "the log");
    expect(log()).toBe(out);
  });
});
