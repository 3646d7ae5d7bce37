import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Trace } from "../../src/operations/trace/result.js";
import { makeFigureProject, specs } from "./figure-project.js";
import { expectOutput } from "./matches-schema.js";
import { runFolders } from "./recorded-run.js";
import type { Repository } from "./repository.js";

/** raw.csv → a run with a seed beside it → data/emission_factors.csv → two transforms → four figures. */
let repository: Repository;
let run: string;
let ids: readonly string[];

const factors = "data/emission_factors.csv";

beforeAll(() => {
  repository = makeFigureProject();
  const { colophon, write, read } = repository;
  write("raw.csv", `${read(factors)}DROP\n`);
  const made = colophon([
    "run",
    "--quiet",
    "--data",
    "raw=raw.csv",
    "--artifact",
    `factors=${factors}`,
    "--",
    "sh",
    "-c",
    `grep -v DROP raw.csv > ${factors}`,
  ]);
  const recorded = colophon(["figure", "record", ...specs]);
  if (made.status !== 0 || recorded.status !== 0) throw new Error(made.stderr + recorded.stderr);
  run = basename(runFolders(repository)[0] ?? "");
  ids = readdirSync(`${repository.root}/dist/artifacts/manifests`).map((name) =>
    name.replace(".manifest.json", ""),
  );
});
afterAll(() => repository.remove());

function trace(...words: string[]): { status: number | null; traced: Trace } {
  const { status, stdout, stderr } = repository.colophon(["trace", "--json", ...words]);
  if (stdout === "") throw new Error(stderr);
  return { status, traced: expectOutput("cli_trace", stdout) as unknown as Trace };
}

const stacked = () => ids.find((id) => id.startsWith("stacked")) ?? "";

describe("colophon trace of a figure", () => {
  test("goes through its transforms and tables to the run that left one, and on", () => {
    for (const word of [stacked(), "stacked"]) {
      const { status, traced } = trace(word);
      const { links, nodes, root, verdict } = traced;
      expect([status, verdict, root]).toEqual([0, "holds", `figure:${stacked()}`]);
      const table = nodes.find(({ label }) => label === factors);
      expect(links.filter(({ to }) => to === table?.id)).toContainEqual(
        expect.objectContaining({
          from: `transform:${stacked()}:1`,
          relation: "read",
          name: factors,
          state: "ok",
        }),
      );
      expect(links).toContainEqual(
        expect.objectContaining({ from: table?.id, relation: "made-by", to: `run:${run}`, name: "factors" }),
      );
      expect(links.map(({ relation }) => relation)).toEqual(
        expect.arrayContaining(["drawn-by", "follows", "ran-from", "read"]),
      );
      expect(nodes.filter(({ kind }) => kind === "transform").map(({ label }) => label)).toEqual([
        "slice.stacked 1.0.0",
        "derive.annualize 1.1.0",
      ]);
      expect(nodes.some(({ label }) => label === "raw")).toBe(true);
    }
  });

  test("starts from each of its files, the drawn data wherever a copy of them lies", () => {
    const { outputs } = JSON.parse(repository.read(`dist/artifacts/manifests/${stacked()}.manifest.json`));
    repository.write("elsewhere/copy.json", repository.read(outputs.figure_path));
    const paths = [
      `dist/artifacts/manifests/${stacked()}.manifest.json`,
      outputs.figure_path,
      outputs.download_csv,
      outputs.download_refs,
    ];
    for (const path of [...paths, "elsewhere/copy.json", "build/stacked.svg"]) {
      const { traced } = trace(path);
      expect(traced.links).toContainEqual(
        expect.objectContaining({ relation: "part-of", to: `figure:${stacked()}` }),
      );
    }
  });

  test("forward from data names every figure that was made of it, also through a run", () => {
    for (const word of [factors, "raw.csv", run]) {
      const { status, traced } = trace("--forward", word);
      const figures = traced.nodes.filter(({ kind }) => kind === "figure").map(({ id }) => id);
      expect([status, figures.sort()]).toEqual([0, ids.map((id) => `figure:${id}`).sort()]);
    }
    const { stdout } = repository.colophon(["trace", factors]);
    for (const id of ids) expect(stdout).toContain(id);
  });

  test("is known to the record though no run is: a table that nobody made", () => {
    const { status, traced } = trace("data/profiles.csv");
    expect([status, traced.verdict]).toEqual([0, "holds"]);
    expect(traced.nodes.at(-1)?.detail ?? traced.nodes[0]?.detail).toBeDefined();
    expect(JSON.stringify(traced.nodes)).toContain(`drawn in ${[...ids].sort().join(", ")}`);
  });

  test("says which table changed, and what of the figure itself is not as recorded", () => {
    const before = repository.read(factors);
    repository.write(factors, before.replace("192.4", "192.5"));
    const { status, traced } = trace("stacked");
    expect([status, traced.verdict]).toEqual([1, "broken"]);
    expect(traced.links).toContainEqual(
      expect.objectContaining({ name: factors, relation: "read", state: "differs" }),
    );
    repository.write(factors, before);
    const csv = `dist/artifacts/figures/${stacked()}.csv`;
    const download = repository.read(csv);
    repository.write(csv, `${download}x\n`);
    const spoiled = trace("stacked");
    expect([spoiled.status, spoiled.traced.verdict]).toEqual([1, "broken"]);
    expect(spoiled.traced.nodes[0]?.detail).toContain(csv);
    const told = repository.colophon(["trace", "stacked"]);
    expect(told.stdout + told.stderr).toContain(csv);
    repository.write(csv, download);
    expect(trace("stacked").status).toBe(0);
  });

  test("draws as Mermaid, with titles as text", () => {
    const { stdout } = repository.colophon(["trace", "--mermaid", "stacked"]);
    expect(stdout).toMatch(/^flowchart LR\n/);
    expect(stdout).toContain(`[["${stacked()}`);
    expect(stdout).toContain("drawn-by");
  });
});
