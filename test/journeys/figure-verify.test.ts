import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { sha256 } from "../../src/manifest/digest.js";
import type { GateResult } from "../../src/operations/figures/check/gates.js";
import type { VerifiedFigure } from "../../src/operations/figures/check/verify-figures.js";
import { makeFigureProject, record, specOf, specs } from "./figure-project.js";
import { expectOutput } from "./matches-schema.js";
import { done, type Repository } from "./repository.js";

let project: Repository;
let pristine: string;

beforeAll(() => {
  project = makeFigureProject();
  done(project.colophon(["figure", "record", ...specs]));
  pristine = `${project.root}.pristine`;
  cpSync(project.root, pristine, { recursive: true });
});
beforeEach(() => {
  for (const folder of ["dist", "build", "data", "figures"]) {
    rmSync(join(project.root, folder), { recursive: true, force: true });
    cpSync(join(pristine, folder), join(project.root, folder), { recursive: true });
  }
  for (const file of ["derive.mjs", "slice.mjs", "colophon.json"])
    cpSync(join(pristine, file), join(project.root, file));
});
afterAll(() => project.remove());

/** The path of one of the files of a figure. */
function fileOf(name: string, folder: string, ending: string): string {
  const files = readdirSync(join(project.root, "dist/artifacts", folder));
  const file = files.find((each) => each.startsWith(name) && each.endsWith(ending));
  return `dist/artifacts/${folder}/${file}`;
}

const manifestOf = (name: string) => fileOf(name, "manifests", ".manifest.json");

function edit(path: string, from: string | RegExp, to: string): void {
  const text = project.read(path);
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${path} has no ${from}`);
  project.write(path, edited);
}

/** As a forger would: with the index brought along. */
function editWithIndex(path: string, from: string | RegExp, to: string): void {
  const before = sha256(project.read(path));
  edit(path, from, to);
  edit("dist/artifacts/manifest.json", before, sha256(project.read(path)));
}

function verify(...words: string[]) {
  const { status, stdout, stderr } = project.colophon(["figure", "verify", "--json", ...words]);
  const output = expectOutput("cli_figure_verify", stdout) as unknown as {
    figures: VerifiedFigure[];
    index: GateResult[];
    summary: object;
  };
  const trouble = output.figures.flatMap(({ checks }) =>
    checks.filter(({ state }) => state !== "ok").map(({ gate, subject, state }) => [gate, subject, state]),
  );
  return { status, stderr, trouble, ...output };
}

describe("colophon figure verify", () => {
  test("finds figures as they were recorded (A30–A33)", () => {
    const { status, summary, trouble, index } = verify();
    expect([status, trouble, index]).toEqual([0, [], []]);
    expect(summary).toEqual({ figures: 4, verified: 4, stale: 0, differs: 0, unknown: 0 });
    const human = project.colophon(["figure", "verify", "stacked"]);
    expect(human.stdout).toMatch(/^✓ stacked\.[0-9a-f]{8} {2}verified\n$/);
    expect(human.stderr).toBe("┃ ✓ 1 figure: 1 verified\n");
  });

  test("one digit of the payload: digest, sum and index (A33, A50)", () => {
    const path = fileOf("bubble", "figures", ".json");
    edit(path, '"kg":152.57', '"kg":162.57');
    const { status, trouble } = verify("bubble");
    expect(status).toBe(1);
    expect(trouble).toEqual([
      ["invariance", path, "differs"],
      ["digest", path, "differs"],
      ["index", path, "differs"],
    ]);
  });

  test("a parameter in the specification, where that is named as what the code reads", () => {
    const spec = "figures/stacked.yaml";
    edit(spec, "days_per_year: 365", "days_per_year: 366");
    expect(verify("stacked").status).toBe(0);
    edit(spec, "code: [", `code: [${spec}, `);
    expect(project.colophon(["figure", "record", spec, "--accept"]).status).toBe(0);
    expect(verify("stacked").trouble).toEqual([]);
    edit(spec, "days_per_year: 366", "days_per_year: 365");
    const { status, trouble } = verify("stacked");
    expect([status, trouble]).toEqual([1, [["inputs", spec, "stale"]]]);
  });

  test("a rendering that is not what it is recorded as", () => {
    const before = sha256(project.read("build/stacked.svg"));
    project.write("build/stacked.svg", "<html>502</html>");
    editWithIndex(manifestOf("stacked"), before, sha256("<html>502</html>"));
    const { status, figures, trouble } = verify("stacked");
    expect([status, trouble]).toEqual([1, [["digest", "build/stacked.svg", "differs"]]]);
    expect(figures[0]?.checks.find(({ state }) => state === "differs")).toMatchObject({
      expected: "image/svg+xml",
      found: "text/html",
    });
  });

  test("one reference of the file, by its line (A32)", () => {
    const path = fileOf("sankey", "references", ".txt");
    edit(path, "Footprints", "Handprints");
    const { status, figures, trouble } = verify("sankey");
    expect([status, trouble[0]]).toEqual([1, ["references", path, "differs"]]);
    expect(figures[0]?.checks.find(({ state }) => state === "differs")?.reason).toContain("line 2 is");
  });

  test("one line too many in the references file", () => {
    const path = fileOf("sankey", "references", ".txt");
    project.write(path, `${project.read(path)}[5] Nobody\n`);
    expect(verify("sankey").trouble[0]).toEqual(["references", path, "differs"]);
  });

  test("the order of references, with file, index and numbers brought along (A28, A42)", () => {
    const path = manifestOf("sankey");
    const swap = (text: string) =>
      text.replace(/SRC\.(FOOD\.2022|GRID\.2025)/g, (id) =>
        id.includes("FOOD") ? "SRC.GRID.2025" : "SRC.FOOD.2022",
      );
    const text = project.read(path);
    const before = sha256(text);
    project.write(path, swap(text));
    edit("dist/artifacts/manifest.json", before, sha256(swap(text)));
    const { status, trouble } = verify("sankey");
    expect([status, trouble]).toEqual([1, [["references", fileOf("sankey", "figures", ".json"), "differs"]]]);
  });

  test("one row of an input: stale, with what changed", () => {
    edit("data/emission_factors.csv", ",209,", ",219,");
    const { status, figures, summary } = verify();
    expect([status, summary]).toEqual([1, { figures: 4, verified: 0, stale: 4, differs: 0, unknown: 0 }]);
    expect(figures[0]?.checks.filter(({ state }) => state === "stale")).toEqual([
      expect.objectContaining({
        subject: "data/emission_factors.csv",
        reason: "values changed in its 5 rows",
      }),
    ]);
    project.write(
      "data/emission_factors.csv",
      `${project.read("data/emission_factors.csv")}E,A,R,2024,1,S\n`,
    );
    expect(verify().figures[0]?.checks.find(({ state }) => state === "stale")?.reason).toBe(
      "it has 6 rows; it had 5",
    );
    edit("data/emission_factors.csv", "g_per_unit", "grams");
    expect(verify().figures[0]?.checks.find(({ state }) => state === "stale")?.reason).toContain(
      "its header is ef_id, activity_id, region, vintage_year, grams",
    );
  });

  test("code that changed is stale; white space at ends of lines and CRLF change nothing (A22, C32)", () => {
    project.write("slice.mjs", project.read("slice.mjs").replaceAll("\n", "  \r\n"));
    expect(verify().status).toBe(0);
    edit("derive.mjs", "daysPerYear = 365", "daysPerYear = 366");
    const { status, trouble } = verify("table");
    expect([status, trouble]).toEqual([1, [["inputs", "derive.mjs", "stale"]]]);
  });

  test("one transform: its digest breaks the chain, its parameters are bound by the index (A49)", () => {
    const path = manifestOf("stacked");
    const last = /("sha256_before": "sha256:)[0-9a-f]{8}([0-9a-f]{56}",\n {6}"version": "1.0.0")/;
    editWithIndex(path, last, "$100000000$2");
    expect(verify("stacked").trouble).toEqual([["chain", path, "differs"]]);
    cpSync(join(pristine, path), join(project.root, path));
    cpSync(
      join(pristine, "dist/artifacts/manifest.json"),
      join(project.root, "dist/artifacts/manifest.json"),
    );
    edit(path, '"days_per_year": 365', '"days_per_year": 366');
    expect(verify("stacked").trouble).toEqual([["index", path, "differs"]]);
  });

  test("what went from transform to transform: stale when it changed, not here when it was cleaned away", () => {
    edit("build/annual.csv", "152.57", "153.57");
    expect(verify("table").trouble).toEqual([
      ["invariance", "build/annual.csv", "stale"],
      ["inputs", "build/annual.csv", "stale"],
    ]);
    rmSync(join(project.root, "build/annual.csv"));
    const { status, trouble } = verify("table");
    expect(status).toBe(0);
    expect(trouble).toEqual([
      ["invariance", "build/annual.csv", "not-here"],
      ["inputs", "build/annual.csv", "not-here"],
    ]);
  });

  test("passed by hand, and sums by hand (A31, A50)", () => {
    const path = manifestOf("stacked");
    editWithIndex(path, '"pre_agg_sum": 3798.666325', '"pre_agg_sum": 4798.666325');
    const { status, trouble } = verify("stacked");
    expect(status).toBe(1);
    expect(trouble.filter(([gate]) => gate === "invariance")).toHaveLength(3);
  });

  test("a code hash that is not of the files beside it", () => {
    editWithIndex(manifestOf("table"), /"code_hash": "sha256:[0-9a-f]{4}/, '"code_hash": "sha256:0000');
    expect(verify("table").trouble).toEqual([["inputs", "code_hash", "differs"]]);
  });

  test("files that are claimed and not there, and figures that the index does not know (C33)", () => {
    const claimed = [fileOf("table", "figures", ".csv"), fileOf("bubble", "references", ".txt")] as const;
    for (const path of claimed) rmSync(join(project.root, path));
    rmSync(join(project.root, manifestOf("sankey")));
    const lost = verify();
    expect(lost.status).toBe(1);
    expect(lost.trouble).toEqual([
      ["references", claimed[1], "missing"],
      ["index", claimed[1], "missing"],
      ["digest", claimed[0], "missing"],
      ["index", claimed[0], "missing"],
    ]);
    expect(lost.index).toEqual([expect.objectContaining({ gate: "index", state: "missing" })]);
    const stray = manifestOf("stacked").replace("stacked", "other");
    cpSync(join(project.root, manifestOf("stacked")), join(project.root, stray));
    expect(verify("other").trouble.at(-1)).toEqual(["index", stray, "differs"]);
    rmSync(join(project.root, "dist/artifacts/manifest.json"));
    expect(verify("stacked").trouble).toEqual([["index", "dist/artifacts/manifest.json", "missing"]]);
  });

  test("a manifest of another tool is held against what it says, from where it lies", () => {
    const path = manifestOf("table");
    const { colophon: _, ...foreign } = JSON.parse(project.read(path));
    foreign.outputs.figure_path = foreign.outputs.figure_path.replace("dist/", "");
    const before = sha256(project.read(path));
    project.write(path, JSON.stringify(foreign));
    edit("dist/artifacts/manifest.json", before, sha256(project.read(path)));
    const { status, figures, trouble } = verify("table");
    expect([status, figures[0]?.verdict]).toEqual([0, "unknown"]);
    expect(trouble.map(([gate, , state]) => [gate, state])).toEqual([
      ["invariance", "unknown"],
      ["digest", "unknown"],
      ["inputs", "unknown"],
    ]);
  });

  test("a path that leads out is never read", () => {
    editWithIndex(
      manifestOf("table"),
      /"data\/activities.csv",\n {8}"row_count"/,
      '"../../../etc/passwd",\n        "row_count"',
    );
    const { status, trouble } = verify("table");
    expect([status, trouble]).toEqual([1, [["schema", manifestOf("table"), "differs"]]]);
  });

  test("NO_SUCH_FIGURE: a word that names none", () => {
    const { status, stderr } = project.colophon(["figure", "verify", "pie"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("NO_SUCH_FIGURE")]);
  });
});

describe("colophon figure compare", () => {
  const compare = (a: string, b: string) => {
    const { status, stdout } = project.colophon(["figure", "compare", a, b, "--json"]);
    return { status, ...expectOutput("cli_figure_compare", stdout) } as Record<string, unknown>;
  };

  test("figures whose numbers mean the same may be compared; their uncertainty is shown", () => {
    const compared = compare("stacked", "bubble");
    expect(compared).toMatchObject({ status: 0, verdict: "comparable" });
    expect(compared.a).toMatchObject({ uncertainty: "factors ± 10 % (k = 2)" });
    const human = project.colophon(["figure", "compare", "stacked", "bubble"]);
    expect(human.stdout).toMatch(/uncertainty +factors ± 10 %/);
    expect(human.stderr).toContain("may be compared like for like");
  });

  test("names every difference that forbids it", () => {
    const spec = specOf(project, "table");
    Object.assign(spec.dataset as object, { reference_year: 2024, gwp_horizon: "GWP20 (AR6)" });
    delete (spec.dataset as { vintage_rules?: string }).vintage_rules;
    record(project, { ...spec, name: "earlier", unit: "g_CO2e_year", layer_id: "online" });
    const { status, verdict, facts } = compare("table", "earlier");
    expect([status, verdict]).toEqual([1, "not-comparable"]);
    const differing = (facts as { fact: string; state: string }[]).filter(({ state }) => state === "differs");
    expect(differing.map(({ fact }) => fact)).toEqual([
      "reference_year",
      "gwp_horizon",
      "vintage_rules",
      "unit",
      "layer_id",
    ]);
    expect(project.colophon(["figure", "compare", "table", "earlier"]).stderr).toContain(
      "they differ in reference_year, gwp_horizon, vintage_rules, unit, layer_id",
    );
  });

  test("NOT_TWO_FIGURES says what to type", () => {
    expect(project.colophon(["figure", "compare", "table"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("NOT_TWO_FIGURES"),
    });
  });
});
