/** The injected program of Python in every Python that is here: it may be found by an old one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { readSpool } from "../../../src/process/observe/read-spool.js";
import { scratchFolder } from "../../files/scratch.js";

const folder = scratchFolder();
const injected = fileURLToPath(new URL("../../../src/process/observe/inject/python", import.meta.url));

interface Python {
  readonly program: string;
  readonly version: string;
}

/** Those on the PATH, and beside each other where a manager of versions keeps them. */
function pythonsHere(): Python[] {
  const ask =
    "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3]))); print(sys.prefix)";
  const about = (program: string) =>
    (spawnSync(program, ["-c", ask], { encoding: "utf8" }).stdout ?? "").trim().split("\n");
  const [program, , prefix = ""] = about("python3");
  if (program === undefined || program === "") return [];
  const versions = join(prefix, "..");
  const beside = /^\d+\.\d+/.test(prefix.slice(prefix.lastIndexOf("/") + 1)) ? readdirSync(versions) : [];
  const programs = [program, ...beside.map((name) => join(versions, name, "bin/python"))].filter(existsSync);
  const found = programs.map((one) => ({ program: one, version: about(one)[1] ?? "" }));
  return [...new Map(found.map((one) => [one.version, one])).values()].filter(
    ({ version }) => version !== "",
  );
}

const pythons = pythonsHere();
const canTell = ({ version }: Python) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 8);
};

function call({ program }: Python, script: string, more: NodeJS.ProcessEnv = {}) {
  const spool = join(folder, "spool");
  writeFileSync(spool, "");
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: "1",
    COLOPHON_OBSERVE: spool,
    PYTHONPATH: injected,
    ...more,
  };
  const { status, stdout, stderr } = spawnSync(program, ["-c", script], {
    encoding: "utf8",
    cwd: folder,
    env,
  });
  const files = [...readSpool(spool)].flatMap((event) =>
    event.kind === "file" && event.path.startsWith(folder)
      ? [[event.opened, event.path.slice(folder.length + 1)]]
      : [],
  );
  return { outcome: [status, stdout, stderr], files };
}

if (pythons.length === 0) test.skip("sitecustomize (skipped: there is no python3)", () => {});

describe.each(pythons)("sitecustomize in Python $version", (python) => {
  writeFileSync(join(folder, "a.csv"), "1");
  mkdirSync(join(folder, "own"), { recursive: true });
  writeFileSync(join(folder, "own/sitecustomize.py"), "import sys; sys.own = __name__\n");
  writeFileSync(join(folder, "bad.py"), "");

  test("tells what is opened, where Python can hear of it, and says nothing", () => {
    const { outcome, files } = call(python, "open('a.csv').close(); open('b.csv', 'a').close()");
    expect(outcome).toEqual([0, "", ""]);
    expect(files).toEqual(
      canTell(python)
        ? [
            ["reading", "a.csv"],
            ["writing", "b.csv"],
          ]
        : [],
    );
  });

  test("makes room for the one that comes next, and for none", () => {
    const script = "import sys; print(getattr(sys, 'own', None)); print('sitecustomize' in sys.modules)";
    const own = { PYTHONPATH: `${injected}:${join(folder, "own")}` };
    expect(call(python, script, own).outcome).toEqual([0, "sitecustomize\nTrue\n", ""]);
    const none = call(python, `${script}; print([p for p in sys.path if 'inject' in p])`).outcome;
    expect(none[2]).toBe("");
    expect(none[1]).toMatch(/^None\nFalse\n\[\]\n$|sitecustomize/);
  });

  test("lets the user's own fail as it would alone", () => {
    mkdirSync(join(folder, "failing"), { recursive: true });
    writeFileSync(join(folder, "failing/sitecustomize.py"), "raise ValueError('mine')\n");
    const failing = join(folder, "failing");
    const alone = call(python, "print(1)", { PYTHONPATH: failing }).outcome;
    expect(call(python, "print(1)", { PYTHONPATH: `${injected}:${failing}` }).outcome).toEqual(alone);
  });

  test("hears nothing of what it opens itself, and stays quiet without a spool", () => {
    const gone = call(python, "print(open('a.csv').read())", { COLOPHON_OBSERVE: join(folder, "no/spool") });
    expect(gone).toEqual({ outcome: [0, "1\n", ""], files: [] });
  });
});
