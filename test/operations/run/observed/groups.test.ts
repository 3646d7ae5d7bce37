import { describe, expect, test } from "@jest/globals";
import { groupOf, looksLikeData, sourceOfBytecode } from "../../../../src/operations/run/observed/groups.js";

describe("groupOf", () => {
  test.each([
    ["/usr/lib/python3.11/json/__init__.py", "python"],
    ["/home/a/.venv/lib/python3.12/site-packages/numpy/core.py", "python packages"],
    ["/home/a/.venv/lib/python3.12/site-packages/numpy/__pycache__/core.cpython-312.pyc", "python bytecode"],
    ["/home/a/app/node_modules/x/index.js", "node packages"],
    ["/usr/lib/R/library/base/R/base", "r packages"],
    ["/proc/self/maps", "/proc"],
    ["/dev/null", "/dev"],
    ["/etc/ld.so.cache", "system"],
    ["/opt/conda/lib/libmkl.so.2", "libraries"],
    ["/home/a/.pyenv/libexec/pyenv", "programs"],
    ["/home/a/.config/matplotlib/matplotlibrc", "settings"],
  ])("counts %s as %s", (path, group) => expect(groupOf(path, undefined)).toBe(group));

  test.each(["/data/train.csv", "/tmp/a.csv", "/home/a/.cache/torch/hub/model.pt", "/usr.csv"])(
    "lists %s",
    (path) => expect(groupOf(path, undefined)).toBeUndefined(),
  );

  test("takes a repository below /usr for what it is", () => {
    expect(groupOf("/usr/src/app/train.csv", "/train.csv")).toBeUndefined();
    expect(groupOf("/usr/src/app/lib/a.csv", "/lib/a.csv")).toBeUndefined();
    expect(groupOf("/usr/src/app/node_modules/x/index.js", "/node_modules/x/index.js")).toBe("node packages");
    expect(groupOf("/usr/src/app/.git/index", "/.git/index")).toBe("git");
  });
});

describe("sourceOfBytecode", () => {
  test.each([
    ["/w/__pycache__/helper.cpython-311.pyc", "/w/helper.py"],
    ["/w/__pycache__/helper.cpython-311.opt-1.pyc", "/w/helper.py"],
    ["/w/__pycache__/a.b.pypy39.pyc", "/w/a.b.py"],
  ])("of %s is %s", (path, source) => expect(sourceOfBytecode(path)).toBe(source));

  test("of anything else is none", () => expect(sourceOfBytecode("/w/helper.py")).toBeUndefined());
});

test("looksLikeData tells a table from a program", () => {
  expect(["a.csv", "a.parquet", "B.CSV", "a.tar.gz"].map(looksLikeData)).toEqual([true, true, true, true]);
  expect(["a.py", "a.json", "csv", "a.csv.py"].map(looksLikeData)).toEqual([false, false, false, false]);
});
