import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { captureRuntimes } from "../../src/environment/runtimes.js";
import { collectSlowFacts, gatherSlowFacts } from "../../src/environment/slow-facts.js";
import { environment as validator } from "../../src/generated/validators.js";
import {
  makeFolder,
  makeVenv,
  plainEnv,
  python,
  testWithPython,
  untilGone,
  writeProgram,
  writeText,
} from "./scratch.js";

const never = new AbortController().signal;
let entryFile: string;

/** The gatherer as the CLI holds it: one bundled file that is started again with one word. */
beforeAll(async () => {
  entryFile = join(makeFolder(), "entry.cjs");
  const gatherer = JSON.stringify(join(process.cwd(), "src/environment/slow-facts/gatherer.ts"));
  const word = JSON.stringify(join(process.cwd(), "src/environment/slow-facts/gatherer-word.ts"));
  const contents = `import { gathererWord } from ${word}; import { runGatherer } from ${gatherer}; if (process.argv[2] === gathererWord) runGatherer();`;
  const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
  await build({
    stdin,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    outfile: entryFile,
    logLevel: "silent",
  });
});

async function requestFor(argv: readonly string[], cwd = makeFolder(), env: NodeJS.ProcessEnv = plainEnv) {
  const { interpreter, searchPath } = await captureRuntimes(argv, cwd, env);
  return { interpreter, searchPath, cwd, env, root: cwd, cacheFolder: join(cwd, ".colophon"), entryFile };
}

/** A line of a program that leaves its number in a file, which is whole as soon as it is there. */
function leavePid(path: string): string {
  const [file, part] = [JSON.stringify(path), JSON.stringify(`${path}.part`)];
  return `{ const fs = require("node:fs"); fs.writeFileSync(${part}, String(process.pid)); fs.renameSync(${part}, ${file}); }`;
}

describe("gatherSlowFacts", () => {
  test("is what its schema says, without serial numbers, UUIDs and network addresses", async () => {
    const request = await requestFor(["true"]);
    writeText(request.cwd, "uv.lock", "version = 1\n");
    const facts = await gatherSlowFacts(request, never);
    validator(facts);
    expect(validator.errors ?? []).toEqual([]);
    expect(facts).toMatchObject({ from_cache: false, python: null, packages: { python: null, node: null } });
    expect(facts.lock_files.map(({ path }) => path)).toEqual(["uv.lock"]);
    expect(facts.cpu?.logical_cores).toBeGreaterThan(0);
    expect(facts.memory?.total_bytes).toBeGreaterThan(0);
    expect(facts.not_gathered.filter(({ what }) => what === "system")).toEqual([]);
    const text = JSON.stringify(facts).toLowerCase();
    const identities = [
      ...["/etc/machine-id", "/sys/class/dmi/id/product_uuid", "/sys/class/dmi/id/product_serial"].map(
        readIfThere,
      ),
      ...Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ mac }) => mac) ?? []),
    ].filter((identity) => identity.length >= 6 && !/^[0:]+$/.test(identity));
    expect(identities.filter((identity) => text.includes(identity.toLowerCase()))).toEqual([]);
  });

  testWithPython("lists the packages of the command's Python", async () => {
    const cwd = makeFolder();
    const own = join(makeVenv(join(cwd, ".venv")), "bin/python");
    const facts = await gatherSlowFacts(await requestFor([own, "train.py"], cwd), never);
    validator(facts);
    expect(validator.errors ?? []).toEqual([]);
    expect(facts.packages.python?.list).toEqual([]);
    expect(facts.python?.prefix).toBe(join(cwd, ".venv"));
    expect(facts.not_gathered.filter(({ what }) => what === "python packages")).toEqual([]);
  });

  test("lists the packages of the command's Node", async () => {
    const cwd = makeFolder();
    writeText(cwd, "node_modules/left/package.json", '{"version":"1.2.3"}');
    const facts = await gatherSlowFacts(await requestFor([process.execPath, "train.js"], cwd), never);
    expect(facts.packages.node?.list).toEqual([{ name: "left", version: "1.2.3" }]);
    expect(facts.packages.python).toBeNull();
  });

  test("answers from the cache until something it depends on changes", async () => {
    const cwd = makeFolder();
    writeText(cwd, "node_modules/left/package.json", '{"version":"1.2.3"}');
    const gather = async () =>
      await gatherSlowFacts(await requestFor([process.execPath, "train.js"], cwd), never);
    const first = await gather();
    const second = await gather();
    expect(first.from_cache).toBe(false);
    expect(second).toEqual({ ...first, from_cache: true });

    writeText(cwd, "package-lock.json", "{}");
    expect((await gather()).from_cache).toBe(false);
    expect((await gather()).lock_files).toHaveLength(1);
    writeText(cwd, "node_modules/right/package.json", '{"version":"4.5.6"}');
    const later = await gather();
    expect(later.from_cache).toBe(false);
    expect(later.packages.node?.list).toHaveLength(2);
    expect((await gather()).from_cache).toBe(true);
  });

  testWithPython(
    "notices packages installed since, in the environment and on the path within the repository",
    async () => {
      const cwd = makeFolder();
      const own = join(makeVenv(join(cwd, ".venv")), "bin/python");
      const env = { ...plainEnv, PYTHONPATH: cwd };
      const gather = async () => await gatherSlowFacts(await requestFor([own, "train.py"], cwd, env), never);
      expect((await gather()).from_cache).toBe(false);
      writeText(cwd, "an output of the run.txt", "1");
      expect((await gather()).from_cache).toBe(true);
      writeText(cwd, "mine.egg-info/PKG-INFO", "Name: mine\nVersion: 7\n");
      const later = await gather();
      expect(later.from_cache).toBe(false);
      expect(later.packages.python?.list).toEqual([{ name: "mine", version: "7" }]);
    },
  );

  test.each(["", "{", "null", '{"environment_version":2}'])(
    "gathers again when the cache holds %j",
    async (text) => {
      const request = await requestFor(["true"]);
      await gatherSlowFacts(request, never);
      const [name] = readdirSync(request.cacheFolder);
      expect(name).toMatch(/^environment-[0-9a-f]{64}\.json$/);
      writeFileSync(join(request.cacheFolder, name!), text);
      expect((await gatherSlowFacts(request, never)).from_cache).toBe(false);
      expect((await gatherSlowFacts(request, never)).from_cache).toBe(true);
    },
  );

  test("keeps the twenty newest in the cache and touches no other file there", async () => {
    const request = await requestFor(["true"]);
    const name = (index: number) => `environment-${String(index).padStart(64, "0")}.json`;
    for (let index = 0; index < 25; index++) {
      utimesSync(writeText(request.cacheFolder, name(index), "{}"), index, index);
    }
    writeText(request.cacheFolder, "digests.jsonl", "");
    await gatherSlowFacts(request, never);
    const left = readdirSync(request.cacheFolder);
    expect(left.filter((file) => file.startsWith("environment-"))).toHaveLength(20);
    expect(left).toContain("digests.jsonl");
    expect(left).toContain(name(24));
    expect(left).not.toContain(name(5));
  });

  test("answers at once when aborted, says what is missing, and leaves no process", async () => {
    const cwd = makeFolder();
    const request = await requestFor([process.execPath], cwd);
    const pidFile = join(cwd, "pid");
    const stuck = writeText(
      cwd,
      "stuck.cjs",
      `${leavePid(pidFile)}
      require("node:child_process").execSync("sleep 60");`,
    );
    const controller = new AbortController();
    const gathering = gatherSlowFacts({ ...request, entryFile: stuck }, controller.signal);
    while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort("the command had ended");
    const facts = await gathering;
    const reason = "the command had ended";
    expect(facts.not_gathered).toEqual(["gpus", "node packages", "system"].map((what) => ({ what, reason })));
    validator(facts);
    expect(validator.errors ?? []).toEqual([]);
    await untilGone(Number(readFileSync(pidFile, "utf8")));
    expect(existsSync(request.cacheFolder)).toBe(false);
  });

  test("survives that the command removes its own folder", async () => {
    const cwd = makeFolder();
    const request = await requestFor([process.execPath], cwd);
    const cacheFolder = join(makeFolder(), ".colophon");
    rmSync(cwd, { recursive: true });
    const facts = await gatherSlowFacts({ ...request, cacheFolder }, never);
    expect(facts).toMatchObject({ lock_files: [], packages: { node: null }, not_gathered: [] });
  });

  test("does not start for a signal that has already been given", async () => {
    const facts = await gatherSlowFacts(
      { ...(await requestFor(["true"])), entryFile: "/nowhere" },
      AbortSignal.abort(),
    );
    expect(facts.not_gathered).toEqual(
      ["gpus", "system"].map((what) => ({ what, reason: "not ready when it was needed" })),
    );
  });

  test("keeps the parts that arrived, and passes over what is no part", async () => {
    const cwd = makeFolder();
    const part = JSON.stringify({ what: "gpus", facts: { driver_version: "1.0" }, gaps: [], lasting: true });
    const entry = writeText(
      cwd,
      "entry.cjs",
      `console.log("noise\\n" + ${JSON.stringify(part)} + "\\n7"); process.exitCode = 4;`,
    );
    const facts = await gatherSlowFacts({ ...(await requestFor(["true"], cwd)), entryFile: entry }, never);
    expect(facts.driver_version).toBe("1.0");
    expect(facts.not_gathered).toEqual([{ what: "system", reason: "the gatherer ended with status 4" }]);
    expect(existsSync(join(cwd, ".colophon"))).toBe(false);
  });

  test("says so, and keeps nothing, when something is installed while the packages are listed", async () => {
    const cwd = makeFolder();
    const parts = ["gpus", "node packages", "system"].map((what) =>
      JSON.stringify({ what, facts: {}, gaps: [], lasting: true }),
    );
    const lockFile = JSON.stringify(join(cwd, "package-lock.json"));
    const entry = writeText(
      cwd,
      "entry.cjs",
      `require("node:fs").writeFileSync(${lockFile}, "{}");
      console.log(${JSON.stringify(parts.join("\n"))});`,
    );
    const facts = await gatherSlowFacts(
      { ...(await requestFor([process.execPath], cwd)), entryFile: entry },
      never,
    );
    expect(facts.not_gathered).toEqual([
      { what: "node packages", reason: expect.stringContaining("may be mixed") },
    ]);
    expect(existsSync(join(cwd, ".colophon"))).toBe(false);
  });

  test("takes no program from the command's PATH and no option from its NODE_OPTIONS", async () => {
    const cwd = makeFolder();
    const bin = join(cwd, "bin");
    for (const name of [
      "hostname",
      "lscpu",
      "cat",
      "nvidia-smi",
      "lspci",
      "which",
      "ip",
      "dmesg",
      "sysctl",
      "uname",
    ]) {
      writeProgram(bin, name, `#!/bin/sh\necho $0 >> "${cwd}/ran"\n`);
    }
    writeText(
      cwd,
      "preload.cjs",
      `require("node:fs").writeFileSync(${JSON.stringify(join(cwd, "ran"))}, "");`,
    );
    const env = { PATH: `${bin}:${plainEnv.PATH}`, NODE_OPTIONS: `--require ${cwd}/preload.cjs` };
    const facts = await gatherSlowFacts(await requestFor(["true"], cwd, env), never);
    expect(facts.cpu).not.toBeNull();
    expect(existsSync(join(cwd, "ran"))).toBe(false);
  });

  test("does not keep the process alive that started it, and ends with it", async () => {
    const cwd = makeFolder();
    const stuck = writeText(
      cwd,
      "stuck.cjs",
      `${leavePid(join(cwd, "pid"))}
      process.stdin.on("data", () => {}).on("end", () => process.exit());`,
    );
    const slowFacts = JSON.stringify(join(process.cwd(), "src/environment/slow-facts.ts"));
    const request = JSON.stringify({ ...(await requestFor(["true"], cwd)), entryFile: stuck });
    const contents = `import { gatherSlowFacts } from ${slowFacts};
      import { existsSync } from "node:fs";
      void gatherSlowFacts(${request}, new AbortController().signal);
      const wait = setInterval(() => { if (existsSync(${JSON.stringify(join(cwd, "pid"))})) clearInterval(wait); }, 5);`;
    const outfile = join(cwd, "starter.cjs");
    const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
    await build({ stdin, bundle: true, platform: "node", format: "cjs", outfile, logLevel: "silent" });
    const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], {
      encoding: "utf8",
      env: plainEnv,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    await untilGone(Number(readFileSync(join(cwd, "pid"), "utf8")));
  });
});

describe("collectSlowFacts", () => {
  testWithPython("gives in this process what the gatherer gives in its own", async () => {
    const request = await requestFor([python!, "train.py"]);
    const [here, there] = await Promise.all([collectSlowFacts(request), gatherSlowFacts(request, never)]);
    const { gathered_at: _, elapsed_seconds: __, ...facts } = here;
    expect(there).toMatchObject(facts);
  });
});

function readIfThere(file: string): string {
  return existsSync(file) ? spawnSync("cat", [file], { encoding: "utf8" }).stdout.trim() : "";
}
