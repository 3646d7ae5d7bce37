import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { findInterpreter } from "../../src/environment/interpreter/find-interpreter.js";
import { parseShebang } from "../../src/environment/interpreter/shebang.js";
import { makeFolder, writeProgram, writeText } from "./scratch.js";

/** Nothing here is started, so any executable file stands for an interpreter; one that is no script is no shim. */
const binary = "\u007fELF";
let box: string;
let bin: string;

beforeAll(() => {
  box = makeFolder();
  bin = join(box, "bin");
  for (const name of [
    "python",
    "python3",
    "python3.11",
    "python3.13t",
    "python3.9-dbg",
    "pypy3",
    "node",
    "make",
  ]) {
    writeProgram(bin, name, binary);
  }
  for (const name of ["env", "uv", "poetry", "pipenv", "conda", "nohup", "nice", "timeout", "stdbuf"]) {
    writeProgram(bin, name, binary);
  }
  for (const name of ["srun", "mpirun", "bash", "tox", "hatch"]) writeProgram(bin, name, binary);
});

function find(
  argv: readonly string[],
  { cwd = box, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
) {
  return findInterpreter({ words: argv, cwd, env: { PATH: bin, HOME: box, ...env } });
}

describe("findInterpreter", () => {
  test.each(["python", "python3", "python3.11", "python3.13t", "python3.9-dbg", "pypy3"])(
    "knows %s",
    (name) => {
      expect(find([name, "train.py"])).toMatchObject({
        name: "python",
        path: join(bin, name),
        shimFolder: undefined,
      });
    },
  );

  test("takes a path with a folder from the command's own folder", () => {
    const python = writeProgram(box, "venv/bin/python", binary);
    expect(find(["venv/bin/python", "train.py"])?.path).toBe(python);
    expect(find(["../venv/bin/python"], { cwd: bin })?.path).toBe(python);
    expect(find([python])?.path).toBe(python);
  });

  test("follows the order of PATH, through folders with spaces, empty and relative entries", () => {
    const first = writeProgram(box, "with a space/python3", binary);
    expect(find(["python3"], { env: { PATH: `/nowhere:${box}/with a space:${bin}` } })?.path).toBe(first);
    const here = writeProgram(box, "here/python3", binary);
    expect(find(["python3"], { cwd: join(box, "here"), env: { PATH: `:${bin}` } })?.path).toBe(here);
    expect(find(["python3"], { env: { PATH: `here:${bin}` } })?.path).toBe(here);
  });

  test("passes over folders and files that cannot be run", () => {
    mkdirSync(join(box, "odd/python3"), { recursive: true });
    writeText(box, "plain/python3", binary);
    const PATH = `${box}/odd:${box}/plain:${bin}`;
    expect(find(["python3"], { env: { PATH } })?.path).toBe(join(bin, "python3"));
  });

  test("finds the interpreter of a script by its first line", () => {
    writeProgram(box, "train.py", "#!/usr/bin/env python3\n");
    writeProgram(box, "split.py", "#!/usr/bin/env -S python3 -u -X dev\n");
    writeProgram(box, "direct.py", `#!${bin}/python3.11 -u\r\n`);
    writeProgram(box, "tool.mjs", "#!/usr/bin/env node\n");
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    expect(find(["./train.py"], { env })?.path).toBe(join(bin, "python3"));
    expect(find(["./split.py", "--lr", "1"], { env })?.path).toBe(join(bin, "python3"));
    expect(find(["./direct.py"])?.path).toBe(join(bin, "python3.11"));
    expect(find(["./tool.mjs"], { env })).toMatchObject({ name: "node", path: join(bin, "node") });
  });

  test("goes on from one script to the next, but not for ever", () => {
    writeProgram(box, "inner", `#!${bin}/python3\n`);
    writeProgram(box, "outer", `#!${box}/inner\n`);
    writeProgram(box, "loop", `#!${box}/loop\n`);
    expect(find(["./outer"])?.path).toBe(join(bin, "python3"));
    expect(find(["./loop"])).toBeNull();
  });

  test("reads the form pip writes for paths too long for a first line", () => {
    writeProgram(box, "long", `#!/bin/sh\n'''exec' "${bin}/python3" "$0" "$@"\n' '''\nimport sys\n`);
    expect(find(["./long"])?.path).toBe(join(bin, "python3"));
  });

  test("calls a script or a link to a program of another name a shim", () => {
    writeProgram(box, "shims/python3", "#!/bin/sh\nexec pyenv exec python3\n");
    symlinkSync(join(bin, "make"), join(box, "shims/python"));
    expect(find([join(box, "shims/python3")])?.shimFolder).toBe(box);
    expect(find([join(box, "shims/python")])?.shimFolder).toBe(box);
  });

  test.each([
    [["make", "train"]],
    [["bash", "run.sh"]],
    [["srun", "python3", "train.py"]],
    [["mpirun", "-np", "2", "python3", "train.py"]],
    [["tox"]],
    [["hatch", "run", "python3", "train.py"]],
    [["nothing-of-this-name"]],
    [["./not-there.py"]],
    [["", "python3"]],
    [["python3\u0000"]],
    [[]],
  ])("does not guess for %j", (argv) => {
    expect(find(argv)).toBeNull();
  });
});

describe("wrappers", () => {
  test.each([
    [["env", "python3", "train.py"]],
    [["env", "A=1", "-u", "B", "python3"]],
    [["env", "-S", "A=1 python3 -u", "train.py"]],
    [["env", "-Spython3 -u"]],
    [["env", "--", "python3"]],
    [["env", "--unset=A", "python3"]],
    [["nohup", "python3"]],
    [["nice", "-n", "10", "python3"]],
    [["nice", "-n10", "python3"]],
    [["timeout", "-k", "5", "--preserve-status=yes", "60", "python3"]],
    [["stdbuf", "-oL", "-e", "0", "python3"]],
    [["nohup", "env", "A=1", "nice", "python3"]],
  ])("lead through %j", (argv) => {
    expect(find(argv)?.path).toBe(join(bin, "python3"));
  });

  test("keep the variables and the folder env sets", () => {
    const other = writeProgram(box, "other/python3", binary);
    const found = find(["env", "-u", "HOME", `PATH=${box}/other`, "SEED=7", "python3"]);
    expect(found).toMatchObject({ path: other, env: { SEED: "7" } });
    expect(found?.env.HOME).toBeUndefined();
    expect(find(["env", "-C", "other", "./python3"])?.path).toBe(other);
    expect(find(["env", "--chdir=other", "./python3"])?.path).toBe(other);
    expect(find(["env", "-i", join(bin, "python3")])?.env).toEqual({});
  });

  test.each([
    [["env"]],
    [["env", "-S"]],
    [["env", "-S", "python3 '-c' $X"]],
    [["env", "--ignore-signal=INT", "python3"]],
    [["nice", "-z", "python3"]],
    [["timeout", "60"]],
    [["uv", "pip", "install"]],
    [["uv", "run", "--with", "numpy", "python3"]],
    [["uv", "run", "--python", "3.9", "python3"]],
    [["poetry", "run", "python3"]],
    [["pipenv", "run", "python3"]],
    [["conda", "run", "-n", "nowhere", "python3"]],
    [["conda", "run", "--unknown", "python3"]],
    [["conda", "run", "python3"]],
    [["conda", "install", "python3"]],
  ])("give up on %j", (argv) => {
    expect(find(argv)).toBeNull();
  });

  test("take uv's environment of the project, and none that uv would make first", () => {
    const project = makeFolder();
    writeText(project, "pyproject.toml", "[project]\n");
    writeText(project, "train.py", "import sys\n");
    writeText(project, "alone.py", "# /// script\n# dependencies = []\n# ///\n");
    mkdirSync(join(project, "deep"));
    expect(find(["uv", "run", "python", "train.py"], { cwd: project })).toBeNull();
    const python = writeProgram(project, ".venv/bin/python", binary);
    writeProgram(project, ".venv/bin/torchrun", `#!${python}\n`);
    expect(find(["uv", "run", "python", "train.py"], { cwd: join(project, "deep") })?.path).toBe(python);
    expect(find(["uv", "run", "--frozen", "--", "torchrun", "train.py"], { cwd: project })?.path).toBe(
      python,
    );
    expect(find(["uv", "run", "train.py"], { cwd: project })?.path).toBe(python);
    expect(find(["uv", "run", "alone.py"], { cwd: project })).toBeNull();
    expect(find(["uv", "run", "absent.py"], { cwd: project })).toBeNull();
    expect(find(["uv", "run", "make"], { cwd: project })).toBeNull();
    expect(find(["uv", "run", "python"], { cwd: project, env: { UV_PYTHON: "3.9" } })).toBeNull();
  });

  test("take poetry's and pipenv's active environment, or the one beside the project's file", () => {
    const project = makeFolder();
    writeText(project, "pyproject.toml", "[tool.poetry]\n");
    writeText(project, "Pipfile", "");
    const active = writeProgram(project, "active/bin/python", binary);
    const env = { VIRTUAL_ENV: join(project, "active") };
    for (const tool of ["poetry", "pipenv"]) {
      expect(find([tool, "run", "python"], { cwd: project })).toBeNull();
      expect(find([tool, "run", "python"], { cwd: project, env })?.path).toBe(active);
    }
    const beside = writeProgram(project, ".venv/bin/python", binary);
    for (const tool of ["poetry", "pipenv"]) {
      expect(find([tool, "run", "python"], { cwd: project })?.path).toBe(beside);
    }
    const ignoring = { ...env, PIPENV_IGNORE_VIRTUALENVS: "1" };
    expect(find(["pipenv", "run", "python"], { cwd: project, env: ignoring })).toBeNull();
  });

  test("take conda's environment by prefix, by name when there is one of it, and the active one", () => {
    const root = makeFolder();
    const python = writeProgram(root, "envs/train/bin/python", binary);
    writeText(root, "envs/train/conda-meta/history", "");
    const env = { CONDA_EXE: join(root, "bin/conda") };
    const named = ["conda", "run", "--no-capture-output", "-n", "train", "python", "train.py"];
    expect(find(named, { env })?.path).toBe(python);
    expect(find(["conda", "run", "--name=train", "python"], { env })?.path).toBe(python);
    expect(find(["conda", "run", "-p", join(root, "envs/train"), "python"])?.path).toBe(python);
    expect(find(["conda", "run", "python"], { env: { CONDA_PREFIX: join(root, "envs/train") } })?.path).toBe(
      python,
    );
    const second = makeFolder();
    writeText(second, "train/conda-meta/history", "");
    expect(find(named, { env: { ...env, CONDA_ENVS_PATH: second } })).toBeNull();
  });
});

describe("parseShebang", () => {
  test.each([
    ["#!/usr/bin/python3\nx", ["/usr/bin/python3"]],
    ["#! /usr/bin/env  python3  \n", ["/usr/bin/env", "python3"]],
    ["#!/usr/bin/env -S a b", ["/usr/bin/env", "-S a b"]],
    ["#!/bin/sh\necho", ["/bin/sh"]],
    ["#!", undefined],
    ["import sys", undefined],
    ["", undefined],
  ])("reads %j", (start, words) => {
    expect(parseShebang(start)).toEqual(words);
  });
});
