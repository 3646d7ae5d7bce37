import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cli, makeRepository, type Repository } from "./repository.js";

const dist = dirname(cli);
const programs = readdirSync(dist).filter((file) => /^program-.*\.cjs$/.test(file));
const program = (programs[0] as string).replace(/\.cjs$/, "");
const compiled = `${program}-${process.version}-${process.arch}-`;

let repository: Repository;
let place: string;
beforeAll(() => {
  repository = makeRepository();
  place = join(repository.root, "..");
});
afterAll(() => repository.remove());

/** The program's own files in another folder; gives those with compiled code. */
function copyProgram(name: string): { start: string; caches: string[] } {
  const folder = join(place, name);
  cpSync(dist, folder, { recursive: true, filter: (path) => path === dist || /\.(cjs|cache)$/.test(path) });
  const caches = readdirSync(folder).filter((file) => file.endsWith(".cache"));
  return { start: join(folder, "colophon.cjs"), caches: caches.map((file) => join(folder, file)) };
}

function versionFrom(start: string, env: NodeJS.ProcessEnv = {}) {
  return repository.call(process.execPath, [start, "--version"], { env });
}

const version = { status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" };

describe("the start of colophon", () => {
  test("finds the one program of this build, which is named by its own digest", () => {
    const digest = createHash("sha256").update(readFileSync(join(dist, `${program}.cjs`)));
    expect([programs.length, program]).toEqual([1, `program-${digest.digest("hex").slice(0, 8)}`]);
  });

  test("finds it through a link, which also starts the second process of a run", () => {
    const link = join(place, "colophon");
    symlinkSync(cli, link);
    expect(versionFrom(link)).toMatchObject(version);
    const words = ["run", "--synthetic-seed", "1", "--", "sleep", "1"];
    expect(repository.call(process.execPath, [link, ...words]).status).toBe(0);
    const facts = repository.call("sh", ["-c", "cat records/*/*/00_run_metadata/environment.json"]).stdout;
    expect(JSON.parse(facts)).toMatchObject({ not_gathered: [], os: expect.any(Object) });
  });

  test("takes code that was compiled by this very Node", () => {
    const ask = `
      const { readdirSync, readFileSync } = require("node:fs");
      const [folder, program, compiled] = process.argv.slice(1);
      const text = readFileSync(folder + "/" + program + ".cjs", "latin1");
      for (const file of readdirSync(folder).filter((name) => name.startsWith(compiled))) {
        const cachedData = readFileSync(folder + "/" + file);
        const { cachedDataRejected } = new (require("node:vm").Script)(text, { cachedData });
        console.log(file.slice(compiled.length), cachedDataRejected);
      }`;
    const { stdout } = repository.call(process.execPath, ["-e", ask, dist, program, compiled]);
    const caches = readdirSync(dist).filter((file) => file.endsWith(".cache"));
    const isOurs = caches.some((file) => file.startsWith(compiled));
    // What another Node has built holds none for this one.
    expect(stdout).toBe(isOurs ? "--version.cache false\nrun.cache false\nvalidate.cache false\n" : "");
    expect(caches.length).toBeGreaterThan(0);
  });

  test("needs none of it: without, cut short, or compiled with other flags", () => {
    const { start, caches } = copyProgram("bare");
    for (const cache of caches) truncateSync(cache, 5000);
    expect(versionFrom(start)).toMatchObject(version);
    for (const cache of caches) rmSync(cache);
    expect(versionFrom(start)).toMatchObject(version);
    expect(versionFrom(cli, { NODE_OPTIONS: "--max-old-space-size=300" })).toMatchObject(version);
  });
});
