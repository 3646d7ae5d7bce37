/** A command with an observation around it ends, says and sees what it would alone. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { type ObserveHow, openObservation } from "../../../src/process/observe/observation.js";
import { scratchFolder, testIf } from "../../files/scratch.js";
import { canTrace, hasPython, python3 } from "../../journeys/observed-run.js";

const folder = scratchFolder();
writeFileSync(join(folder, "data.csv"), "1\n");
const programs = fileURLToPath(new URL("../../../dist/observe", import.meta.url));
const { NODE_OPTIONS: _, ...env } = process.env;
const node = process.execPath;

function run(argv: readonly string[], asked: ObserveHow | null) {
  const live = mkdtempSync(join(folder, "live-"));
  const request = { argv, cwd: folder, env, forward: "auto" as const, killAfterSeconds: null };
  const observation =
    asked === null ? null : openObservation({ asked, live, programs, env, directory: folder });
  expect(observation?.fault ?? null).toBeNull();
  const command = observation?.attach(request) ?? request;
  const [program = "", ...words] = command.argv;
  const { status, signal, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    env: command.env,
    input: "a line\n",
    encoding: "utf8",
  });
  observation?.end();
  return { status, signal, stdout, stderr };
}

const scripts: Readonly<Record<string, readonly string[]>> = {
  "python exit 3": [python3, "-c", "raise SystemExit(3)"],
  "python exit with a text": [python3, "-c", "import sys; sys.exit('no data')"],
  "python traceback of a missing file": [python3, "-c", "def f(): open('nowhere.csv')\nf()"],
  "python without a last word": [python3, "-c", "import os; os._exit(5)"],
  "python SIGTERM": [python3, "-c", "import os; os.kill(os.getpid(), 15)"],
  "python SIGKILL": [python3, "-c", "import os; os.kill(os.getpid(), 9)"],
  "python interrupt": [
    python3,
    "-c",
    "import os, signal; os.kill(os.getpid(), signal.SIGINT); open('data.csv')",
  ],
  "python a handler that raises while files are opened": [
    python3,
    "-c",
    [
      "import signal",
      "class Late(OSError): pass",
      "def late(*_): raise Late('late')",
      "signal.signal(signal.SIGALRM, late)",
      "signal.setitimer(signal.ITIMER_REAL, 0.05)",
      "try:",
      "    while True: open('data.csv').close()",
      "except Late as error: print('told:', error)",
    ].join("\n"),
  ],
  "python stdin": [python3, "-c", "import sys; print(sys.stdin.read().upper())"],
  "python closes every descriptor and opens files by number": [
    python3,
    "-c",
    "import os\nos.closerange(3, 256)\nprint(os.open('data.csv', 0), os.open('data.csv', 0))",
  ],
  "python descriptors are exhausted": [
    python3,
    "-c",
    [
      "import resource, os",
      "resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))",
      "held = []",
      "try:",
      "    while True: held.append(open('data.csv'))",
      "except OSError as error: print(len(held), error)",
    ].join("\n"),
  ],
  "node exit 4": [node, "-e", "process.exit(4)"],
  "node a missing file": [node, "-e", "function f() { fs.readFileSync('nowhere.csv') }\nf()"],
  "node a missing file in a promise": [
    node,
    "-e",
    "(async () => { await null; fs.openSync('nowhere.csv') })()",
  ],
  "node an error of a promise": [node, "-e", "fs.promises.readFile('nowhere.csv')"],
  "node SIGTERM": [node, "-e", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)"],
  "node names and lengths": [
    node,
    "-p",
    "Object.entries(fs).map(([name, one]) => [name, one?.name, one?.length, Object.keys(one ?? {})].join()).join()",
  ],
  "node stdin": [node, "-e", "process.stdin.pipe(process.stdout)"],
  "shell exit 7": ["sh", "-c", "cat data.csv; exit 7"],
  "shell SIGHUP": ["sh", "-c", "kill -HUP $$"],
};

const ways: readonly ObserveHow[] = canTrace ? ["injected", "strace"] : ["injected"];

describe.each(ways)("an observed command (%s)", (way) => {
  for (const [name, command] of Object.entries(scripts)) {
    if (command[0] === python3 && !hasPython) test.skip(`${name} (skipped: there is no python3)`, () => {});
    else test(`ends as it would alone: ${name}`, () => expect(run(command, way)).toEqual(run(command, null)));
  }
});

describe("a traced command", () => {
  const script = [
    "import os, signal, time",
    "tracer = int(next(l for l in open('/proc/self/status') if l.startswith('TracerPid')).split()[1])",
    "os.kill(tracer, signal.SIGKILL)",
    "time.sleep(0.2)",
    "print(open('data.csv').read(), end='')",
    "raise SystemExit(6)",
  ].join("\n");

  testIf(canTrace && hasPython, "strace or python3 is missing")("goes on when somebody kills strace", () => {
    expect(run([python3, "-c", script], "strace")).toEqual({
      status: 6,
      signal: null,
      stdout: "1\n",
      stderr: "",
    });
  });
});

describe("openObservation", () => {
  test("gives a reason where the programs are not there, and leaves the command as it is", () => {
    const live = join(folder, "no-programs");
    mkdirSync(live);
    const observation = openObservation({
      asked: "injected",
      live,
      programs: folder,
      env,
      directory: folder,
    });
    expect(observation).toMatchObject({ how: null, fault: expect.stringContaining("could not be prepared") });
    const command = { argv: ["true"], cwd: folder, env, forward: "auto" as const, killAfterSeconds: null };
    expect(observation.attach(command)).toBe(command);
  });
});
