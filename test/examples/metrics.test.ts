import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { transformSync } from "esbuild";
import { type MetricPoint, readMetrics } from "../../src/index.js";
import { runFolders, watchRuns } from "../journeys/recorded-run.js";
import { cli, makeRepository, type Repository } from "../journeys/repository.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;
const whyNot = python ? "" : " (Python's is skipped: no python3 of 3.8 or newer here)";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  cpSync(join(root, "examples/metrics"), repository.root, { recursive: true });
  repository.write(".gitignore", "node_modules/\n");
  mkdirSync(join(repository.root, "node_modules"));
  symlinkSync(root, join(repository.root, "node_modules/colophon"));
  repository.commit("Take roots");
});
afterAll(() => repository.remove());

/** Newer versions of Node run TypeScript as it is; it is the types alone that have to go. */
function runnable(path: string): string {
  const { code } = transformSync(repository.read(path), { loader: "ts", format: "esm" });
  return repository.write("node_modules/root.mjs", code);
}

/** The curve of the run that the words make. */
async function curve(words: readonly string[]): Promise<[string, number | null, number][]> {
  const newRuns = watchRuns(repository);
  const { status, stderr } = repository.call(process.execPath, words);
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  const [folder = ""] = newRuns();
  const points: MetricPoint[] = [];
  for await (const point of readMetrics(folder)) points.push(point);
  return points.map(({ metric, step, value }) => [metric, step, value]);
}

describe("the examples of metrics", () => {
  test(`log the same curve from a program, from Python and from a shell${whyNot}`, async () => {
    const wrapped = (...words: string[]) => curve([cli, "run", "--synthetic-seed", "1", "--", ...words]);
    const own = await curve([runnable("root.ts")]);
    expect(own).toHaveLength(12);
    expect(own[0]).toEqual(["gap", 0, 9998]);
    expect(own.at(-1)).toEqual(["gap", 11, 0]);
    expect(await wrapped("sh", "root.sh")).toEqual(own);
    if (python) expect(await wrapped("python3", "root.py")).toEqual(own);
    const drawn = repository.colophon([
      "plot",
      ...runFolders(repository),
      "--metric",
      "gap",
      "--log",
      "--output",
      "gap.svg",
    ]);
    expect({ status: drawn.status, stderr: drawn.stderr }).toEqual({
      status: 0,
      stderr: "┃ gap.svg written\n",
    });
    const lines = [...repository.read("gap.svg").matchAll(/ (?:points|d)="([^"]{60,})"/g)].map(
      ([, line]) => line,
    );
    expect(lines).toHaveLength(python ? 3 : 2);
    expect(new Set(lines).size).toBe(1);
  });

  test("is TypeScript that the types of the package accept", () => {
    const path = join(root, "examples/metrics/root.ts");
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "NodeNext",
      "--target",
      "ES2022",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    repository.write("package.json", '{"type": "module"}');
    repository.write("root-checked.ts", readFileSync(path, "utf8"));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const roots = ["--typeRoots", join(root, "node_modules/@types")];
    expect(repository.call(process.execPath, [tsc, ...options, ...roots, "root-checked.ts"])).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  test("in a shell run without Colophon, too", () => {
    expect(repository.call("sh", ["root.sh"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});
