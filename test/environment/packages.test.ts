import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { captureRuntimes } from "../../src/environment/runtimes.js";
import { listNodePackages } from "../../src/environment/slow-facts/node-packages.js";
import {
  describePackages,
  digestPackages,
  listPythonPackages,
} from "../../src/environment/slow-facts/python-packages.js";
import { askPython, makeFolder, makeVenv, plainEnv, testWithPython, writeText } from "./scratch.js";

const commit = "a".repeat(40);
const never = new AbortController().signal;

function install(site: string, name: string, version: string, directUrl?: object): void {
  const record = `${name.replace(/-/g, "_")}-${version}.dist-info`;
  writeText(site, `${record}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  if (directUrl !== undefined) writeText(site, `${record}/direct_url.json`, JSON.stringify(directUrl));
}

async function pythonRequest(cwd: string, venv: string, env: NodeJS.ProcessEnv = plainEnv) {
  const { interpreter, searchPath } = await captureRuntimes([join(venv, "bin/python")], cwd, env);
  return { interpreter, searchPath, cwd, env, root: cwd };
}

describe("listPythonPackages", () => {
  testWithPython(
    "lists what is installed, sorted, with origins, and tells of what it cannot read",
    async () => {
      const cwd = makeFolder();
      const venv = makeVenv(join(cwd, ".venv"));
      const site = askPython(join(venv, "bin/python"), "sys.path[-1]");
      install(site, "zeta", "2.0");
      install(site, "Alpha-Beta", "1.0rc1");
      install(site, "edited", "0.1", { url: `file://${cwd}`, dir_info: { editable: true } });
      const token = ["gh", "p_", "0123456789abcdefghijABCDEFGHIJ012345"].join("");
      const url = `https://${token}@git.example/team/lib.git`;
      install(site, "from-git", "3.1", { url, vcs_info: { vcs: "git", commit_id: commit } });
      writeText(site, "broken-9.dist-info/RECORD", "");
      const { facts, gaps, lasting } = await listPythonPackages(await pythonRequest(cwd, venv), never);
      expect(facts.packages?.python?.list).toEqual([
        { name: "Alpha-Beta", version: "1.0rc1" },
        { name: "edited", version: "0.1", direct_url: `file://${cwd}`, editable: true },
        { name: "from-git", version: "3.1", direct_url: `git+https://git.example/team/lib.git@${commit}` },
        { name: "zeta", version: "2.0" },
      ]);
      expect(facts.redactions).not.toEqual({});
      expect(gaps).toEqual([{ what: "python packages", reason: "1 of them have no readable name" }]);
      expect(lasting).toBe(true);
      expect(facts.python).toMatchObject({
        prefix: venv,
        platform: askPython(join(venv, "bin/python"), "platform.platform()"),
      });
    },
  );

  testWithPython("sees packages on PYTHONPATH, and runs no module that lies there", async () => {
    const cwd = makeFolder();
    const venv = makeVenv(join(cwd, ".venv"));
    install(join(cwd, "lib"), "vendored", "5");
    for (const name of ["json", "platform", "email", "csv", "zipfile", "importlib_metadata"]) {
      writeText(cwd, `lib/${name}.py`, "raise SystemExit(9)\n");
    }
    const request = await pythonRequest(cwd, venv, { ...plainEnv, PYTHONPATH: "lib" });
    const { facts, gaps } = await listPythonPackages(request, never);
    expect(facts.packages?.python?.list).toEqual([{ name: "vendored", version: "5" }]);
    expect(gaps).toEqual([]);
  });

  testWithPython("ends its question when it is no longer needed", async () => {
    const cwd = makeFolder();
    const request = await pythonRequest(cwd, makeVenv(join(cwd, ".venv")));
    const { facts, gaps, lasting } = await listPythonPackages(request, AbortSignal.abort());
    expect({ facts, lasting }).toEqual({ facts: {}, lasting: false });
    expect(gaps[0]?.reason).toContain("no longer needed");
  });
});

describe("describePackages", () => {
  test("keeps the first of two with one name, which is the one that is imported", () => {
    const listed = [
      { name: "Foo_Bar", version: "2", direct_url: null },
      { name: "foo-bar", version: "1", direct_url: null },
      { name: "bare", version: null, direct_url: "not json" },
      { name: "odd", version: "1", direct_url: "null" },
    ];
    expect(describePackages(listed).list).toEqual([
      { name: "bare", version: null },
      { name: "Foo_Bar", version: "2" },
      { name: "odd", version: "1" },
    ]);
  });
});

describe("digestPackages", () => {
  test("is the sha256sum of the lines", () => {
    const list = [
      { name: "a", version: "1" },
      { name: "b", version: null },
      { name: "c", version: "2", direct_url: "file:///c" },
    ];
    const lines = "a==1\nb==\nc==2 @ file:///c\n";
    const { status, stdout } = spawnSync("sha256sum", { input: lines, encoding: "utf8" });
    if (status === 0) expect(stdout.slice(0, 64)).toBe(digestPackages(list));
    expect(digestPackages([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(digestPackages(list)).toMatch(/^(?!e3b0)[0-9a-f]{64}$/);
  });
});

describe("listNodePackages", () => {
  const request = (root: string, cwd = root) => ({
    interpreter: null,
    searchPath: [],
    env: plainEnv,
    root,
    cwd,
  });

  test("reads the nearest node_modules, scopes and links inside the repository included", () => {
    const root = makeFolder();
    writeText(root, "node_modules/left/package.json", '{"version":"1.2.3"}');
    writeText(root, "node_modules/@scope/right/package.json", '{"version":"0.1.0"}');
    writeText(root, "node_modules/.bin/tool", "");
    writeText(root, "packages/own/package.json", "{}");
    symlinkSync("../packages/own", join(root, "node_modules/own"));
    writeText(root, "sub/train.js", "");
    const { facts, gaps } = listNodePackages(request(root, join(root, "sub")));
    const list = [
      { name: "@scope/right", version: "0.1.0" },
      { name: "left", version: "1.2.3" },
      { name: "own", version: null },
    ];
    expect(facts.packages?.node).toEqual({ sha256: digestPackages(list), list });
    expect(gaps).toEqual([]);
  });

  test("reads nothing outside the repository, and counts what it left", () => {
    const root = makeFolder();
    const outside = makeFolder();
    writeText(outside, "package.json", '{"version":"6.6.6"}');
    writeText(root, "node_modules/torn/package.json", "{");
    symlinkSync(outside, join(root, "node_modules/linked"));
    const { facts, gaps } = listNodePackages(request(root));
    expect(facts.packages?.node?.list).toEqual([]);
    expect(gaps[0]?.reason).toContain("2 of them");
  });

  test("says nothing where nothing is installed", () => {
    expect(listNodePackages(request(makeFolder()))).toMatchObject({ facts: {}, gaps: [] });
  });
});
