import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { makeFigureProject, specs } from "./figure-project.js";
import { expectOutput } from "./matches-schema.js";
import { done, keepAsItIs, type Repository } from "./repository.js";

let project: Repository;
let restore: () => void;

beforeAll(() => {
  project = makeFigureProject();
  done(project.colophon(["figure", "record", ...specs]));
  restore = keepAsItIs(project.root);
});
beforeEach(() => restore());
afterAll(() => project.remove());

function fileOf(name: string, folder: string, ending: string): string {
  const files = readdirSync(join(project.root, "dist/artifacts", folder));
  return `dist/artifacts/${folder}/${files.find((each) => each.startsWith(name) && each.endsWith(ending))}`;
}

function edit(path: string, from: string, to: string): void {
  const text = project.read(path);
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  project.write(path, text.replace(from, to));
}

interface File {
  readonly path: string;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
  }[];
}

function staged() {
  const { status, stdout, stderr } = project.colophon(["validate", "--staged", "--json"]);
  if (stdout === "") throw new Error(stderr);
  const { files } = expectOutput("cli_validate", stdout) as unknown as { files: File[] };
  const findings = files.flatMap((file) => file.findings.map((finding) => ({ ...finding, path: file.path })));
  const told = findings.filter(({ severity }) => severity !== "notice");
  return { status, files, findings, told: told.map(({ code, path }) => [code, path]) };
}

describe("figures in the pre-commit hook", () => {
  test("whole figures may be committed; the inputs that the commit does not change are counted", () => {
    project.git("add", "dist");
    const { status, told, files, findings } = staged();
    expect([status, told]).toEqual([0, []]);
    expect(files).toHaveLength(5);
    // One for the inputs of each figure, and one for the rendering of the first, which stays out of Git.
    expect(findings.map(({ code }) => code)).toEqual(Array(5).fill("NOT_CHECKED_HERE"));
    const human = project.colophon(["validate", "--staged"]);
    expect([human.stdout, human.stderr]).toEqual(["", "┃ ✓ 5 manifests valid, 5 not checked here\n"]);
  });

  test("the staged blobs count, not what lies in the work tree", () => {
    const path = fileOf("table", "figures", ".json");
    const text = project.read(path);
    project.write(path, text.replace('"kg":', '"kg":1'));
    project.git("add", "dist");
    project.write(path, text);
    const { status, told } = staged();
    expect(status).toBe(1);
    expect(told).toEqual([["FIGURE_DIGEST_DIFFERS", fileOf("table", "manifests", ".manifest.json")]]);
  });

  test("a payload committed alone is held against the manifest that stands in the index", () => {
    project.commit("Figures");
    edit(fileOf("bubble", "figures", ".json"), '"name":"Subway', '"name":"Metro');
    project.git("add", ".");
    expect(staged()).toMatchObject({
      status: 1,
      told: [["FIGURE_DIGEST_DIFFERS", fileOf("bubble", "manifests", ".manifest.json")]],
    });
  });

  test("a reference that was edited is named by its line", () => {
    project.commit("Figures");
    edit(fileOf("sankey", "references", ".txt"), "[2] A. Baker", "[2] B. Baker");
    project.git("add", ".");
    const { status, told, findings } = staged();
    expect([status, told]).toEqual([
      1,
      [["REFERENCES_DISAGREE", fileOf("sankey", "manifests", ".manifest.json")]],
    ]);
    expect(findings.find(({ code }) => code === "REFERENCES_DISAGREE")?.message).toContain("line 2 is");
  });

  test("a file that the commit deletes, and a manifest that the index of figures does not know", () => {
    project.commit("Figures");
    project.git("rm", "--quiet", fileOf("stacked", "figures", ".csv"));
    project.git("rm", "--quiet", fileOf("table", "manifests", ".manifest.json"));
    const { status, told } = staged();
    expect(status).toBe(1);
    expect(told).toEqual([
      ["FIGURE_FILE_MISSING", fileOf("stacked", "manifests", ".manifest.json")],
      ["FIGURE_FILE_MISSING", "dist/artifacts/manifest.json"],
    ]);
    project.git("reset", "--quiet", "--hard");
    edit("dist/artifacts/manifest.json", '"layer_id": "professional"', '"layer_id": "online"');
    const first = fileOf("bubble", "manifests", ".manifest.json");
    edit(first, '"days_per_year": 365', '"days_per_year": 366');
    project.git("add", ".");
    expect(staged().told).toEqual([
      ["INDEX_DISAGREES", first],
      ["INDEX_DISAGREES", first],
    ]);
  });

  test("a table that changes is a warning: the figure is stale, and the commit goes through", () => {
    project.commit("Figures");
    edit("data/emission_factors.csv", ",209,", ",219,");
    project.git("add", "data");
    const { status, told } = staged();
    expect(status).toBe(0);
    expect(told).toEqual(
      ["bubble", "sankey", "stacked", "table"].map((name) => [
        "STALE_INPUT",
        fileOf(name, "manifests", ".manifest.json"),
      ]),
    );
  });

  test("a commit that touches no figure is asked nothing", () => {
    project.commit("Figures");
    project.write("notes.txt", "x");
    project.git("add", ".");
    const { stdout, stderr, status } = project.colophon(["validate", "--staged"]);
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });
});
