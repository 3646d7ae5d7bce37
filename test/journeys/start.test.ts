import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { generateRuns } from "../../scripts/generate-runs.mjs";
import { writeRun } from "./recorded-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

const dist = dirname(cli);
const spec = fileURLToPath(new URL("../../spec", import.meta.url));
/**
 * The files beside the start: programs by the commands that they are for, what looks for every error of an invalid document, and the
 * part by which `ls` judges.
 */
const programs = readdirSync(dist).filter((file) => /^(program|validators)-.*\.cjs$/.test(file));
const withCode = ["program-ls", "program-run", "program-validate", "program-whole", "validators-quick"];
const compiled = `-${process.version}-${process.arch}.cache`;

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

/** Spelled so that the program says it; `--version` is answered before one is started. */
function versionFrom(start: string, env: NodeJS.ProcessEnv = {}) {
  return repository.call(process.execPath, [start, "version"], { env });
}

const version = { status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" };

describe("the start of colophon", () => {
  test("finds the programs of this build, which are named by their own digests", () => {
    const names = [...withCode, "validators"].sort();
    expect(programs).toEqual(names.map((name) => expect.stringMatching(`^${name}-[0-9a-f]{8}\\.cjs$`)));
    for (const file of programs) {
      const digest = createHash("sha256").update(readFileSync(join(dist, file)));
      expect(file).toContain(`-${digest.digest("hex").slice(0, 8)}.cjs`);
    }
  });

  test("has every command in the program that its first word leads to", () => {
    const names = repository.call(cli, ["--help"]).stdout.match(/(?<=^ {2})[a-z-]+(?= {2})/gm) ?? [];
    const unknown = names.filter((name) => repository.call(cli, [name, "--help"]).status !== 0);
    expect([names.length > 20, unknown]).toEqual([true, []]);
  });

  test("says its version at once, and where it cannot, why", () => {
    expect(repository.call(cli, ["--version"])).toMatchObject(version);
    const lost = repository.call("sh", ["-c", '"$0" --version >/dev/full', cli]);
    expect([lost.status, lost.stderr]).toEqual([3, expect.stringContaining("OUTPUT_LOST")]);
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
      const [folder, compiled] = process.argv.slice(1);
      for (const file of readdirSync(folder).filter((name) => name.endsWith(compiled))) {
        const program = file.slice(0, -compiled.length);
        const text = readFileSync(folder + "/" + program + ".cjs", "latin1");
        const cachedData = readFileSync(folder + "/" + file);
        const { cachedDataRejected } = new (require("node:vm").Script)(text, { cachedData });
        console.log(program.slice(0, -9), cachedDataRejected);
      }`;
    const { stdout } = repository.call(process.execPath, ["-e", ask, dist, compiled]);
    const caches = readdirSync(dist).filter((file) => file.endsWith(".cache"));
    const isOurs = caches.some((file) => file.endsWith(compiled));
    // What another Node has built holds none for this one.
    expect(stdout).toBe(isOurs ? withCode.map((name) => `${name} false\n`).join("") : "");
    expect(caches.length).toBeGreaterThan(0);
  });

  test("needs none of it: without, cut short, or compiled with other flags", () => {
    const { start, caches } = copyProgram("bare");
    const { id } = writeRun(repository);
    // So few runs are judged every time.
    const list = (file: string, env: NodeJS.ProcessEnv = {}) =>
      repository.call(process.execPath, [file, "ls", "--json"], { env });
    const listed = { status: 0, stdout: expect.stringContaining(id), stderr: "" };
    for (const cache of caches) truncateSync(cache, 5000);
    expect([versionFrom(start), list(start)]).toMatchObject([version, listed]);
    for (const cache of caches) rmSync(cache);
    expect([versionFrom(start), list(start)]).toMatchObject([version, listed]);
    const env = { NODE_OPTIONS: "--max-old-space-size=300" };
    expect([versionFrom(cli, env), list(cli, env)]).toMatchObject([version, listed]);
  });

  test("reads what ls judges by only for runs that are not remembered", () => {
    const project = join(place, "listed");
    mkdirSync(project);
    repository.write("../listed/colophon.json", "{}\n");
    generateRuns(project, spec, 40);
    const { start } = copyProgram("without-part");
    const part = programs.find((file) => file.startsWith("validators-quick-")) as string;
    rmSync(join(dirname(start), part));
    const list = (file: string) =>
      repository.call(process.execPath, [file, "ls", "--limit", "1"], { directory: "../listed" });
    const lacking = { status: 3, stdout: "", stderr: expect.stringContaining(part) };
    expect([list(start), list(cli), list(start)]).toMatchObject([lacking, { status: 0 }, { status: 0 }]);
    generateRuns(project, spec, 1, 40);
    expect([list(start), list(cli)]).toMatchObject([lacking, { status: 0 }]);
  });
});
