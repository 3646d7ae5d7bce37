import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import {
  eachAtMost,
  makeFolder,
  pause,
  plainEnv,
  type Running,
  removePlace,
  until,
  wordsOf,
  wrap,
} from "./wrapped.js";

afterAll(removePlace);

const names = ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2"] as const;
/** Says which signals come, and ends when it is told to by a line on its stdin. */
const listener = [
  "sh",
  "-c",
  `${[...names, "CONT"].map((name) => `trap 'echo got ${name}' ${name}`).join("; ")}; echo ready; n=0; while [ $n -lt 12 ]; do sleep 0.05; n=$((n+1)); done`,
];

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function sendEach(signals: readonly string[]) {
  return async ({ tracker, says, printed }: Running) => {
    await says("ready");
    for (const name of signals) {
      tracker.kill(`SIG${name}` as NodeJS.Signals);
      for (let look = 0; look < 15 && !printed().includes(`got ${name}`); look += 1) await pause(10);
    }
  };
}

describe("signals to the tracker", () => {
  test.each([...names, "CONT"])("pass SIG%s on to the command, once", async (name) => {
    const { stdout, end, status } = await wrap(listener, { meanwhile: sendEach([name]) });
    expect([count(stdout.toString(), `got ${name}`), status]).toEqual([1, 0]);
    expect(end.interrupted).toEqual([{ signal: `SIG${name}`, forwarded: true }]);
  });

  test("end the command that does not care, and us as it ended", async () => {
    const { signal, end } = await wrap(["sh", "-c", "echo ready; exec sleep 60"], {
      meanwhile: async ({ tracker, says }) => {
        await says("ready");
        tracker.kill("SIGTERM");
      },
    });
    expect([signal, end.signal, end.killed]).toEqual(["SIGTERM", "SIGTERM", null]);
  });

  test("are not passed on in Slurm, which delivers them itself, unless asked for", async () => {
    const sent = ["TERM", "USR1", "USR2", "CONT"];
    const env = { SLURM_JOB_ID: "7" };
    const auto = await wrap(listener, { env, meanwhile: sendEach(sent) });
    expect(auto.stdout.toString()).toBe("ready\n");
    expect(auto.end.interrupted).toEqual(sent.map((name) => ({ signal: `SIG${name}`, forwarded: false })));
    const always = await wrap(listener, {
      env,
      options: { forward: "always" },
      meanwhile: sendEach(["USR1"]),
    });
    expect(always.stdout.toString()).toBe("ready\ngot USR1\n");
  });

  test("are never passed on with never", async () => {
    const { stdout } = await wrap(listener, {
      options: { forward: "never" },
      meanwhile: sendEach(["TERM", "INT"]),
    });
    expect(stdout.toString()).toBe("ready\n");
  });

  const stubborn = ["sh", "-c", 'trap "" TERM INT; echo ready; sleep 1; echo finished'];

  test("never become a kill on our own account", async () => {
    const { stdout, status, end } = await wrap(stubborn, {
      meanwhile: async ({ tracker, says }) => {
        await says("ready");
        tracker.kill("SIGTERM");
      },
    });
    expect([stdout.toString(), status, end.killed]).toEqual(["ready\nfinished\n", 0, null]);
  });

  test("become one after the time that was asked for", async () => {
    const { stdout, status, end } = await wrap(["sh", "-c", 'trap "" TERM; echo ready; exec sleep 30'], {
      options: { killAfterSeconds: 0.2 },
      meanwhile: async ({ tracker, says }) => {
        await says("ready");
        tracker.kill("SIGTERM");
      },
    });
    expect([stdout.toString(), status, end.signal, end.killed]).toEqual([
      "ready\n",
      137,
      "SIGKILL",
      "kill-after",
    ]);
  });

  test("kill the command and what it started at the third interrupt within three seconds", async () => {
    const family = ["sh", "-c", 'trap "" INT; sleep 300 & echo $!; wait; sleep 300'];
    let child = 0;
    const { signal, end } = await wrap(family, {
      meanwhile: async ({ tracker, says, printed }) => {
        await says("\n");
        child = Number(printed());
        for (let press = 0; press < 3; press += 1) {
          tracker.kill("SIGINT");
          await pause(100);
        }
      },
    });
    expect([signal, end.signal, end.killed, end.interrupted.length]).toEqual([
      "SIGINT",
      "SIGKILL",
      "third-interrupt",
      3,
    ]);
    await until(() => !isAlive(child), "the end of the command's child");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(
      existsSync("/proc/self") ? readFileSync(`/proc/${pid}/status`, "latin1") : "",
    );
  } catch {
    return false;
  }
}

describe("guardAgainstInspector", () => {
  test("leaves no debugger open, whenever during the start SIGUSR1 comes", async () => {
    const opened: number[] = [];
    let reached = 0;
    const delays = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 80];
    await eachAtMost(4, delays, async (delay) => {
      const folder = makeFolder();
      const port = 20_000 + Math.floor(process.pid % 20_000) + delay;
      const tracker = spawn(
        process.execPath,
        [`--inspect-port=${port}`, ...wordsOf(folder, ["sh", "-c", "sleep 0.6"])],
        { env: plainEnv, stdio: "ignore", detached: true },
      );
      const ended = new Promise<void>((resolve) => tracker.once("exit", () => resolve()));
      await pause(delay);
      tracker.kill("SIGUSR1");
      const started = join(folder, "started.json");
      // At the very beginning nobody listens yet, and the signal ends the process as it would end any.
      while (!existsSync(started) && tracker.exitCode === null && tracker.signalCode === null) await pause(5);
      if (existsSync(started)) reached += 1;
      await pause(250);
      if (await listens(port)) opened.push(delay);
      await ended;
    });
    process.stderr.write(`SIGUSR1 at ${delays.length} moments of the start, ${reached} survived\n`);
    expect(reached).toBeGreaterThan(delays.length / 2);
    expect(opened).toEqual([]);
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

describe("keepWaiting", () => {
  test("lets the command finish when the tracker has a fault, and keeps the fault to the user", async () => {
    const { status, stdout, stderr, end, folder } = await wrap(
      ["sh", "-c", "sleep 0.5; echo finished; exit 7"],
      { options: { fault: true } },
    );
    expect([status, stdout.toString(), end.exitCode]).toEqual([7, "finished\n", 7]);
    expect(stderr.toString()).toBe("a fault of the tracker\n");
    const crash = join(folder, "crash.txt");
    expect(readFileSync(crash, "utf8")).toMatch(/^Error: nobody catches this\n {4}at /);
    expect(statSync(crash).mode & 0o777).toBe(0o600);
  });
});
