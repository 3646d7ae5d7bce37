import { constants } from "node:os";
import { afterAll, describe, expect, test } from "@jest/globals";
import { statusOf } from "../../src/process/end.js";
import { eachAtMost, isLong, removePlace, wrap } from "./wrapped.js";

afterAll(removePlace);

const codes = Array.from({ length: 256 }, (_, code) => code).filter(
  (code) => isLong || code % 16 === 0 || [1, 2, 124, 125, 126, 127, 129, 130, 137, 143, 255].includes(code),
);

/** rel-R6: signals that a process of Node's can die of without a core file end the tracker too; the others become 128+n. */
const raised = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2", "SIGALRM"];
const counted = [
  "SIGKILL",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGUSR1",
  "SIGSEGV",
  "SIGPIPE",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGSYS",
];
const ignored = ["SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"];

function killItself(signal: string): string[] {
  return ["sh", "-c", `ulimit -c 0; kill -${signal.slice(3)} $$; exit 5`];
}

describe("the tracker's end", () => {
  test(`has the exit status of the command (${codes.length} of 256 statuses)`, async () => {
    const got = new Map<number, unknown>();
    await eachAtMost(3, codes, async (code) => {
      const { status, end } = await wrap(["sh", "-c", `exit ${code}`]);
      got.set(code, [status, end.exitCode, end.signal]);
    });
    expect(new Map([...got].sort(([a], [b]) => a - b))).toEqual(
      new Map(codes.map((code) => [code, [code, code, null]])),
    );
  }, 180_000);

  test(`is the command's own death by ${raised.join(", ")}`, async () => {
    for (const name of raised) {
      const { status, signal, end } = await wrap(killItself(name));
      expect([name, status, signal, end.signal]).toEqual([name, null, name, name]);
    }
  });

  test(`is 128+n for ${counted.length} signals that Node cannot or should not die of`, async () => {
    const got: unknown[] = [];
    await eachAtMost(3, counted, async (name) => {
      const { status, signal, end } = await wrap(killItself(name));
      got.push([name, status, signal, end.exitCode, end.signal]);
    });
    expect(got.sort()).toEqual(
      counted.map((name) => [name, 128 + constants.signals[name as "SIGKILL"], null, null, name]).sort(),
    );
  });

  test(`is not changed by ${ignored.join(", ")}, which kill nobody`, async () => {
    for (const name of ignored) expect((await wrap(killItself(name))).status).toBe(5);
  });

  test("comes when the command was killed from outside, with what killed it", async () => {
    const { status, end } = await wrap(["sh", "-c", "echo $$; exec sleep 60"], {
      meanwhile: async ({ printed, says }) => {
        await says("\n");
        process.kill(Number(printed()), "SIGKILL");
      },
    });
    expect([status, end.signal, end.exitCode]).toEqual([137, "SIGKILL", null]);
    expect([false, null]).toContain(end.oomKilled);
  });
});

describe("statusOf", () => {
  const none = { exitCode: null, signal: null, failure: null, killed: null };

  test.each([
    [{ ...none, exitCode: 7 }, 7],
    [{ ...none, signal: "SIGSEGV" as const }, 139],
    [{ ...none, failure: { status: 126 as const, message: "" } }, 126],
    [{ ...none, signal: "SIGKILL" as const, killed: "third-interrupt" as const }, 130],
    [{ ...none, signal: "SIGKILL" as const, killed: "kill-after" as const }, 137],
  ])("of %j is %d", (end, status) => {
    expect(statusOf(end)).toBe(status);
  });
});
