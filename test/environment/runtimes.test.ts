import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { platformName } from "../../src/environment/platform.js";
import { captureRuntimes } from "../../src/environment/runtimes.js";
import {
  askPython,
  makeFolder,
  makeVenv,
  plainEnv,
  python,
  testWithPython,
  untilGone,
  writeProgram,
  writeText,
} from "./scratch.js";

const node = process.versions.node;
const platform = platformName();

describe("captureRuntimes", () => {
  test("names the platform and Colophon's own Node when the command's interpreter is not known", async () => {
    const runtimes = await captureRuntimes(["make", "train"], makeFolder(), plainEnv);
    expect(runtimes).toEqual({ env: { platform, node }, interpreter: null, searchPath: [] });
  });

  testWithPython("records sys.version to the letter", async () => {
    const { env, interpreter, searchPath } = await captureRuntimes(
      [python!, "train.py"],
      makeFolder(),
      plainEnv,
    );
    expect(env).toEqual({ platform, node, python: askPython(python!, "sys.version") });
    expect(interpreter).toEqual({
      name: "python",
      path: python,
      executable: askPython(python!, "sys.executable"),
      version: env.python,
      implementation: askPython(python!, "sys.implementation.name"),
      prefix: askPython(python!, "sys.prefix"),
      base_prefix: askPython(python!, "sys.base_prefix"),
      reason: null,
    });
    expect(searchPath).toEqual(askPython(python!, "chr(10).join(sys.path[1:])").split("\n"));
  });

  testWithPython("finds a virtual environment through the command, the PATH and a script", async () => {
    const folder = join(makeFolder(), "a venv");
    const venv = makeVenv(folder);
    const own = join(venv, "bin/python");
    const cwd = makeFolder();
    writeProgram(cwd, "train.py", "#!/usr/bin/env python\n");
    const env = { ...plainEnv, PATH: `${venv}/bin:${plainEnv.PATH}` };
    for (const argv of [[own, "train.py"], ["python", "train.py"], ["./train.py"], ["env", "python"]]) {
      const { interpreter } = await captureRuntimes(argv, cwd, env);
      expect(interpreter).toMatchObject({ path: own, executable: own, prefix: venv });
      expect(interpreter?.base_prefix).not.toBe(venv);
    }
  });

  testWithPython(
    "runs nothing of the command's folder or of PYTHONPATH, and leaves nothing there",
    async () => {
      const cwd = makeFolder();
      const elsewhere = makeFolder();
      for (const folder of [cwd, elsewhere]) {
        for (const name of ["sys", "json", "platform", "train"]) {
          writeText(
            folder,
            `${name}.py`,
            `open(${JSON.stringify(join(folder, "ran"))}, "w").close()\nraise SystemExit(9)\n`,
          );
        }
      }
      const before = readdirSync(cwd);
      const env = { ...plainEnv, PYTHONPATH: elsewhere, PYTHONINSPECT: "1" };
      // Free of what the machine's own packages import when Python starts.
      const own = join(makeVenv(makeFolder()), "bin/python");
      const { interpreter, searchPath } = await captureRuntimes([own, "train.py"], cwd, env);
      expect(interpreter?.version).toBe(askPython(python!, "sys.version"));
      expect(searchPath).toContain(elsewhere);
      expect(existsSync(join(cwd, "ran")) || existsSync(join(elsewhere, "ran"))).toBe(false);
      expect(readdirSync(cwd)).toEqual(before);
    },
  );

  testWithPython("counts relative entries of PYTHONPATH from the command's folder", async () => {
    const cwd = makeFolder();
    const { searchPath } = await captureRuntimes([python!], cwd, { ...plainEnv, PYTHONPATH: "src:." });
    expect(searchPath.slice(0, 2)).toEqual([join(cwd, "src"), cwd]);
  });

  testWithPython("hears the answer through a sitecustomize that prints", async () => {
    const site = makeFolder();
    writeText(site, "sitecustomize.py", "print('hello from the user')\n");
    const { interpreter } = await captureRuntimes([python!], makeFolder(), { ...plainEnv, PYTHONPATH: site });
    expect(interpreter?.version).toBe(askPython(python!, "sys.version"));
    expect(existsSync(join(site, "__pycache__"))).toBe(false);
  });

  testWithPython("asks a shim in the command's own folder, where it chooses", async () => {
    const cwd = makeFolder();
    writeText(cwd, ".python-version", "chosen here\n");
    const shim = writeProgram(makeFolder(), "python3", `#!/bin/sh\npwd > "$SEEN"\nexec "${python}" "$@"\n`);
    const seen = join(makeFolder(), "seen");
    const { interpreter } = await captureRuntimes([shim], cwd, { ...plainEnv, SEEN: seen });
    expect(readFileSync(seen, "utf8").trim()).toBe(cwd);
    expect(interpreter).toMatchObject({
      path: shim,
      executable: askPython(python!, "sys.executable"),
      reason: null,
    });
  });

  test.each([
    ["fails", "#!/bin/sh\nexit 3\n", "ended with status 3"],
    ["dies", "#!/bin/sh\nkill -SEGV $$\n", "ended with SIGSEGV"],
    ["says something else", "#!/bin/sh\necho hello\n", "did not answer as Python does"],
    ["cannot be started", "#!/nowhere/at/all\n", "could not be started"],
  ])("gives the reason when an interpreter %s", async (_, text, reason) => {
    const program = writeProgram(makeFolder(), "python3", text);
    const { env, interpreter } = await captureRuntimes([program, "train.py"], makeFolder(), plainEnv);
    expect(env).toEqual({ platform, node });
    expect(interpreter).toMatchObject({ name: "python", path: program, version: null, prefix: null });
    expect(interpreter?.reason).toContain(reason);
  });

  test("does not wait for what a broken interpreter leaves running", async () => {
    const folder = makeFolder();
    const program = writeProgram(
      folder,
      "python3",
      '#!/bin/sh\necho $$ > "$SEEN"\nsleep 60 &\nexec sleep 60\n',
    );
    const env = { ...plainEnv, SEEN: join(folder, "pid") };
    const { interpreter } = await captureRuntimes([program], folder, env);
    expect(interpreter?.reason).toContain("gave no answer within 5 s");
    await untilGone(Number(readFileSync(env.SEEN, "utf8")));
  }, 20_000);
});

describe("captureRuntimes of Node", () => {
  test("starts nothing when the command runs in this very Node", async () => {
    const folder = makeFolder();
    const link = join(folder, "node");
    symlinkSync(process.execPath, link);
    // A program that is started would need the C library's loader, and this one cannot be found.
    const { env, interpreter } = await captureRuntimes([link, "train.js"], folder, {
      LD_PRELOAD: "/nowhere.so",
    });
    expect(env).toEqual({ platform, node });
    expect(interpreter).toMatchObject({
      name: "node",
      path: link,
      version: node,
      implementation: "node",
      reason: null,
    });
  });

  test("asks another Node for its version, without the command's NODE_OPTIONS", async () => {
    const folder = makeFolder();
    const other = writeProgram(folder, "node", '#!/bin/sh\ntest -z "$NODE_OPTIONS" && echo v18.19.1\n');
    const script = writeProgram(folder, "train.mjs", `#!${other}\n`);
    const options = { ...plainEnv, NODE_OPTIONS: "--require ./evil.js" };
    const { env, interpreter } = await captureRuntimes([script], folder, options);
    expect(env).toEqual({ platform, node: "18.19.1" });
    expect(interpreter).toMatchObject({ name: "node", path: other, version: "18.19.1" });
  });

  test("does not let its own Node pass for one that does not answer", async () => {
    const folder = makeFolder();
    const broken = writeProgram(folder, "node", "#!/bin/sh\nexit 1\n");
    const { env, interpreter } = await captureRuntimes([broken, "train.js"], folder, plainEnv);
    expect(env).toEqual({ platform, colophon_node: node });
    expect(interpreter).toMatchObject({ version: null, implementation: null });
    expect(interpreter?.reason).toContain("ended with status 1");
  });
});
