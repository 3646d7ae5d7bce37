/** An observed command ends, speaks and sees what it would have without. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { testIf } from "../files/scratch.js";
import { canTrace, hasPython, newestRecord, python3 } from "./observed-run.js";
import { cli, makeRepository, type Outcome, type Repository } from "./repository.js";

const testPython = testIf(hasPython, "there is no python3");

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write("data.csv", "1\n");
  repository.commit("Data");
});
afterAll(() => repository.remove());

function run(flags: readonly string[], command: readonly string[], input = ""): Outcome {
  const words = ["run", "--quiet", "--synthetic-seed", "1", "--dirty", "warn", ...flags, "--", ...command];
  return repository.colophon(words, { input });
}

const node = process.execPath;
/** All ways to end are in `test/process/observe/outcome.test.ts`; here some of them, through the program. */
const commands: Readonly<Record<string, readonly string[]>> = {
  "a traceback": [python3, "-c", "open('nowhere.csv')"],
  SIGKILL: [python3, "-c", "import os; os.kill(os.getpid(), 9)"],
  "SIGTERM, of Node": [node, "-e", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)"],
  "exit 7 behind what it was given": ["sh", "-c", "cat; exit 7"],
  "no such program": ["no-such-program"],
  "a file that is no program": ["./data.csv"],
};

describe("an observed command", () => {
  const ways = [["--observe"], ...(canTrace ? [["--observe=strace"]] : [])];
  for (const [name, command] of Object.entries(commands)) {
    testIf(command[0] !== python3 || hasPython, "there is no python3")(
      `ends as it would without: ${name}`,
      () => {
        const plain = run([], command, "a line\n");
        for (const way of ways) expect([way, run(way, command, "a line\n")]).toEqual([way, plain]);
      },
    );
  }

  testPython("sees the same environment but for the variables that are named", () => {
    const script = "import json, os; print(json.dumps(dict(os.environ)))";
    const seen = (flags: readonly string[]) => JSON.parse(run(flags, [python3, "-c", script]).stdout);
    const [plain, observed] = [seen([]), seen(["--observe"])];
    const differing = [...new Set([...Object.keys(plain), ...Object.keys(observed)])]
      .filter((name) => plain[name] !== observed[name] && !/^COLOPHON_(RUN_ID|RUN_DIR|METRICS)$/.test(name))
      .sort();
    expect(differing).toEqual(["COLOPHON_OBSERVE", "NODE_OPTIONS", "PYTHONPATH"]);
    expect(differing).toEqual(newestRecord(repository)?.variables);
  });

  const breaking: Readonly<Record<string, string>> = {
    "is removed": "import os, shutil; shutil.rmtree(os.path.dirname(os.environ['COLOPHON_OBSERVE']))",
    "becomes a folder": "import os; s = os.environ['COLOPHON_OBSERVE']; os.unlink(s); os.mkdir(s)",
    "becomes a link":
      "import os; s = os.environ['COLOPHON_OBSERVE']; os.unlink(s); os.symlink('/etc/passwd', s)",
    "may not grow": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    "holds what is no line":
      "import os; open(os.environ['COLOPHON_OBSERVE'], 'ab').write(b'F\\t\\xff\\n\\0\\n')",
  };
  for (const [name, line] of Object.entries(breaking)) {
    testPython(`runs on when what it tells is lost: the spool ${name}`, () => {
      const script = `${line}\nopen("data.csv").read()\nprint("done")`;
      const outcome = run(["--observe"], [python3, "-c", script]);
      expect([outcome.status, outcome.stdout]).toEqual([0, "done\n"]);
      const record = newestRecord(repository);
      const spots = record?.blind_spots.map(({ what }) => what) ?? [];
      const isTold = record?.files.some(({ path }) => path === "data.csv") === true;
      expect(isTold || spots.includes("lost") || spots.includes("silent")).toBe(true);
    });
  }

  testPython("runs on when its tracker is killed, and so does a Node that it starts then", async () => {
    const done = join(repository.root, "../done");
    const script = [
      "import subprocess, sys, time",
      'print("started", flush=True)',
      "time.sleep(0.5)",
      `open("data.csv").read(); subprocess.run([${JSON.stringify(node)}, "-e", "fs.readFileSync('data.csv')"], check=True)`,
      `open(${JSON.stringify(done)}, "w").write("done")`,
    ].join("\n");
    const words = [
      "run",
      "--quiet",
      "--synthetic-seed",
      "1",
      "--dirty",
      "warn",
      "--observe",
      "--",
      python3,
      "-c",
      script,
    ];
    const tracker = spawn(node, [cli, ...words], {
      cwd: repository.root,
      env: repository.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => tracker.stdout.once("data", resolve));
    tracker.kill("SIGKILL");
    // It is there a moment before its text is.
    const said = () => (existsSync(done) ? readFileSync(done, "utf8") : "");
    for (let waited = 0; waited < 200 && said() !== "done"; waited += 1) await pause(50);
    expect(said()).toBe("done");
  });

  test("is not touched without --observe", () => {
    const { stdout } = run(
      [],
      [node, "-p", "[process.env.NODE_OPTIONS, process.env.COLOPHON_OBSERVE].join()"],
    );
    expect(stdout).toBe(",\n");
  });
});
